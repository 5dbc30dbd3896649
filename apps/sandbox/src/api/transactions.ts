// `GET /transactions?reference=…` asks for one sale, `GET /transactions?date=YYYY-MM-DD` for those of a day (UTC).
import { optional, pattern, readAll, record } from '@ozura/core/validation';
import type { FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { saleAnswer } from '../sale-answer.ts';
import { type BookedSale, salesBookedBetween, salesByReference } from '../store/journal.ts';

const dayMs = 24 * 60 * 60 * 1000;

const readQuery = record({
  reference: optional(pattern(/^.{1,64}$/, 'must be a reference')),
  date: optional(pattern(/^\d{4}-\d\d-\d\d$/, 'must be YYYY-MM-DD')),
  merchant: optional(pattern(/^.{1,64}$/, 'must be a merchant')),
});

export const getTransactions =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const { reference, date, merchant } = readAll(readQuery, request.query);
    if (reference !== undefined) {
      // The first one is the answer, whoever sent twice notwithstanding.
      const [sale] = await salesByReference(db, reference);
      return sale === undefined ? { found: false } : { found: true, transaction: transactionAnswer(sale) };
    }
    const from = Date.parse(`${date}T00:00:00Z`);
    if (Number.isNaN(from)) return { transactions: [] };
    const sales = await salesBookedBetween(db, from, from + dayMs);
    const wanted = sales.filter((sale) => merchant === undefined || sale.merchant === merchant);
    return { transactions: wanted.map(transactionAnswer) };
  };

const transactionAnswer = (sale: BookedSale): Record<string, unknown> => ({
  ...saleAnswer(sale),
  merchant: sale.merchant,
  bin: sale.bin,
  lastFour: sale.lastFour,
  bookedAt: sale.bookedAtMs,
  voided: sale.voided,
});
