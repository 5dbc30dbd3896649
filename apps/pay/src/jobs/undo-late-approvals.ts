// Undoes approvals that surfaced after their attempts had ended without a payment (contract 12.3), until the processor
// says that they are undone. Any number of processes may run it.

import { isSettlementProven, nextInquiryAt } from '@ozura/core/attempt-evidence';
import { raiseAlarm } from '@ozura/kit/alarm';
import type { Job } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import type { PayContext } from '../context.ts';
import { callDirectly } from '../direct.ts';
import { giveBack } from '../giving-back.ts';
import { findAttempt } from '../store/attempts.ts';
import { endUndoing, leaseUndoing, listDueUndoings, postponeUndoing, type Undoing } from '../store/discrepancies.ts';

const everyMs = 5_000;
const callTimeoutMs = 8_000;
/** Longer than the calls of one undoing take together. */
const leaseMs = 60_000;
const dueMax = 50;
const lanes = 8;

export const undoLateApprovals = (context: PayContext): Job => ({
  name: 'undo-late-approvals',
  everyMs,
  run: async (stopping) => {
    const due = await listDueUndoings(context.db, await context.db.now(), dueMax);
    const undoOne = (undoing: Undoing): Promise<void> =>
      // One that cannot be undone must not keep the others waiting; its lease runs out.
      undo(context, undoing).catch((error: unknown) => {
        raiseAlarm(context, { err: error, reference: undoing.reference }, 'a late approval is not undone yet');
      });
    await inLanes(due, lanes, undoOne, stopping);
  },
});

async function undo(context: PayContext, undoing: Undoing): Promise<void> {
  const { db, log } = context;
  const { discrepancyId, reference, foundAtMs } = undoing;
  const nowMs = await db.now();
  if ((await leaseUndoing(db, undoing, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  const answer = await undoBooking(context, undoing, nowMs);
  if (answer === 'voided' || answer === 'refunded') {
    await endUndoing(db, discrepancyId, answer);
    log.warn({ reference, answer }, 'a late approval was undone');
  } else {
    await postponeUndoing(db, discrepancyId, { triedAtMs: nowMs, nextCheckAtMs: nextInquiryAt(foundAtMs, nowMs) });
    raiseAlarm(context, { reference, answer }, 'a late approval is not undone yet');
  }
}

async function undoBooking(context: PayContext, undoing: Undoing, nowMs: number): Promise<string> {
  const processor = context.processors.get(undoing.processor);
  if (processor === undefined) return 'the processor is not configured any more';
  const { discrepancyId, reference } = undoing;
  const call = { processor, call: 'void', timeoutMs: callTimeoutMs } as const;
  const answer = await callDirectly(context, { ...call, about: undoing });
  const byId = { ...undoing, voidReference: `${reference}V` };
  const { kind } = answer.kind === 'unsupported' ? await callDirectly(context, { ...call, about: byId }) : answer;
  if (kind !== 'settled') return kind;
  // A void that was sent the last time may have been done, and not be shown yet: a refund would give the money back twice.
  if (!isSettlementProven(processor.evidence, { voidAskedAtMs: undoing.triedAtMs, nowMs })) return 'settled, it seems';
  const attempt = await findAttempt(context.db, reference);
  if (attempt === undefined) return 'no attempt of ours goes by its reference';
  const isGivenBack = await giveBack(context, {
    undoOf: { discrepancyId },
    attempt,
    processor,
    about: {
      ...undoing,
      reference: `${reference}R`,
      saleReference: reference,
      saleTransactionId: undoing.processorTransactionId,
    },
    patience: { timeoutMs: callTimeoutMs },
  });
  return isGivenBack ? 'refunded' : kind;
}
