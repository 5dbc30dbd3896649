// Gives back the whole of a booking that must not stand and has settled (contract 12.3). The refund is sent once, and
// again, under the same reference, only when it is proven that nothing came of the one before.
import { absenceStep, noteMiss, settlementDays } from '@ozura/core/attempt-evidence';
import type { Inquiry } from '@ozura/core/attempt-outcome';
import type { Finding } from '@ozura/core/refund-matching';
import type { PayContext } from './context.ts';
import { callDirectly, type Patience } from './direct.ts';
import { findOnList } from './lists.ts';
import type { Processor, RefundInput } from './processors/port.ts';
import type { Attempt } from './store/attempts.ts';
import {
  findUndoRefund,
  markUndoRefund,
  noteUndoMisses,
  type OpenUndoRefund,
  type UndoOf,
  unmarkUndoRefund,
} from './store/undo-refunds.ts';

export interface GivingBack {
  readonly undoOf: UndoOf;
  /** Whose booking it is. */
  readonly attempt: Attempt;
  readonly processor: Processor;
  readonly about: RefundInput;
  readonly patience: Patience;
}

/** `true` when it is proven that it was given back. */
export async function giveBack(context: PayContext, giving: GivingBack): Promise<boolean> {
  const { db } = context;
  const open = await findUndoRefund(db, giving.undoOf);
  if (open === undefined) return send(context, giving);
  const finding = await find(context, giving, open);
  if (finding !== 'absent') return finding === 'given';
  await unmarkUndoRefund(db, giving.undoOf, open.sentAtMs);
  return send(context, giving);
}

async function send(context: PayContext, giving: GivingBack): Promise<boolean> {
  const { undoOf, processor, about, patience } = giving;
  const sentAtMs = await context.db.now();
  if ((await markUndoRefund(context.db, undoOf, sentAtMs)) === 0) return false;
  context.reached('undo-refund-marked');
  const outcome = await callDirectly(context, { processor, call: 'refund', about, ...patience });
  context.reached('undo-refund-sent');
  if (outcome.kind === 'approved') return true;
  // It may say no because it has done it before.
  if (outcome.kind === 'refused' && (await inquire(context, giving)).kind !== 'not_found') return false;
  const isNo = outcome.kind === 'refused' || outcome.kind === 'declined';
  if (isNo || (outcome.kind === 'unanswered' && 'unsent' in outcome)) {
    await unmarkUndoRefund(context.db, undoOf, sentAtMs);
  }
  return false;
}

const inquire = async (
  context: PayContext,
  { processor, about, patience }: GivingBack,
): Promise<Inquiry | { readonly kind: 'unanswered' }> =>
  processor.evidence.class === 3
    ? { kind: 'unsupported' }
    : callDirectly(context, { processor, call: 'inquire', about, ...patience });

/** What became of the one that was sent. */
async function find(context: PayContext, giving: GivingBack, open: OpenUndoRefund): Promise<Finding> {
  const inquiry = await inquire(context, giving);
  switch (inquiry.kind) {
    case 'found':
      if (inquiry.outcome.kind === 'declined') return 'absent';
      return inquiry.outcome.kind === 'approved' && !inquiry.voided ? 'given' : 'open';
    case 'not_found':
      return believeAbsence(context, giving, open);
    case 'unsupported':
      return readList(context, giving, open);
    default:
      return 'open';
  }
}

async function believeAbsence(context: PayContext, giving: GivingBack, open: OpenUndoRefund): Promise<Finding> {
  const { evidence } = giving.processor;
  const misses = noteMiss(open.misses, evidence, { sentAtMs: open.sentAtMs, nowMs: await context.db.now() });
  await noteUndoMisses(context.db, giving.undoOf, { ...open, misses });
  switch (absenceStep(evidence, misses)) {
    case 'wait':
      return 'open';
    case 'void_by_reference':
      // A void under its name could undo it. There is no need for one: a whole sale cannot be given back twice.
      return 'absent';
    case 'settlement_list':
      return readList(context, giving, open);
  }
}

/** The sale itself says how much of it went back, for good when the lists of that time are complete. */
async function readList(
  context: PayContext,
  { attempt, processor, about }: GivingBack,
  { sentAtMs }: OpenUndoRefund,
): Promise<Finding> {
  const listed = await findOnList(context, attempt, about.saleTransactionId);
  if (listed === undefined) return 'open';
  if (listed.voided) return 'given';
  const isFinal = (await context.db.now()) >= settlementDays(sentAtMs, processor.evidence).finalAtMs;
  return isFinal && listed.refundedMinor === 0n ? 'absent' : 'open';
}
