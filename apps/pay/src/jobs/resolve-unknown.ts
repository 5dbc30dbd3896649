// Settles what a sale left open: asks the processor on the schedule of contract 12.4 and moves the attempt by evidence
// alone. It is also the recovery after a crash. Any number of processes may run it; attempts are leased one by one.

import { onPersonNeeded, onSenderLost } from '@ozura/core/attempt';
import { lostSenderMs, nextInquiryAt, outOfTimeMs, reviewAfterMs } from '@ozura/core/attempt-evidence';
import { raiseAlarm } from '@ozura/kit/alarm';
import { type Job, noteJobFailure } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import { resumeTrace } from '@ozura/kit/trace';
import type { PayContext } from '../context.ts';
import { reviewEvent } from '../events.ts';
import { lookInto } from '../evidence.ts';
import { moveBy, saleOf, writeEvent } from '../ledger.ts';
import { type Attempt, findAttempt } from '../store/attempts.ts';
import { findDueAttempts, findNextCheckAt, leaseAttempt, markReviewed, releaseAttempt } from '../store/checks.ts';

const name = 'resolve-unknown';
const everyMs = 1_000;
/** Longer than the calls of one check take together. */
const leaseMs = 20_000;
const dueMax = 200;
/** Checks under way at a time. */
const lanes = 8;

export const resolveUnknown = (context: PayContext): Job => ({
  name,
  everyMs,
  nextDueAt: (afterMs) => findNextCheckAt(context.db, afterMs),
  run: async (stopping) => {
    const due = await findDueAttempts(context.db, await context.db.now(), dueMax);
    const check = (attemptId: string): Promise<void> =>
      // One attempt that cannot be checked must not keep the others waiting; its lease runs out.
      checkAttempt(context, attemptId).catch((error: unknown) => {
        noteJobFailure(context, name, { err: error, attemptId }, 'an attempt could not be checked');
      });
    await inLanes(due, lanes, check, stopping);
  },
});

async function checkAttempt(context: PayContext, attemptId: string): Promise<void> {
  const { db } = context;
  const nowMs = await db.now();
  if ((await leaseAttempt(db, attemptId, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  const found = await findAttempt(db, attemptId);
  if (found === undefined) return;
  const { traceId, chargeId } = found;
  await resumeTrace(traceId, { chargeId, attemptId }, () => checkLeased(context, found, nowMs));
}

async function checkLeased(context: PayContext, found: Attempt, nowMs: number): Promise<void> {
  const { attemptId } = found;
  const isLost = nowMs - (found.sentAtMs ?? nowMs) >= lostSenderMs;
  const attempt = isLost ? await moveBy(context, found, onSenderLost) : found;
  // What cannot be looked into still grows old: time alone brings it before a person.
  const { checked, misses } = await lookInto(context, attempt, nowMs).catch((error: unknown) => {
    raiseAlarm(context, { err: error, attemptId }, 'an attempt could not be looked into');
    return { checked: attempt, misses: attempt.misses };
  });
  const late = await noteTime(context, checked, nowMs);
  await releaseAttempt(context.db, attemptId, {
    state: late.state,
    nextCheckAtMs: nextInquiryAt(late.checksFromMs, nowMs),
    misses,
  });
  if (late.state !== found.state) {
    context.log.info({ attemptId, from: found.state, to: late.state }, 'attempt moved by a check');
  }
}

/** What time alone decides about an attempt that is still open. */
async function noteTime(context: PayContext, attempt: Attempt, nowMs: number): Promise<Attempt> {
  const ageMs = nowMs - (attempt.sentAtMs ?? nowMs);
  if (ageMs >= reviewAfterMs) await beginReview(context, attempt, nowMs);
  if (nowMs - attempt.checksFromMs >= outOfTimeMs) return moveBy(context, attempt, onPersonNeeded);
  return attempt;
}

const OPEN: ReadonlySet<Attempt['state']> = new Set(['SENT', 'UNKNOWN', 'VOID_PENDING', 'REVIEW']);

async function beginReview({ db, ...context }: PayContext, attempt: Attempt, nowMs: number): Promise<void> {
  if (!OPEN.has(attempt.state) || attempt.reviewedAtMs !== undefined) return;
  await db.transact(async (tx) => {
    if ((await markReviewed(tx, attempt.attemptId, nowMs)) === 0) return;
    const event = reviewEvent(await saleOf(tx, attempt), attempt);
    await writeEvent({ db, ...context }, tx, { attempt, event, nowMs });
  });
}
