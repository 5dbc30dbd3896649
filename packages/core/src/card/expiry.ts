// The expiry date of a card (contract 7.1). Part of the card fields in the browser: no imports.

const yearsAheadMax = 20;
const twelveHoursMs = 12 * 60 * 60 * 1000;

/** Month of two digits and year of four. */
export interface Expiry {
  readonly month: string;
  readonly year: string;
}

/** What is wrong: no month, no plausible year, or a date that is over. */
export type ExpiryProblem = 'month' | 'year' | 'expired';

export type ExpiryParse = { readonly expiry: Expiry } | { readonly problem: ExpiryProblem };

/** A month of one or two digits and a year of two or four, as they are at `nowMs`. */
export function parseExpiry(month: string, year: string, nowMs: number): ExpiryParse {
  const monthText = month.trim().padStart(2, '0');
  if (!/^(0[1-9]|1[0-2])$/.test(monthText)) return { problem: 'month' };
  const yearText = /^[0-9]{2}$/.test(year.trim()) ? `20${year.trim()}` : year.trim();
  if (!/^[0-9]{4}$/.test(yearText)) return { problem: 'year' };
  if (Number(yearText) > new Date(nowMs).getUTCFullYear() + yearsAheadMax) return { problem: 'year' };
  if (nowMs >= endOf(Number(yearText), Number(monthText))) return { problem: 'expired' };
  return { expiry: { month: monthText, year: yearText } };
}

/** The first moment at which the month is over everywhere: midnight in UTC-12 is noon in UTC. */
const endOf = (year: number, month: number): number => Date.UTC(year, month, 1) + twelveHoursMs;
