// A charge, from its reservation to its recorded end (contract 12.2): P1 reserve, P2 mark, P3 send, P4 record. Each is
// its own transaction and none is open while something is sent, so that a crash in between leaves a row that
// `jobs/resolve-unknown.ts` settles by asking.
import { type AttemptState, onNeverSent, onOutcome, onSend } from '@ozura/core/attempt';
import type { ChecksPolicy } from '@ozura/core/attempt-checks';
import { staleIntentMs } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { newReference } from '@ozura/core/ids';
import type { Secret } from '@ozura/core/secret';
import { type Handle, statementsOf, together, type Writing } from '@ozura/kit/db/handle';
import { currentTrace, noteAbout } from '@ozura/kit/trace';
import { referred } from './attempt-at-processor.ts';
import { findStandingDecline } from './card-hold.ts';
import type { PayContext } from './context.ts';
import { raiseLateApproval } from './discrepancies.ts';
import { type Decision, decideKnown, moveBy } from './ledger.ts';
import { isLateApproval, noteOutcome } from './outcome-log.ts';
import { lastFourOf, type PreparedSale, partsOf } from './prepared-sale.ts';
import { accessTo } from './processor-access.ts';
import { asksForNumber } from './processors/placeholders.ts';
import type { Processor, ProcessorAnswer, SaleInput } from './processors/port.ts';
import { type ChargeCode, codeOf } from './security-code.ts';
import { type Attempt, findAttempt, insertAttempt, insertedAttempt, type NewAttempt } from './store/attempts.ts';
import { type Claim, insertCharge } from './store/charges.ts';
import { undoAttempt } from './undo.ts';

export interface Charging {
  readonly claim: Claim;
  readonly sale: PreparedSale;
  readonly totalMinor: bigint;
  /** Absent for a charge that the merchant initiates. */
  readonly cvcSession?: Secret<string>;
  /** In the order in which they are tried. */
  readonly cascade: readonly Processor[];
  readonly checks: ChecksPolicy;
  /** The name of the merchant, for the customer's statement. */
  readonly descriptor: string;
  /** Of a charge that is tried again: how often it was tried before. */
  readonly triesBefore?: number;
  /** On the program's clock: the caller is answered by then. */
  readonly answerByMs: number;
}

/** What the Vault's proxy takes at most, and its way there and back. */
const sendTimeoutMs = 26_000;
const undoTimeoutMs = 8_000;
/** With less than that left an answer would hardly be heard. */
const sendMinMs = 3_000;
/** Kept for recording an outcome. */
const recordingMs = 500;
/** More requests than a sale at any processor takes. */
const stepsMax = 4;

/** P1. `undefined` when the key, the CVC session or the order is taken. `also` belongs to the same commit. */
export async function reserveCharge(
  context: PayContext,
  charging: Charging,
  also?: (tx: Handle) => Promise<unknown>,
): Promise<Attempt | undefined> {
  const { claim, sale, triesBefore = 0 } = charging;
  const { db } = context;
  const attempt = firstAttempt(context, charging, triesBefore);
  noteAbout({ chargeId: claim.chargeId, attemptId: attempt.attemptId });
  context.reached('P1-before');
  const nowMs = await db.now();
  const writeCharge = (tx: Writing): Promise<number> | 1 =>
    triesBefore === 0 ? insertCharge(tx, claim, sale, nowMs) : 1;
  const writeAttempt = (tx: Writing) => insertAttempt(tx, attempt, { nowMs, nextCheckAtMs: nowMs + staleIntentMs });
  const isReserved =
    also === undefined
      ? await db.changeEach(await statementsOf((tx) => together(writeCharge(tx), writeAttempt(tx))))
      : await db.transact(async (tx) => {
          if ((await writeCharge(tx)) === 0) return false;
          await also(tx);
          await writeAttempt(tx);
          return true;
        });
  context.reached('P1-after');
  return isReserved ? insertedAttempt(attempt, nowMs) : undefined;
}

/** The first of a walk through the cascade. */
function firstAttempt(context: PayContext, charging: Charging, ordinal: number): NewAttempt {
  const [processor] = charging.cascade;
  if (processor === undefined) throw new Error('a charge without a processor');
  return newAttempt(context, charging, { ordinal, processor });
}

const newAttempt = (
  { random, now }: PayContext,
  { claim, sale, totalMinor, checks }: Charging,
  { ordinal, processor }: { readonly ordinal: number; readonly processor: Processor },
): NewAttempt => ({
  attemptId: newReference(now(), random),
  chargeId: claim.chargeId,
  merchantId: claim.merchantId,
  ordinal,
  processor: processor.name,
  account: claim.merchantId,
  amountMinor: totalMinor,
  currency: sale.known.currency,
  checks,
  traceId: currentTrace()?.traceId,
});

