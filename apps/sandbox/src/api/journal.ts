// `GET /journal?merchant=…`: what was booked, as it was booked. `POST /settlements`: settles it all now.
import { optional, pattern, readAll, record, required, text, withDefault } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { transactionAnswer } from '../entry-answer.ts';
import { entriesOf, insertSettlement, nextEntryNumber } from '../store/journal.ts';

const wholeNumber = pattern(/^[0-9]{1,12}$/, 'must be an integer');
const merchant = required(text(1, 64));
const readQuery = record({ merchant, after: withDefault(wholeNumber, '0'), limit: optional(wholeNumber) });
const limitMax = 1_000;

export const getJournal =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const { merchant: whose, after, limit } = readAll(readQuery, request.query);
    const count = Math.min(limitMax, limit === undefined ? limitMax : Number(limit));
    const entries = await entriesOf(db, whose, { after: Number(after), limit: count });
    return { entries: entries.map((entry) => ({ entryNumber: entry.entryNumber, ...transactionAnswer(entry) })) };
  };

export const postSettlement =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const { merchant: whose } = readAll(record({ merchant }), readBody(request, false));
    await db.transact(async (tx) => insertSettlement(tx, await nextEntryNumber(tx), whose));
    return { status: 'settled' };
  };
