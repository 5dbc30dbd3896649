// When Pay is asked about a charge whose outcome is not known (contract 12.4).

const second = 1_000;
const minute = 60 * second;
const quarter = 15 * minute;
const hour = 60 * minute;
const day = 24 * hour;

/** While the customer is still waiting. */
const SOON_AFTER_MS = [
  5 * second,
  8 * second,
  11 * second,
  15 * second,
  20 * second,
  25 * second,
  30 * second,
  35 * second,
  40 * second,
  45 * second,
  50 * second,
  55 * second,
  minute,
] as const;

/** Then every minute of the first hour, every quarter of the first day, and every hour: a person decides at any time. */
const minutesOfHour = 59;
const quartersOfDay = 92;

/** After this the customer is told that the payment is being reviewed. */
export const reviewAfterMs = minute;

/**
 * `checks`: how many there were. All times of the contract are among them. Pay asks the processor at the same times, a
 * moment later: whoever came only then would hear of an outcome at the next of them, hours too late.
 */
export function nextCheckAtMs(createdAtMs: number, checks: number): number {
  const soon = SOON_AFTER_MS[checks];
  if (soon !== undefined) return createdAtMs + soon;
  const minutes = checks - SOON_AFTER_MS.length + 1;
  if (minutes <= minutesOfHour) return createdAtMs + minute + minutes * minute;
  const quarters = minutes - minutesOfHour;
  if (quarters <= quartersOfDay) return createdAtMs + hour + quarters * quarter;
  return createdAtMs + day + (quarters - quartersOfDay) * hour;
}
