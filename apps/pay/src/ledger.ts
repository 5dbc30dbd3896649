// Writes a move of an attempt with everything that belongs to it, in one commit: the transaction row, the events, the
// end of the charge. Handlers and jobs move attempts through here and nowhere else.
import { ATTEMPT_EDGES, type AttemptState, type Move } from '@ozura/core/attempt';
import { nextInquiryAt, staleIntentMs } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { newEventId, newReference } from '@ozura/core/ids';
import type { Handle } from '@ozura/kit/db/handle';
import { holdCard } from './card-hold.ts';
import type { PayContext } from './context.ts';
import { endEvents, type PaymentEvent } from './events.ts';
import { movePlanWith, untilUnmoved } from './plan-ledger.ts';
import type { PreparedSale } from './prepared-sale.ts';
import {
  type Attempt,
  findAttempt,
  insertAttempt,
  type MoveFields,
  moveAttempt,
  type NewAttempt,
} from './store/attempts.ts';
import { endCharge, findCharge } from './store/charges.ts';
import { insertEvent } from './store/outbox.ts';
import { insertTransaction } from './store/transactions.ts';
import { reversalTransaction, saleTransaction } from './transaction-rows.ts';

export interface Decision {
  readonly move: Move;
  readonly outcome?: Outcome;
  /** The next try of the same charge, in place of its end. */
  readonly next?: NewAttempt;
}

/** Whoever records an undoing does it at once; this long after, a job does it in his place. */
const undoingMs = 10_000;
const triesMax = 5;

/** Reads, decides and writes; again when somebody else moved the attempt in between. Answers it as it then is. */
export async function decideAttempt(
  context: PayContext,
  attemptId: string,
  decide: (attempt: Attempt) => Decision,
): Promise<Attempt> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const decided = await untilUnmoved(() =>
      context.db.transact(async (tx) => {
        const attempt = await findAttempt(tx, attemptId);
        if (attempt === undefined) throw new Error(`no attempt ${attemptId}`);
        return writeMove(context, tx, attempt, decide(attempt));
      }),
    );
    if (decided !== undefined) return decided;
  }
  throw new Error(`attempt ${attemptId} is moved by others all the time`);
}

/** For a move that depends on nothing but where the attempt is. */
export const moveBy = (
  context: PayContext,
  { attemptId }: Attempt,
  on: (state: AttemptState, undo: Attempt['undo']) => Move,
): Promise<Attempt> => decideAttempt(context, attemptId, ({ state, undo }) => ({ move: on(state, undo) }));

/** `undefined`, with nothing written, when somebody else was faster. */
export async function writeMove(
  context: PayContext,
  tx: Handle,
  attempt: Attempt,
  { move, outcome, next }: Decision,
): Promise<Attempt | undefined> {
  const nowMs = await tx.now();
  let state = attempt.state;
  for (const to of move.path) {
    const fields = fieldsOf(to, { attempt, nowMs, ...(outcome && { outcome }), ...(move.undo && { undo: move.undo }) });
    if ((await moveAttempt(tx, { attemptId: attempt.attemptId, from: state, to }, fields)) === 0) return undefined;
    state = to;
  }
  if (state === attempt.state) return attempt;
  const moved = await findAttempt(tx, attempt.attemptId);
  if (moved === undefined) throw new Error(`no attempt ${attempt.attemptId}`);
  if (isEnd(moved)) await writeEnd(context, tx, { attempt: moved, next, nowMs });
  else await noteOpenPlan(context, tx, moved, nowMs);
  return moved;
}

/** A plan whose first charge is in doubt is there to be asked about. */
async function noteOpenPlan(context: PayContext, tx: Handle, attempt: Attempt, nowMs: number): Promise<void> {
  if (attempt.state !== 'UNKNOWN') return;
  const { plan } = await saleOf(tx, attempt);
  await movePlanWith(context, tx, plan, { attempt, transactionId: undefined, nowMs });
}

interface MoveFacts {
  readonly attempt: Attempt;
  readonly nowMs: number;
  readonly outcome?: Outcome;
  readonly undo?: Move['undo'];
}

function fieldsOf(to: AttemptState, { attempt, nowMs, outcome, undo }: MoveFacts): MoveFields {
  switch (to) {
    case 'SENT':
      return { sentAtMs: nowMs, checksFromMs: nowMs, nextCheckAtMs: nextInquiryAt(nowMs, nowMs) };
    case 'UNKNOWN':
    case 'REVIEW':
      return { ...(outcome && { outcome }), nextCheckAtMs: nextInquiryAt(attempt.checksFromMs, nowMs) };
    case 'VOID_PENDING':
      return {
        ...(outcome && { outcome }),
        ...(undo && { undo }),
        checksFromMs: nowMs,
        nextCheckAtMs: nowMs + undoingMs,
      };
    default:
      return { ...(outcome && { outcome }), endedAtMs: nowMs };
  }
}

/** From an approval a further way leads, but nobody is on it. */
const isEnd = ({ state }: Attempt): boolean => state === 'APPROVED' || ATTEMPT_EDGES[state].length === 0;

interface End {
  readonly attempt: Attempt;
  readonly next: NewAttempt | undefined;
  readonly nowMs: number;
}

async function writeEnd(context: PayContext, tx: Handle, { attempt, next, nowMs }: End): Promise<void> {
  const sale = await saleOf(tx, attempt);
  const transactionId = await writeTransaction(context, tx, { attempt, sale, nowMs });
  for (const event of endEvents(sale, attempt, transactionId)) await writeEvent(context, tx, attempt, event);
  await holdCard(tx, { attempt, sale, nowMs });
  if (next !== undefined) return insertAttempt(tx, next, { nowMs, nextCheckAtMs: nowMs + staleIntentMs });
  if (!(await movePlanWith(context, tx, sale.plan, { attempt, transactionId, nowMs }))) return;
  if ((await endCharge(tx, attempt.chargeId)) === 0) throw new Error(`charge ${attempt.chargeId} has ended before`);
}

/** The id of the row, where money has moved. */
async function writeTransaction(
  { random }: PayContext,
  tx: Handle,
  { attempt, sale, nowMs }: { attempt: Attempt; sale: PreparedSale; nowMs: number },
): Promise<string | undefined> {
  if (attempt.state === 'APPROVED') {
    await insertTransaction(tx, saleTransaction(sale, attempt, nowMs));
    return attempt.attemptId;
  }
  if (attempt.state !== 'REVERSED') return undefined;
  const transactionId = newReference(nowMs, random);
  await insertTransaction(tx, reversalTransaction(sale, attempt, { transactionId, atMs: nowMs }));
  return transactionId;
}

export async function saleOf(db: Handle, { merchantId, chargeId }: Attempt): Promise<PreparedSale> {
  const charge = await findCharge(db, merchantId, chargeId);
  if (charge === undefined || charge.state === 'dead') throw new Error(`no sale for charge ${chargeId}`);
  return charge.sale;
}

export async function writeEvent(
  { random }: PayContext,
  tx: Handle,
  { merchantId, attemptId }: Attempt,
  { type, data }: PaymentEvent,
): Promise<void> {
  const atMs = await tx.now();
  await insertEvent(tx, { eventId: newEventId(random), merchantId, type, subject: attemptId, data, atMs });
}
