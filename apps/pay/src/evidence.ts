// What the processor's word proves about an attempt that is open (contract 12.3): by our reference where it knows it,
// by its lists where it does not, and by nothing else.
import { onAbsenceProven, onNeverSent, onOutcome, onPersonNeeded, onVoided } from '@ozura/core/attempt';
import { absenceStep, type Misses, noteMiss, outOfTimeMs, settlementDays } from '@ozura/core/attempt-evidence';
import { candidatesFor, findListed, maySameEnd, outcomeOfListed, type Sought } from '@ozura/core/attempt-matching';
import type { Inquiry, ListedSale, Outcome } from '@ozura/core/attempt-outcome';
import { processorOf, referred } from './attempt-at-processor.ts';
import type { PayContext } from './context.ts';
import { callDirectly } from './direct.ts';
import { decideAttempt, moveBy, saleOf } from './ledger.ts';
import { listDays } from './lists.ts';
import { noteOutcome } from './outcome-log.ts';
import { lastFourOf } from './prepared-sale.ts';
import { type Attempt, isTransactionKnown, listRivals } from './store/attempts.ts';
import { undoAttempt, voidAttempt } from './undo.ts';

const patience = { timeoutMs: 8_000 };

export interface Checked {
  readonly checked: Attempt;
  readonly misses: Misses;
}

/** Asks about an attempt and moves it by what is proven. */
export async function lookInto(context: PayContext, attempt: Attempt, nowMs: number): Promise<Checked> {
  const { misses } = attempt;
  if (attempt.state === 'INTENT') return { checked: await moveBy(context, attempt, onNeverSent), misses };
  if (attempt.state === 'VOID_PENDING') return { checked: await undoAttempt(context, attempt, patience), misses };
  const inquiry = await inquire(context, attempt);
  switch (inquiry.kind) {
    case 'found':
      return { checked: await believeFinding(context, attempt, inquiry), misses };
    case 'not_found':
      return believeAbsence(context, attempt, nowMs);
    case 'unsupported':
      return { checked: await matchByFacts(context, attempt, nowMs), misses };
    case 'unanswered': {
      // After the first day the lists are asked as well.
      const isOld = nowMs - (attempt.sentAtMs ?? nowMs) >= outOfTimeMs;
      return { checked: isOld ? await readSettlement(context, attempt, nowMs) : attempt, misses };
    }
  }
}

async function inquire(context: PayContext, attempt: Attempt): Promise<Inquiry> {
  const processor = processorOf(context, attempt);
  if (processor.evidence.class === 3) return { kind: 'unsupported' };
  return callDirectly(context, { processor, call: 'inquire', about: referred(attempt), ...patience });
}

async function believeFinding(
  context: PayContext,
  attempt: Attempt,
  { outcome, voided }: { readonly outcome: Outcome; readonly voided: boolean },
): Promise<Attempt> {
  if (voided) return moveBy(context, attempt, onVoided);
  const moved = await decideAttempt(context, attempt.attemptId, ({ state, undo, checks }) => ({
    move: onOutcome(state, outcome, undo, checks),
    outcome,
  }));
  if (moved.state !== attempt.state) noteOutcome(context, moved, outcome);
  return moved.state === 'VOID_PENDING' ? undoAttempt(context, moved, patience) : moved;
}

async function believeAbsence(context: PayContext, attempt: Attempt, nowMs: number): Promise<Checked> {
  const { evidence } = processorOf(context, attempt);
  const misses = noteMiss(attempt.misses, evidence, { sentAtMs: attempt.sentAtMs ?? nowMs, nowMs });
  switch (absenceStep(evidence, misses)) {
    case 'wait':
      return { checked: attempt, misses };
    case 'settlement_list':
      return { checked: await readSettlement(context, attempt, nowMs), misses };
    case 'void_by_reference':
      return { checked: await voidAbsent(context, attempt, nowMs), misses };
  }
}

/** Before an attempt counts as never booked its reference is voided, so that nothing can be booked late. */
async function voidAbsent(context: PayContext, attempt: Attempt, nowMs: number): Promise<Attempt> {
  const answer = await voidAttempt(context, attempt, patience);
  switch (answer.kind) {
    case 'voided':
      return moveBy(context, attempt, onVoided);
    case 'not_found':
      return moveBy(context, attempt, onAbsenceProven);
    case 'unsupported':
      return readSettlement(context, attempt, nowMs);
    default:
      // Settled: it is there after all, and the next inquiry will say so.
      return attempt;
  }
}

/** When the lists of its days are complete and do not have the reference, it was never booked. */
async function readSettlement(context: PayContext, attempt: Attempt, nowMs: number): Promise<Attempt> {
  const { evidence } = processorOf(context, attempt);
  const { days, finalAtMs } = settlementDays(attempt.sentAtMs ?? nowMs, evidence);
  if (nowMs < finalAtMs) return attempt;
  const sales = await listDays(context, attempt, days);
  if (sales === undefined) return attempt;
  // A list without references proves nothing about one.
  if (sales.some(({ reference }) => reference === undefined)) return matchByFacts(context, attempt, nowMs);
  const listed = findListed(sales, { reference: attempt.attemptId });
  if (listed === undefined) return moveBy(context, attempt, onAbsenceProven);
  const outcome = outcomeOfListed(await soughtOf(context, attempt), listed);
  return believeFinding(context, attempt, { outcome, voided: listed.voided });
}

/** Class 3: the one sale in the list that can only be this attempt. None, or more than one: a person decides. */
async function matchByFacts(context: PayContext, attempt: Attempt, nowMs: number): Promise<Attempt> {
  const { graceMs } = processorOf(context, attempt).evidence;
  const sought = await soughtOf(context, attempt);
  if (nowMs - sought.sentAtMs < graceMs) return attempt;
  const sales = await listDays(context, attempt, settlementDays(sought.sentAtMs, { graceMs }).days);
  if (sales === undefined) return attempt;
  const free: ListedSale[] = [];
  for (const sale of candidatesFor(sales, sought, graceMs)) {
    if (!(await isTransactionKnown(context.db, attempt, sale.processorTransactionId))) free.push(sale);
  }
  const [only] = free;
  if (only === undefined || free.length > 1 || (await hasRival(context, attempt, sought, graceMs))) {
    return moveBy(context, attempt, onPersonNeeded);
  }
  return believeFinding(context, attempt, { outcome: outcomeOfListed(sought, only), voided: false });
}

/** Another open attempt that the same entry could be. */
async function hasRival(
  { db }: PayContext,
  attempt: Attempt,
  { sentAtMs, lastFour }: Sought,
  windowMs: number,
): Promise<boolean> {
  const rivals = await listRivals(db, attempt, { fromMs: sentAtMs - windowMs, toMs: sentAtMs + windowMs });
  return rivals.some((rival) => maySameEnd(rival, lastFour));
}

async function soughtOf({ db }: PayContext, attempt: Attempt): Promise<Sought> {
  const { attemptId: reference, amountMinor, currency, sentAtMs = attempt.checksFromMs } = attempt;
  const lastFour = lastFourOf(await saleOf(db, attempt));
  return { reference, amountMinor, currency, sentAtMs, lastFour };
}
