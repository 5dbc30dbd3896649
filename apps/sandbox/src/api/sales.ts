// `POST /sales`. The entry is on disk before the first byte of an answer, as at any processor.
import { type RandomBytes, randomText } from '@ozura/core/ids';
import { type Answer, type Booking, decide } from '@ozura/core/sandbox-decision';
import type { Step } from '@ozura/core/sandbox-step';
import { readAll } from '@ozura/core/validation';
import { type Handle, together } from '@ozura/kit/db/handle';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { deliver } from '../delivery.ts';
import { entryAnswer } from '../entry-answer.ts';
import { classOf, type ProgrammedCall, takeStep } from '../program-step.ts';
import { readSaleRequest, returnCodeOf, type SaleRequest, stepOfCard, stepOfPayment } from '../sale-request.ts';
import { settlesAt } from '../settlement.ts';
import { type Entry, entriesByReference, insertEntry, nextEntryNumber } from '../store/journal.ts';
import { programsOf } from '../store/programs.ts';
import { transactionIdOf } from '../transaction-id.ts';

export const postSale =
  (context: SandboxContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const sale = readAll(readSaleRequest, readBody(request, true));
    const { answer, entry } = await context.db.transact((tx) => sell(tx, context.random, sale));
    const outcome = entry === undefined ? notProcessed(sale.reference) : entryAnswer(entry);
    return deliver(reply, { answer, outcome, stopping: context.stopping });
  };

export const notProcessed = (reference: string): Record<string, unknown> => ({
  reference,
  status: 'not_processed',
  message: 'NOT PROCESSED',
});

interface Sold {
  readonly answer: Answer;
  readonly entry?: Entry;
}

async function sell(tx: Handle, random: RandomBytes, sale: SaleRequest): Promise<Sold> {
  // The number first: from there on nobody else books or takes a step.
  const [number, programs] = await together(nextEntryNumber(tx), programsOf(tx, sale.merchant));
  // Where it plays a processor that is safe to repeat, one reference is one sale.
  const [known] = classOf(programs) === 1 ? await entriesByReference(tx, sale.reference) : [];
  if (known !== undefined) return { answer: { kind: 'outcome' }, entry: known };
  const taken = await takeStep(tx, programs, callOf(sale));
  const step: Step = stepOfPayment(sale) ?? taken.step ?? stepOfCard(sale);
  const { amount: amountMinor, currency, initiator } = sale;
  const { booking, answer } = decide({ amountMinor, currency, initiator, cvc: sale.card?.cvc ?? '' }, step);
  if (booking === undefined) return { answer };
  const nowMs = await tx.now();
  const entry: Entry = {
    ...entryOf(sale, booking, nowMs),
    ...(booking.status === 'approved' ? codes(random) : {}),
    transactionId: transactionIdOf(number),
    visibleAtMs: nowMs + taken.inquiryLagMs,
  };
  await insertEntry(tx, number, entry);
  return { answer, entry };
}

const callOf = ({ merchant, amount, currency, orderId, card, bank }: SaleRequest): ProgrammedCall => ({
  operation: 'sale',
  merchant,
  amountMinor: amount,
  currency,
  lastFour: (card?.number ?? bank?.accountNumber)?.slice(-4),
  orderId,
});

function entryOf(sale: SaleRequest, booking: Booking, nowMs: number): Omit<Entry, 'transactionId' | 'visibleAtMs'> {
  const { reference, merchant, orderId, card, bank } = sale;
  const { settled, ...booked } = booking;
  const method = card === undefined ? 'bank' : 'card';
  const returnCode = returnCodeOf(sale);
  return {
    kind: 'sale',
    ...booked,
    reference,
    merchant,
    method,
    bin: card?.number.slice(0, 6) ?? bank?.routingNumber ?? '',
    lastFour: (card?.number ?? bank?.accountNumber ?? '').slice(-4),
    ...(orderId === undefined ? {} : { orderId }),
    ...(returnCode === undefined ? {} : { returnCode }),
    settlesAtMs: settled ? nowMs : settlesAt(method, nowMs),
  };
}

const codes = (random: RandomBytes) => ({
  authCode: randomText(random, 6, '0123456789'),
  networkReference: randomText(random, 15, '0123456789'),
});
