// Settles what a refund or void left open, on the schedule of contract 12.4 and by the processor's word alone. It is also
// the recovery after a crash. Any number of processes may run it; refunds are leased one by one.

import {
  absenceStep,
  isSettlementProven,
  lostSenderMs,
  type Misses,
  nextInquiryAt,
  noteMiss,
  outOfTimeMs,
} from '@ozura/core/attempt-evidence';
import type { Inquiry, Outcome, VoidOutcome } from '@ozura/core/attempt-outcome';
import { type RefundState, stateAfter } from '@ozura/core/refund';
import { raiseAlarm } from '@ozura/kit/alarm';
import { type Job, noteJobFailure } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import { resumeTrace } from '@ozura/kit/trace';
import type { PayContext } from '../context.ts';
import { callDirectly, type Unanswered } from '../direct.ts';
import type { Processor, Referred } from '../processors/port.ts';
import { askForVoid, processorIdOf, runRefund, saleOfRefund, voidedAs } from '../refund.ts';
import { findRefundOnList } from '../refund-evidence.ts';
import { decideRefund, type RefundMove } from '../refund-ledger.ts';
import {
  findDueRefunds,
  findNextRefundAt,
  findRefund,
  leaseRefund,
  noteRefundVoidAsked,
  type Refund,
  releaseRefund,
} from '../store/refunds.ts';

const name = 'resolve-refunds';
const everyMs = 1_000;
const callTimeoutMs = 8_000;
/** Longer than the calls of one check take together. */
const leaseMs = 60_000;
const sendWithinMs = 28_000;
const dueMax = 100;
/** Checks under way at a time: a processor that hangs does not keep the refunds of the others waiting. */
const lanes = 8;

export const resolveRefunds = (context: PayContext): Job => ({
  name,
  everyMs,
  nextDueAt: (afterMs) => findNextRefundAt(context.db, afterMs),
  run: async (stopping) => {
    const due = await findDueRefunds(context.db, await context.db.now(), dueMax);
    const check = (refundId: string): Promise<void> =>
      // One that cannot be checked must not keep the others waiting; its lease runs out.
      checkRefund(context, refundId).catch((error: unknown) => {
        noteJobFailure(context, name, { err: error, refundId }, 'a refund could not be checked');
      });
    await inLanes(due, lanes, check, stopping);
  },
});

