// Settles what a sale left open: asks the processor on the schedule of contract 12.4 and moves the attempt by evidence
// alone. It is also the recovery after a crash. Any number of processes may run it; attempts are leased one by one.
import {
  type Move,
  onAbsenceProven,
  onNeverSent,
  onOutcome,
  onPersonNeeded,
  onSenderLost,
  onVoided,
} from '@ozura/core/attempt';
import {
  absenceStep,
  lostSenderMs,
  type Misses,
  nextInquiryAt,
  noteMiss,
  outOfTimeMs,
  reviewAfterMs,
} from '@ozura/core/attempt-evidence';
import type { Inquiry, Outcome } from '@ozura/core/attempt-outcome';
import type { Job } from '@ozura/kit/jobs';
import type { PayContext } from '../context.ts';
import { callDirectly } from '../direct.ts';
import { reviewEvent } from '../events.ts';
import { decideAttempt, saleOf, writeEvent } from '../ledger.ts';
import { type Attempt, findAttempt } from '../store/attempts.ts';
import { findDueAttempts, leaseAttempt, markReviewed, releaseAttempt } from '../store/checks.ts';
import { processorOf, referred, undoAttempt, voidAttempt } from '../undo.ts';

const everyMs = 1_000;
const callTimeoutMs = 8_000;
/** Longer than the calls of one check take together. */
const leaseMs = 20_000;
const dueMax = 200;
/** Checks under way at a time. */
const lanes = 8;

export const resolveUnknown = (context: PayContext): Job => ({
  name: 'resolve-unknown',
  everyMs,
  run: async () => {
    const due = await findDueAttempts(context.db, await context.db.now(), dueMax);
    const next = (): string | undefined => due.shift();
    await Promise.all(Array.from({ length: Math.min(lanes, due.length) }, () => runLane(context, next)));
  },
});

async function runLane(context: PayContext, next: () => string | undefined): Promise<void> {
  for (let attemptId = next(); attemptId !== undefined; attemptId = next()) {
    // One attempt that cannot be checked must not keep the others waiting; its lease runs out.
    await checkAttempt(context, attemptId).catch((error: unknown) => {
      context.log.error({ err: error, attemptId }, 'an attempt could not be checked');
    });
  }
}

async function checkAttempt(context: PayContext, attemptId: string): Promise<void> {
  const { db } = context;
  const nowMs = await db.now();
  if ((await leaseAttempt(db, attemptId, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  const attempt = await findAttempt(db, attemptId);
  if (attempt === undefined) return;
  // What cannot be looked into still grows old: time alone brings it before a person.
  const { checked, misses } = await lookInto(context, attempt, nowMs).catch((error: unknown) => {
    context.log.error({ err: error, attemptId, alarm: true }, 'an attempt could not be looked into');
    return { checked: attempt, misses: attempt.misses };
  });
  const late = await noteTime(context, checked, nowMs);
  await releaseAttempt(db, attemptId, {
    state: late.state,
    nextCheckAtMs: nextInquiryAt(late.checksFromMs, nowMs),
    misses,
  });
  if (late.state !== attempt.state) {
    context.log.info({ attemptId, from: attempt.state, to: late.state }, 'attempt moved by a check');
  }
}

interface Checked {
  readonly checked: Attempt;
  readonly misses: Misses;
}

async function lookInto(context: PayContext, attempt: Attempt, nowMs: number): Promise<Checked> {
  const { misses } = attempt;
  if (attempt.state === 'INTENT') return { checked: await decide(context, attempt, onNeverSent), misses };
  if (attempt.state === 'VOID_PENDING') return { checked: await undoAttempt(context, attempt, callTimeoutMs), misses };
  const inquiry = await callDirectly<Inquiry>(context.send, {
    translate: processorOf(context, attempt).inquire,
    about: referred(attempt),
    timeoutMs: callTimeoutMs,
  });
  switch (inquiry.kind) {
    case 'unanswered':
      return { checked: attempt, misses };
    case 'not_found':
      return believeAbsence(context, attempt, nowMs);
    case 'found':
      return { checked: await believeFinding(context, attempt, inquiry), misses };
  }
}

async function believeFinding(
  context: PayContext,
  attempt: Attempt,
  { outcome, voided }: { readonly outcome: Outcome; readonly voided: boolean },
): Promise<Attempt> {
  if (voided) return decide(context, attempt, onVoided);
  const moved = await decideAttempt(context, attempt.attemptId, ({ state, undo }) => ({
    move: onOutcome(state, outcome, undo),
    outcome,
  }));
  return moved.state === 'VOID_PENDING' ? undoAttempt(context, moved, callTimeoutMs) : moved;
}

/** Before an attempt counts as never booked its reference is voided, so that nothing can be booked late. */
async function believeAbsence(context: PayContext, attempt: Attempt, nowMs: number): Promise<Checked> {
  const { evidence } = processorOf(context, attempt);
  const misses = noteMiss(attempt.misses, evidence, { sentAtMs: attempt.sentAtMs ?? nowMs, nowMs });
  if (absenceStep(evidence, misses) === 'wait') return { checked: attempt, misses };
  const answer = await voidAttempt(context, attempt, callTimeoutMs);
  if (answer.kind === 'voided') return { checked: await decide(context, attempt, onVoided), misses };
  if (answer.kind !== 'not_found') return { checked: attempt, misses };
  return { checked: await decide(context, attempt, onAbsenceProven), misses };
}

const decide = (
  context: PayContext,
  { attemptId }: Attempt,
  on: (state: Attempt['state'], undo: Attempt['undo']) => Move,
): Promise<Attempt> => decideAttempt(context, attemptId, ({ state, undo }) => ({ move: on(state, undo) }));

/** What time alone decides about an attempt that is still open. */
async function noteTime(context: PayContext, attempt: Attempt, nowMs: number): Promise<Attempt> {
  const ageMs = nowMs - (attempt.sentAtMs ?? nowMs);
  if (ageMs >= reviewAfterMs) await beginReview(context, attempt, nowMs);
  if (nowMs - attempt.checksFromMs >= outOfTimeMs) return decide(context, attempt, onPersonNeeded);
  return ageMs >= lostSenderMs ? decide(context, attempt, onSenderLost) : attempt;
}

const OPEN: ReadonlySet<Attempt['state']> = new Set(['SENT', 'UNKNOWN', 'VOID_PENDING', 'REVIEW']);

async function beginReview({ db, ...context }: PayContext, attempt: Attempt, nowMs: number): Promise<void> {
  if (!OPEN.has(attempt.state) || attempt.reviewedAtMs !== undefined) return;
  await db.transact(async (tx) => {
    if ((await markReviewed(tx, attempt.attemptId, nowMs)) === 0) return;
    await writeEvent({ db, ...context }, tx, attempt, reviewEvent(await saleOf(tx, attempt), attempt));
  });
}