/** The attempt that decides the charge, in an end state, or open when its outcome is not known. */
export async function runCharge(context: PayContext, charging: Charging, first: Attempt): Promise<Attempt> {
  const code = codeOf(context, charging);
  const walk: Walk = { ...charging, code };
  try {
    let attempt = await sendAttempt(context, walk, first);
    for (let next = nextOf(attempt); next !== undefined; next = nextOf(attempt)) {
      attempt = await sendAttempt(context, walk, next);
    }
    return attempt.recorded;
  } finally {
    code.letGo();
  }
}

/** A charge on its way through the cascade. */
interface Walk extends Charging {
  readonly code: ChargeCode;
}

interface Sent {
  readonly recorded: Attempt;
  /** Reserved in the commit that recorded a refusal. */
  readonly next: Attempt | undefined;
}

const nextOf = ({ next }: Sent): Attempt | undefined => next;

async function sendAttempt(context: PayContext, charging: Walk, attempt: Attempt): Promise<Sent> {
  if (timeLeftMs(context, charging) < sendMinMs) return giveUp(context, attempt);
  const withheld = await withhold(context, charging, attempt);
  if (withheld !== undefined) return { recorded: withheld, next: undefined };
  const marked = await markSent(context, charging, attempt);
  if (marked === undefined) {
    const recorded = await findAttempt(context.db, attempt.attemptId);
    return { recorded: recorded ?? attempt, next: undefined };
  }
  const outcome = await send(context, charging, marked);
  context.reached('P3-after');
  const sent = await record(context, charging, marked, outcome).catch((error: unknown): Sent => {
    // The caller has to hear that something was sent. What became of it is asked for when the database is back.
    context.log.error({ err: error, attemptId: marked.attemptId }, 'an outcome was not recorded');
    return { recorded: { ...marked, state: 'UNKNOWN' }, next: undefined };
  });
  context.reached('P4-after');
  if (sent.recorded.state !== 'VOID_PENDING') return sent;
  if (timeLeftMs(context, charging) <= 0) return sent;
  const patience = { timeoutMs: undoTimeoutMs, untilMs: charging.answerByMs - recordingMs };
  const recorded = await undoAttempt(context, sent.recorded, patience).catch((error: unknown) => {
    // It stays open, and a job goes on with it.
    context.log.error({ err: error, attemptId: marked.attemptId }, 'an undoing was interrupted');
    return sent.recorded;
  });
  return { ...sent, recorded };
}

/** Too late to hear an answer, so it is not sent at all: that is at least known. */
async function giveUp(context: PayContext, attempt: Attempt): Promise<Sent> {
  return { recorded: await moveBy(context, attempt, onNeverSent), next: undefined };
}

/** What the bank has said never about is declined as it was then, without asking again. */
async function withhold(context: PayContext, { sale }: Charging, attempt: Attempt): Promise<Attempt | undefined> {
  const outcome = await findStandingDecline(context, attempt, sale);
  if (outcome === undefined) return undefined;
  context.log.info({ attemptId: attempt.attemptId, declineCode: outcome.declineCode }, 'not sent: declined for good');
  return decideKnown(context, { attempt, sale }, ({ state }) => ({ move: onNeverSent(state), outcome }));
}

/** P2. Only who gets the attempt here may send it. */
async function markSent(context: PayContext, { sale }: Charging, attempt: Attempt): Promise<Attempt | undefined> {
  let won = false;
  const marked = await decideKnown(context, { attempt, sale }, ({ state }) => {
    const move = onSend(state);
    won = move.path.length > 0;
    return { move };
  });
  context.reached('P2-after');
  return won ? marked : undefined;
}

/** P3, once: whatever goes wrong from here on leaves the outcome unknown. */
async function send(context: PayContext, charging: Walk, attempt: Attempt): Promise<Outcome> {
  try {
    return await exchange(context, charging, attempt);
  } catch (error) {
    context.log.error({ err: error, attemptId: attempt.attemptId }, 'a sale was interrupted');
    return { kind: 'unknown', reason: 'interrupted on our side' };
  }
}