async function checkRefund(context: PayContext, refundId: string): Promise<void> {
  const { db } = context;
  const nowMs = await db.now();
  if ((await leaseRefund(db, refundId, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  const refund = await findRefund(db, refundId);
  if (refund === undefined) return;
  await resumeTrace(refund.traceId, { refundId }, () => checkLeased({ context, refund, nowMs }));
}

async function checkLeased(check: Check): Promise<void> {
  const { context, refund, nowMs } = check;
  const { refundId } = refund;
  // What cannot be looked into still grows old: time alone brings it before a person.
  const misses = await lookInto(check).catch((error: unknown) => {
    raiseAlarm(context, { err: error, refundId }, 'a refund could not be looked into');
    return refund.misses;
  });
  const { refund: late } = await decideRefund(context, refundId, ({ state }) => ({ to: afterTime(state, check) }));
  const sentAtMs = refund.sentAtMs ?? refund.createdAtMs;
  await releaseRefund(context.db, late, { nextCheckAtMs: nextInquiryAt(sentAtMs, nowMs), misses });
  if (late.state !== refund.state) {
    context.log.info({ refundId, from: refund.state, to: late.state }, 'refund moved by a check');
  }
}

interface Check {
  readonly context: PayContext;
  readonly refund: Refund;
  readonly nowMs: number;
}

/** What time alone decides about a refund that is still open. */
function afterTime(state: RefundState, { refund, nowMs }: Check): RefundState | undefined {
  const ageMs = nowMs - (refund.sentAtMs ?? nowMs);
  if (state === 'SENT') return ageMs >= lostSenderMs ? 'UNKNOWN' : undefined;
  return state === 'UNKNOWN' && ageMs >= outOfTimeMs ? 'REVIEW' : undefined;
}

async function lookInto(check: Check): Promise<Misses> {
  const { refund, nowMs } = check;
  if (refund.state === 'INTENT') {
    await move(check, ({ state }) => ({ to: state === 'INTENT' ? 'NOT_SENT' : undefined }));
    return refund.misses;
  }
  // Whoever sent it may still be waiting for the answer.
  const isAwaited = refund.state === 'SENT' && nowMs - (refund.sentAtMs ?? nowMs) < lostSenderMs;
  if (refund.means === 'void') {
    if (!isAwaited) await repeatVoid(check);
    return refund.misses;
  }
  const inquiry = await inquire(check);
  if (inquiry.kind === 'not_found') return believeAbsence(check);
  if (inquiry.kind === 'unsupported') await readList(check);
  if (inquiry.kind === 'found') {
    const { outcome, voided } = inquiry;
    await move(check, ({ state }) => ({ to: voided ? notProcessed(state) : stateAfter(state, outcome), outcome }));
  }
  return refund.misses;
}

async function inquire(check: Check): Promise<Inquiry> {
  const processor = processorOf(check);
  if (processor.evidence.class === 3) return { kind: 'unsupported' };
  const { context, refund } = check;
  const saleTransactionId = processorIdOf(await saleOfRefund(context, refund));
  return callDirectly(context, {
    processor,
    call: 'inquire',
    about: { ...referred(refund), saleTransactionId },
    timeoutMs: callTimeoutMs,
  });
}

async function readList(check: Check): Promise<void> {
  const { context, refund, nowMs } = check;
  const finding = await findRefundOnList(context, refund, nowMs);
  const outcome = voidedAs(refund.refundId);
  if (finding === 'given') await move(check, ({ state }) => ({ to: stateAfter(state, outcome), outcome }));
  if (finding === 'absent') await move(check, ({ state }) => ({ to: notProcessed(state) }));
}

async function repeatVoid(check: Check): Promise<void> {
  const { context, refund, nowMs } = check;
  const voidAskedAtMs = Math.max(refund.sentAtMs ?? 0, refund.misses.lastAtMs);
  await noteRefundVoidAsked(context.db, refund.refundId, nowMs);
  const answer = await askForVoid(context, refund, { timeoutMs: callTimeoutMs });
  const isProven =
    answer.kind !== 'settled' || isSettlementProven(processorOf(check).evidence, { voidAskedAtMs, nowMs });
  if (isProven) await believeVoid(check, answer);
}

/** A void may be repeated as often as it takes: it tells whether the sale is undone, or never will be. */
async function believeVoid(check: Check, answer: VoidOutcome | Unanswered): Promise<void> {
  if (answer.kind !== 'voided' && answer.kind !== 'settled') return;
  const outcome: Outcome =
    answer.kind === 'voided'
      ? voidedAs(answer.processorTransactionId ?? check.refund.refundId)
      : { kind: 'refused', cause: 'settled', reason: 'settled meanwhile' };
  await move(check, ({ state }) => ({ to: stateAfter(state, outcome), outcome }));
}

/** Before a refund counts as never booked its reference is voided, so that nothing can be booked late. */
async function believeAbsence(check: Check): Promise<Misses> {
  const { refund, nowMs } = check;
  const processor = processorOf(check);
  const misses = noteMiss(refund.misses, processor.evidence, { sentAtMs: refund.sentAtMs ?? nowMs, nowMs });
  switch (absenceStep(processor.evidence, misses)) {
    case 'wait':
      break;
    case 'settlement_list':
      await readList(check);
      break;
    case 'void_by_reference':
      await voidAbsent(check, processor);
  }
  return misses;
}

async function voidAbsent(check: Check, processor: Processor): Promise<void> {
  const { context, refund } = check;
  const answer = await callDirectly(context, {
    processor,
    call: 'void',
    about: referred(refund),
    timeoutMs: callTimeoutMs,
  });
  if (answer.kind === 'unsupported') await readList(check);
  if (answer.kind === 'voided' || answer.kind === 'not_found') {
    await move(check, ({ state }) => ({ to: notProcessed(state) }));
  }
}

const notProcessed = (state: RefundState): RefundState | undefined =>
  state === 'UNKNOWN' || state === 'REVIEW' ? 'NOT_PROCESSED' : undefined;

/** A refund that takes the place of a void is sent here, where nobody else waits for it. */
async function move({ context, refund }: Check, decide: (refund: Refund) => RefundMove): Promise<void> {
  const { next } = await decideRefund(context, refund.refundId, decide);
  if (next !== undefined) await runRefund(context, next, context.now() + sendWithinMs);
}

const referred = ({ refundId: reference, account, amountMinor, currency }: Refund): Referred => ({
  reference,
  account,
  amountMinor,
  currency,
});

function processorOf({ context, refund }: Check): Processor {
  const processor = context.processors.get(refund.processor);
  if (processor === undefined)
    throw new Error(`the processor ${refund.processor} of a refund is not configured any more`);
  return processor;
}
