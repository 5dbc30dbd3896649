// When Pay is asked about a charge whose outcome is not known (contract 12.4).

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The contract's times, and some in between while the customer is still waiting. */
const CHECKS_AFTER_MS = [
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
  5 * minute,
  15 * minute,
  hour,
  6 * hour,
  day,
] as const;

/** After this the customer is told that the payment is being reviewed. */
export const reviewAfterMs = minute;

/** `checks`: how many there were. After the first day once a day, until there is an answer. */
export function nextCheckAtMs(createdAtMs: number, checks: number): number {
  const after = CHECKS_AFTER_MS[checks];
  return createdAtMs + (after ?? day + (checks - CHECKS_AFTER_MS.length + 1) * day);
}
