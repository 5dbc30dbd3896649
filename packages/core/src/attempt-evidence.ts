// When "the processor does not know our reference" is proof (contract 12.3), and when to ask (12.4).

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** No answer within this time after `INTENT`: the process is gone, the attempt never left. */
export const staleIntentMs = 30 * seconds;
/** Longer than any send may take: nobody waits for an answer any more. */
export const lostSenderMs = 30 * seconds;
/** A customer is not kept waiting longer; the payment is reported as under review. */
export const reviewAfterMs = 60 * seconds;
/** Then a person decides. */
export const outOfTimeMs = 24 * hours;

const INQUIRIES_MS = [
  5 * seconds,
  15 * seconds,
  60 * seconds,
  5 * minutes,
  15 * minutes,
  1 * hours,
  6 * hours,
  24 * hours,
];
const afterwardsMs = 24 * hours;

/** The next time to ask about what was sent at `sentAtMs`: the first on the schedule that is still to come. */
export function nextInquiryAt(sentAtMs: number, nowMs: number): number {
  const age = nowMs - sentAtMs;
  const next = INQUIRIES_MS.find((offset) => offset > age);
  return sentAtMs + (next ?? (Math.floor(age / afterwardsMs) + 1) * afterwardsMs);
}

/** What a processor offers to those who lost its answer. */
export interface EvidenceRules {
  /** 1: repeat-safe by reference. 2: inquiry by reference. 3: neither. */
  readonly class: 1 | 2 | 3;
  readonly voidByReference: boolean;
  /** Larger of its time-out and the lag of its inquiry, plus margin. Before that "not found" proves nothing. */
  readonly graceMs: number;
  /** It refuses voids of settled and of voided sales alike, and tells the two apart only when the grace time is over. */
  readonly showsVoidsLate?: boolean;
}

/** Unless the adapter states otherwise. */
export const defaultGraceMs = 15 * minutes;
const betweenMissesMs = 5 * minutes;
const missesNeeded = 2;

/** "Not found" answers that count. */
export interface Misses {
  readonly count: number;
  readonly lastAtMs: number;
}

export function noteMiss(
  misses: Misses,
  rules: EvidenceRules,
  at: { readonly sentAtMs: number; readonly nowMs: number },
): Misses {
  const early = at.nowMs - at.sentAtMs < rules.graceMs;
  const close = misses.count > 0 && at.nowMs - misses.lastAtMs < betweenMissesMs;
  return early || close ? misses : { count: misses.count + 1, lastAtMs: at.nowMs };
}

/** What to do about an attempt that the processor does not find. */
export function absenceStep(
  { voidByReference }: EvidenceRules,
  { count }: Misses,
): 'wait' | 'void_by_reference' | 'settlement_list' {
  if (count < missesNeeded) return 'wait';
  return voidByReference ? 'void_by_reference' : 'settlement_list';
}

/** Whether "settled already" is believed: a void that was asked for before, and that nobody answered, may be the reason. */
export const isSettlementProven = (
  { graceMs, showsVoidsLate = false }: Pick<EvidenceRules, 'graceMs' | 'showsVoidsLate'>,
  { voidAskedAtMs, nowMs }: { readonly voidAskedAtMs: number | undefined; readonly nowMs: number },
): boolean => !showsVoidsLate || voidAskedAtMs === undefined || nowMs - voidAskedAtMs >= graceMs;

export interface SettlementDays {
  /** UTC, `YYYY-MM-DD`. */
  readonly days: readonly string[];
  /** From then on they are complete. */
  readonly finalAtMs: number;
}

/** The lists that must hold what was sent at `sentAtMs`, if it was booked at all. */
export function settlementDays(sentAtMs: number, { graceMs }: Pick<EvidenceRules, 'graceMs'>): SettlementDays {
  const [first, last] = [dayOf(sentAtMs), dayOf(sentAtMs + graceMs)];
  return { days: first === last ? [first] : [first, last], finalAtMs: endOfDayMs(last) + graceMs };
}

/** After the end of a day: what is given back in a processor's own pages tells nobody else. */
const AGAIN_AFTER_MS = [7 * 24 * hours, 30 * 24 * hours];

/** Whether the books of a day are to be compared once more, a week and thirty days later. */
export const isComparedAgain = (
  { day, comparedAtMs }: { readonly day: string; readonly comparedAtMs: number },
  nowMs: number,
): boolean =>
  AGAIN_AFTER_MS.some((afterMs) => {
    const againAtMs = endOfDayMs(day) + afterMs;
    return comparedAtMs < againAtMs && againAtMs <= nowMs;
  });

export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
export const startOfDayMs = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
export const endOfDayMs = (day: string): number => startOfDayMs(day) + 24 * hours;
