// Writes a move of an attempt with everything that belongs to it, in one commit: the transaction row, the events, the
// end of the charge. Handlers and jobs move attempts through here and nowhere else.
import { ATTEMPT_EDGES, type AttemptState, type Move } from '@ozura/core/attempt';
import { nextInquiryAt, staleIntentMs } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { newEventId, newReference } from '@ozura/core/ids';
import { type Handle, statementsOf, together, type Writing } from '@ozura/kit/db/handle';
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
import { insertTransaction, type NewTransaction } from './store/transactions.ts';
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

/** An attempt as whoever works on it has last written it, and what it sells. */
export interface Known {
  readonly attempt: Attempt;
  readonly sale: PreparedSale;
}

/**
 * As `decideAttempt`, without asking the database first what is known here: all is sent to it at once, and the
 * compare-and-set on the state says whether it still was so. If not, or if a plan goes with it, it is read after all.
 */
export async function decideKnown(
  context: PayContext,
  { attempt, sale }: Known,
  decide: (attempt: Attempt) => Decision,
): Promise<Attempt> {
  const moving = { attempt, decision: decide(attempt), nowMs: await context.db.now() };
  const steps = stepsOf(moving);
  if (steps.length > 0 && sale.plan === undefined) {
    const moved = movedBy(attempt, steps);
    const statements = await statementsOf((tx) =>
      together(
        ...steps.map((step) => moveAttempt(tx, step, step.fields)),
        isEnd(moved) && writeEnd(context, tx, { ...moving, attempt: moved, sale }),
      ),
    );
    if (await context.db.changeEach(statements)) return moved;
  }
  return decideAttempt(context, attempt.attemptId, decide);
}

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
  decision: Decision,
): Promise<Attempt | undefined> {
  const moving = { attempt, decision, nowMs: await tx.now() };
  const steps = stepsOf(moving);
  for (const step of steps) if ((await moveAttempt(tx, step, step.fields)) === 0) return undefined;
  if (steps.length === 0) return attempt;
  const moved = await findAttempt(tx, attempt.attemptId);
  if (moved === undefined) throw new Error(`no attempt ${attempt.attemptId}`);
  if (isEnd(moved)) await writeEndWithPlan(context, tx, { ...moving, attempt: moved, sale: await saleOf(tx, moved) });
  else await noteOpenPlan(context, tx, moved, moving.nowMs);
  return moved;
}

interface Moving {
  readonly attempt: Attempt;
  readonly decision: Decision;
  readonly nowMs: number;
}

interface Step {
  readonly attemptId: string;
  readonly from: AttemptState;
  readonly to: AttemptState;
  readonly fields: MoveFields;
}

function stepsOf({ attempt, decision, nowMs }: Moving): Step[] {
  const { move, outcome } = decision;
  const facts = { attempt, nowMs, ...(outcome && { outcome }), ...(move.undo && { undo: move.undo }) };
  return move.path.map((to, i) => ({
    attemptId: attempt.attemptId,
    from: move.path[i - 1] ?? attempt.state,
    to,
    fields: fieldsOf(to, facts),
  }));
}

/** As it stands in the database after its steps. */
function movedBy(attempt: Attempt, steps: readonly Step[]): Attempt {
  let moved = attempt;
  for (const { to, fields } of steps) {
    const { nextCheckAtMs: _next, ...changed } = fields;
    moved = { ...moved, ...changed, state: to };
  }
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

interface End extends Moving, Known {}

/** Returns the id of the transaction, where money has moved. All its writes begin before anything is waited for. */
async function writeEnd(
  context: PayContext,
  tx: Writing,
  { attempt, sale, decision: { next }, nowMs }: End,
): Promise<string | undefined> {
  const transaction = transactionOf(context, { attempt, sale, nowMs });
  const transactionId = transaction?.transactionId;
  await together(
    transaction && insertTransaction(tx, transaction),
    ...endEvents(sale, attempt, transactionId).map((event) => writeEvent(context, tx, { attempt, event, nowMs })),
    holdCard(tx, { attempt, sale, nowMs }),
    next && insertAttempt(tx, next, { nowMs, nextCheckAtMs: nowMs + staleIntentMs }),
    next === undefined && sale.plan === undefined && endOf(tx, attempt, nowMs),
  );
  return transactionId;
}

async function writeEndWithPlan(context: PayContext, tx: Handle, end: End): Promise<void> {
  const { attempt, sale, decision, nowMs } = end;
  const transactionId = await writeEnd(context, tx, end);
  if (decision.next !== undefined || sale.plan === undefined) return;
  if (await movePlanWith(context, tx, sale.plan, { attempt, transactionId, nowMs })) await endOf(tx, attempt, nowMs);
}

async function endOf(tx: Writing, { chargeId }: Attempt, nowMs: number): Promise<void> {
  if ((await endCharge(tx, chargeId, nowMs)) === 0) throw new Error(`charge ${chargeId} has ended before`);
}

/** The row of money that has moved. */
function transactionOf(
  { random }: PayContext,
  { attempt, sale, nowMs }: Pick<End, 'attempt' | 'sale' | 'nowMs'>,
): NewTransaction | undefined {
  if (attempt.state === 'APPROVED') return saleTransaction(sale, attempt, nowMs);
  if (attempt.state !== 'REVERSED') return undefined;
  return reversalTransaction(sale, attempt, { transactionId: newReference(nowMs, random), atMs: nowMs });
}

export async function saleOf(db: Handle, { merchantId, chargeId }: Attempt): Promise<PreparedSale> {
  const charge = await findCharge(db, merchantId, chargeId);
  if (charge === undefined || charge.state === 'dead') throw new Error(`no sale for charge ${chargeId}`);
  return charge.sale;
}

export const writeEvent = (
  { random }: PayContext,
  tx: Writing,
  { attempt, event, nowMs }: { readonly attempt: Attempt; readonly event: PaymentEvent; readonly nowMs: number },
): Promise<void> =>
  insertEvent(tx, {
    eventId: newEventId(random),
    merchantId: attempt.merchantId,
    type: event.type,
    subject: attempt.attemptId,
    data: event.data,
    atMs: nowMs,
  });
