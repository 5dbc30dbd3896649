// `POST /refunds`: gives back a sale or a part of it, settled or not, and never more than the sale.

import { type Answer, decide } from '@ozura/core/sandbox-decision';
import type { Step } from '@ozura/core/sandbox-step';
import { readAll, record, required, text } from '@ozura/core/validation';
import type { Handle } from '@ozura/kit/db/handle';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { deliver } from '../delivery.ts';
import { entryAnswer } from '../entry-answer.ts';
import { takeStep } from '../program-step.ts';
import { bookingShape } from '../sale-request.ts';
import { settlesAt } from '../settlement.ts';
import { type BookedEntry, type Entry, entryById, insertEntry, nextEntryNumber } from '../store/journal.ts';
import { programsOf } from '../store/programs.ts';
import { transactionIdOf } from '../transaction-id.ts';
import { notProcessed } from './sales.ts';

const readRefundRequest = record({ ...bookingShape, transactionId: required(text(1, 64)) });

interface RefundRequest {
  readonly reference: string;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
  readonly transactionId: string;
}

export const postRefund =
  (context: SandboxContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const asked = readAll(readRefundRequest, readBody(request, false));
    const { answer, outcome } = await context.db.transact((tx) => refund(tx, asked));
    return deliver(reply, { answer, outcome, stopping: context.stopping });
  };

interface Refunded {
  readonly answer: Answer;
  readonly outcome: Record<string, unknown>;
}

async function refund(tx: Handle, asked: RefundRequest): Promise<Refunded> {
  const number = await nextEntryNumber(tx);
  const { reference, merchant, amount: amountMinor, currency } = asked;
  const sale = await entryById(tx, merchant, asked.transactionId);
  // Its own books come before any program.
  const reason = sale === undefined ? 'unknown_transaction' : objection(sale, asked);
  if (sale === undefined || reason !== undefined) return refusal(reference, reason);
  const { lastFour, orderId } = sale;
  const programs = await programsOf(tx, merchant);
  const taken = await takeStep(tx, programs, {
    operation: 'refund',
    merchant,
    amountMinor,
    currency,
    lastFour,
    orderId,
  });
  const step: Step = taken.step ?? { kind: 'approve' };
  if (step.kind === 'not_settled') return refusal(reference, 'not_settled');
  const { booking, answer } = decide({ amountMinor, currency, cvc: '', initiator: 'merchant' }, step);
  if (booking === undefined) return { answer, outcome: notProcessed(reference) };
  const nowMs = await tx.now();
  const entry: Entry = {
    kind: 'refund',
    status: booking.status,
    amountMinor: booking.amountMinor,
    currency: booking.currency,
    ...(booking.declineCode === undefined ? {} : { declineCode: booking.declineCode }),
    transactionId: transactionIdOf(number),
    reference,
    merchant,
    original: sale.transactionId,
    settlesAtMs: settlesAt('card', nowMs),
    visibleAtMs: nowMs + taken.inquiryLagMs,
  };
  await insertEntry(tx, number, entry);
  return { answer, outcome: entryAnswer(entry) };
}

const refusal = (reference: string, reason: string | undefined): Refunded => ({
  answer: { kind: 'outcome' },
  outcome: { reference, status: 'refused', reason },
});

function objection(sale: BookedEntry, { amount, currency }: RefundRequest): string | undefined {
  if (sale.kind !== 'sale' || sale.status !== 'approved') return 'not_refundable';
  if (sale.voidId !== undefined) return 'voided';
  if (sale.currency !== currency) return 'currency';
  return sale.refundedMinor + amount > sale.amountMinor ? 'exceeds_balance' : undefined;
}
