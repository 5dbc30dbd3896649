// `POST /sales`. The entry is on disk before the first byte of an answer, as at any processor.
import { randomText } from '@ozura/core/ids';
import { readAll } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { type Booking, decide } from '../decision.ts';
import { deliver } from '../delivery.ts';
import { saleAnswer } from '../sale-answer.ts';
import { readSaleRequest, type SaleRequest, stepOf } from '../sale-request.ts';
import { insertSale, nextEntryNumber, type SaleEntry } from '../store/journal.ts';
import { transactionIdOf } from '../transaction-id.ts';

export const postSale =
  (context: SandboxContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const sale = readAll(readSaleRequest, readBody(request, true));
    const { booking, answer } = decide(sale, stepOf(sale));
    const entry = booking === undefined ? undefined : await book(context, sale, booking);
    const outcome = entry === undefined ? notProcessed(sale) : saleAnswer(entry);
    return deliver(reply, { answer, outcome, stopping: context.stopping });
  };

const notProcessed = ({ reference }: SaleRequest): Record<string, unknown> => ({
  reference,
  status: 'not_processed',
  message: 'NOT PROCESSED',
});

function book({ db, random }: SandboxContext, sale: SaleRequest, booking: Booking): Promise<SaleEntry> {
  const { reference, merchant, card } = sale;
  const codes =
    booking.status === 'approved'
      ? {
          authCode: randomText(random, 6, '0123456789'),
          networkReference: randomText(random, 15, '0123456789'),
        }
      : {};
  return db.transact(async (tx) => {
    const number = await nextEntryNumber(tx);
    const entry: SaleEntry = {
      ...booking,
      ...codes,
      transactionId: transactionIdOf(number),
      reference,
      merchant,
      bin: card.number.slice(0, 6),
      lastFour: card.number.slice(-4),
    };
    await insertSale(tx, number, entry);
    return entry;
  });
}
