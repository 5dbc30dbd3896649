// The dates of a plan (contract 8.7). They count from the first charge, at its time of day, in UTC: the month of every
// date is computed from the first one, so that a short month does not move the dates after it.

export type Interval = 'daily' | 'weekly' | 'monthly' | 'yearly';

export const INTERVALS = ['daily', 'weekly', 'monthly', 'yearly'] as const satisfies readonly Interval[];

export interface Rhythm {
  readonly interval: Interval;
  /** Every so many intervals. */
  readonly intervalCount: number;
  /** `YYYY-MM-DD`: the last day on which a charge may fall. */
  readonly endDate?: string;
}

const dayMs = 86_400_000;
const DAYS: Readonly<Partial<Record<Interval, number>>> = { daily: 1, weekly: 7 };
const MONTHS: Readonly<Partial<Record<Interval, number>>> = { monthly: 1, yearly: 12 };

/** Date `index` in ms; 0 is the first charge. */
export function dateAt({ interval, intervalCount }: Rhythm, anchorMs: number, index: number): number {
  const days = DAYS[interval];
  if (days !== undefined) return anchorMs + index * intervalCount * days * dayMs;
  return addMonths(anchorMs, index * intervalCount * (MONTHS[interval] ?? 1));
}

/** A day that the month lacks becomes its last day. */
function addMonths(fromMs: number, months: number): number {
  const from = new Date(fromMs);
  const month = from.getUTCMonth() + months;
  // Day 0 of the next month is the last of this one.
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const date = new Date(fromMs);
  date.setUTCFullYear(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
  return date.getTime();
}

/** Index of the first date from `index` on that is still to come. */
export function indexAfter(rhythm: Rhythm, anchorMs: number, index: number, nowMs: number): number {
  let found = Math.max(index, roughIndex(rhythm, anchorMs, nowMs));
  while (dateAt(rhythm, anchorMs, found) <= nowMs) found += 1;
  return found;
}

/** Never past the date that is looked for, so that whoever was away for years does not count every day of them. */
function roughIndex({ interval, intervalCount }: Rhythm, anchorMs: number, nowMs: number): number {
  const longestDays = DAYS[interval] ?? (MONTHS[interval] === 12 ? 366 : 31);
  return Math.max(0, Math.floor((nowMs - anchorMs) / (intervalCount * longestDays * dayMs)) - 1);
}

type Ending = { readonly endDate?: string | undefined };

/** Whether a charge may not fall on that date any more. */
export const isPastEnd = ({ endDate }: Ending, dateMs: number): boolean =>
  endDate !== undefined && dateMs >= Date.parse(`${endDate}T00:00:00Z`) + dayMs;

const lastOnEarthMs = 12 * 3_600_000;

/** Whether its last day is over in the last place on Earth, UTC-12. */
export const hasEnded = (ending: Ending, nowMs: number): boolean => isPastEnd(ending, nowMs - lastOnEarthMs);