async function exchange(context: PayContext, charging: Walk, attempt: Attempt): Promise<Outcome> {
  const processor = charging.cascade.find(({ name }) => name === attempt.processor);
  if (processor === undefined) throw new Error(`no processor for try ${attempt.ordinal}`);
  const access = await accessTo(context, processor, attempt.account);
  if (access === undefined) return { kind: 'refused', cause: 'credentials', reason: 'there are none' };
  const input = saleInput(charging, attempt);
  const answers: ProcessorAnswer[] = [];
  // From there on that a further step was not sent proves nothing about the sale.
  let cardWasSent = false;
  while (answers.length < stepsMax) {
    const step = processor.sale(input, answers, access);
    if ('done' in step) return step.done;
    const leftMs = timeLeftMs(context, charging);
    if (leftMs <= 0 && answers.length === 0) return { kind: 'refused', cause: 'unavailable', reason: 'no time left' };
    const sending = await context.vault.sendCard({
      merchantId: attempt.merchantId,
      request: step.send,
      token: charging.sale.token,
      ...charging.code.forRequest(step.send),
      timeoutMs: Math.max(1, Math.min(sendTimeoutMs, leftMs)),
    });
    charging.code.noteSending(step.send, sending);
    const sendsCard: boolean = cardWasSent || asksForNumber(step.send);
    if (sending.kind === 'refused' && cardWasSent) return { kind: 'unknown', reason: `${sending.reason} halfway` };
    // Whatever became of a request that had no card in it, it was no sale.
    if (sending.kind === 'unknown' && !sendsCard) {
      return { kind: 'refused', cause: 'unavailable', reason: `${sending.reason} before the sale` };
    }
    if (sending.kind !== 'answered') return sending;
    cardWasSent = sendsCard;
    answers.push(sending.answer);
  }
  return { kind: 'unknown', reason: 'too many steps' };
}

const saleInput = ({ sale, cvcSession, descriptor }: Charging, attempt: Attempt): SaleInput => ({
  ...referred(attempt),
  bin: sale.known.cardBin ?? '',
  lastFour: lastFourOf(sale),
  billing: sale.billing,
  channel: sale.channel,
  ...initiatorOf(sale),
  hasSecurityCode: cvcSession !== undefined,
  ...(sale.bank === undefined ? {} : { bank: sale.bank }),
  ...(sale.orderId === undefined ? {} : { orderId: sale.orderId }),
  ...(sale.known.clientIpAddress === undefined ? {} : { clientIpAddress: sale.known.clientIpAddress }),
  ...partsOf(sale),
  descriptor,
});

/** The first charge of a plan is the customer's own, with the card at hand; the later ones refer to it. */
function initiatorOf({ plan }: PreparedSale): Pick<SaleInput, 'initiator' | 'startsPlan' | 'networkReference'> {
  if (plan === undefined) return { initiator: 'customer' };
  if (plan.cycle === 1) return { initiator: 'customer', startsPlan: true };
  const { networkReference } = plan;
  return { initiator: 'merchant', ...(networkReference === undefined ? {} : { networkReference }) };
}

/** P4. A job may have recorded the outcome by inquiry meanwhile; then that stands. */
async function record(context: PayContext, charging: Charging, attempt: Attempt, outcome: Outcome): Promise<Sent> {
  let next: NewAttempt | undefined;
  const decide = (current: Attempt): Decision => {
    const move = onOutcome(current.state, outcome, current.undo, current.checks);
    next = isRefused(move.path) ? nextAttempt(context, charging, attempt, outcome) : undefined;
    return { move, outcome, ...(next && { next }) };
  };
  // What the processor said is known only here: a passing trouble of the database must not lose it.
  const write = () => decideKnown(context, { attempt, sale: charging.sale }, decide);
  const recorded = await write().catch(() => pause(recordAgainMs).then(write));
  noteOutcome(context, recorded, outcome);
  if (outcome.kind === 'approved' && isLateApproval(recorded, outcome)) {
    await raiseLateApproval(context, recorded, outcome.processorTransactionId);
  }
  return { recorded, next: next && (await findAttempt(context.db, next.attemptId)) };
}

const recordAgainMs = 250;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const isRefused = (path: readonly AttemptState[]): boolean => path.at(-1) === 'REFUSED';

/** The next processor, unless it could not help or there is no time for it. */
function nextAttempt(
  context: PayContext,
  charging: Charging,
  { ordinal, processor }: Attempt,
  outcome: Outcome,
): NewAttempt | undefined {
  const cardIsGone = outcome.kind === 'refused' && (outcome.cause === 'cvc_gone' || outcome.cause === 'token_gone');
  if (cardIsGone || timeLeftMs(context, charging) < sendTimeoutMs) return undefined;
  const next = charging.cascade[charging.cascade.findIndex(({ name }) => name === processor) + 1];
  return next && newAttempt(context, charging, { ordinal: ordinal + 1, processor: next });
}

const timeLeftMs = ({ now }: PayContext, { answerByMs }: Charging): number => answerByMs - recordingMs - now();
