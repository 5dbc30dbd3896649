// Writes a move of a plan with its events in one commit, and what a move of an attempt means to the plan whose cycle it
// charges. Handlers and jobs move plans through here and nowhere else.
import { declineOf } from '@ozura/core/attempt-answer';
import { meaningOf } from '@ozura/core/attempt-decline';
import { newEventId } from '@ozura/core/ids';
import {
  onCharged,
  onDeclined,
  onFirstCharged,
  onFirstFailed,
  onNotProcessed,
  type Plan,
  type PlanEvent,
  type PlanMove,
} from '@ozura/core/plan';
import type { Handle } from '@ozura/kit/db/handle';
import type { PayContext } from './context.ts';
import { nextChargeDate } from './plan-answer.ts';
import { type PlanCycle, plannedBy } from './plan-opening.ts';
import type { PreparedSale } from './prepared-sale.ts';
import { type Attempt, holdAttempt } from './store/attempts.ts';
import { endCycleCharge } from './store/charges.ts';
import { insertEvent } from './store/outbox.ts';
import { findPlan, insertPlan, type StoredPlan, updatePlan } from './store/plans.ts';

/** Somebody else moved the plan in between: the transaction is undone and tried again. */
export class PlanMovedMeanwhile extends Error {}

/** Runs a transaction again when its plan was moved by somebody else. */
export async function untilUnmoved<T>(transact: () => Promise<T>): Promise<T> {
  for (let triesLeft = 5; ; triesLeft -= 1) {
    try {
      return await transact();
    } catch (error) {
      if (!(error instanceof PlanMovedMeanwhile) || triesLeft === 0) throw error;
    }
  }
}

interface Cause {
  readonly nowMs: number;
  /** The transaction of the charge that moves it. */
  readonly transactionId?: string | undefined;
  readonly networkReference?: string | undefined;
}

export async function writePlan(
  context: PayContext,
  tx: Handle,
  { before, move, cause }: { readonly before: StoredPlan; readonly move: PlanMove; readonly cause: Cause },
): Promise<StoredPlan> {
  const { plan, events } = move;
  const { networkReference = before.networkReference } = cause;
  if ((await updatePlan(tx, before, { plan, networkReference })) === 0) throw new PlanMovedMeanwhile();
  const open = before.plan.open;
  // Nothing is charged for that date any more.
  if (open !== undefined && plan.open?.cycle !== open.cycle) await endCycleCharge(tx, before.planId, open.cycle);
  const after = { ...before, plan, networkReference, revision: before.revision + 1 };
  await writeEvents(context, tx, { after, events, cause });
  return after;
}

type Told = Pick<StoredPlan, 'planId' | 'merchantId' | 'plan' | 'revision'>;

async function writeEvents(
  { random }: PayContext,
  tx: Handle,
  { after, events, cause }: { readonly after: Told; readonly events: readonly PlanEvent[]; readonly cause: Cause },
): Promise<void> {
  const { planId, merchantId, plan, revision } = after;
  for (const event of events) {
    await insertEvent(tx, {
      eventId: newEventId(random),
      merchantId,
      type: event.type,
      subject: `${planId}/${revision}`,
      data: {
        planId,
        status: plan.status,
        // Else the last date that has come.
        cycle: 'cycle' in event ? event.cycle : plan.nextIndex,
        ...nextChargeDate(plan),
        ...('cycle' in event && cause.transactionId !== undefined ? { transactionId: cause.transactionId } : {}),
      },
      atMs: cause.nowMs,
    });
  }
}

interface MovedAttempt {
  readonly attempt: Attempt;
  /** Of the row written with the move. */
  readonly transactionId: string | undefined;
  readonly nowMs: number;
}

/** True when the charge ends with this attempt; a later cycle's charge ends with its cycle. */
export async function movePlanWith(
  context: PayContext,
  tx: Handle,
  cycle: PlanCycle | undefined,
  moved: MovedAttempt,
): Promise<boolean> {
  if (cycle === undefined) return true;
  const before = await findPlan(tx, cycle.planId);
  if (cycle.cycle === 1) {
    await moveByFirstCharge(context, tx, { cycle, before, moved });
    return true;
  }
  if (before === undefined) throw new Error(`no plan ${cycle.planId}`);
  const { attempt, transactionId, nowMs } = moved;
  const move = moveByCycle(before.plan, cycle.cycle, attempt, nowMs);
  if (move !== undefined) await writePlan(context, tx, { before, move, cause: { nowMs, transactionId } });
  return false;
}

interface FirstCharge {
  readonly cycle: PlanCycle;
  /** There only when the outcome was not known at first. */
  readonly before: StoredPlan | undefined;
  readonly moved: MovedAttempt;
}

async function moveByFirstCharge(context: PayContext, tx: Handle, { cycle, before, moved }: FirstCharge) {
  const { attempt, nowMs, transactionId } = moved;
  if (attempt.state === 'APPROVED') {
    const networkReference = attempt.outcome?.kind === 'approved' ? attempt.outcome.networkReference : undefined;
    const move = onFirstCharged(before?.plan ?? plannedBy(cycle, attempt), nowMs);
    const cause = { nowMs, transactionId, networkReference };
    if (before !== undefined) return void (await writePlan(context, tx, { before, move, cause }));
    const { merchantId, chargeId } = attempt;
    const inserted = { planId: cycle.planId, merchantId, chargeId, plan: move.plan, networkReference };
    if ((await insertPlan(tx, inserted)) === 0) throw new PlanMovedMeanwhile();
    return writeEvents(context, tx, { after: { ...inserted, revision: 1 }, events: move.events, cause });
  }
  if (attempt.state === 'UNKNOWN') return keepIncomplete(tx, cycle, attempt);
  if (before?.plan.status === 'incomplete') {
    await writePlan(context, tx, { before, move: onFirstFailed(before.plan), cause: { nowMs } });
  }
}

async function keepIncomplete(tx: Handle, cycle: PlanCycle, attempt: Attempt): Promise<void> {
  const { merchantId, chargeId } = attempt;
  const plan = plannedBy(cycle, attempt);
  await insertPlan(tx, { planId: cycle.planId, merchantId, chargeId, plan, networkReference: undefined });
}

const IN_DOUBT: ReadonlySet<Attempt['state']> = new Set(['UNKNOWN', 'VOID_PENDING', 'REVIEW']);

/** Whoever hears that the outcome is not known can ask about the plan from then on. */
export async function showInDoubt(
  { db }: PayContext,
  { sale, attempt }: { readonly sale: PreparedSale; readonly attempt: Attempt },
): Promise<void> {
  const { plan } = sale;
  if (plan === undefined || !IN_DOUBT.has(attempt.state)) return;
  await db.transact(async (tx) => {
    if ((await holdAttempt(tx, attempt)) === 1) await keepIncomplete(tx, plan, attempt);
  });
}

function moveByCycle(plan: Plan, cycle: number, attempt: Attempt, nowMs: number): PlanMove | undefined {
  const isOpen = plan.open?.cycle === cycle;
  switch (attempt.state) {
    case 'APPROVED':
      return onCharged(plan, cycle, nowMs);
    case 'DECLINED':
    case 'NOT_SENT': {
      if (!isOpen) return undefined;
      const decline = declineOf(attempt);
      if (decline === undefined) return onNotProcessed(plan, nowMs);
      return onDeclined(plan, meaningOf(decline.declineCode).advice, nowMs);
    }
    case 'REFUSED':
    case 'NOT_PROCESSED':
    case 'REVERSED':
      return isOpen ? onNotProcessed(plan, nowMs) : undefined;
    default:
      return undefined;
  }
}
