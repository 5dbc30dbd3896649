// `GET /transactions?reference=…` asks for one sale or refund, `?date=YYYY-MM-DD` for the sales of a day (UTC).
import { optional, pattern, readAll, record, text } from '@ozura/core/validation';
import type { Database, Handle } from '@ozura/kit/db/handle';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { notOffered } from '../delivery.ts';
import { transactionAnswer } from '../entry-answer.ts';
import { classOf, takeStep } from '../program-step.ts';
import {
  type BookedEntry,
  entriesByReference,
  entryById,
  insertEntry,
  nextEntryNumber,
  salesBookedBetween,
} from '../store/journal.ts';
import { programsOf } from '../store/programs.ts';
import { transactionIdOf } from '../transaction-id.ts';

const dayMs = 24 * 60 * 60 * 1000;

const readQuery = record({
  reference: optional(pattern(/^.{1,64}$/, 'must be a reference')),
  merchant: optional(text(1, 64)),
  date: optional(pattern(/^\d{4}-\d\d-\d\d$/, 'must be YYYY-MM-DD')),
});

export const getTransactions =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { reference, merchant, date } = readAll(readQuery, request.query);
    const programs = merchant === undefined ? [] : await programsOf(db, merchant);
    const isAnonymous = classOf(programs) === 3;
    if (reference !== undefined && isAnonymous) return reply.code(notOffered).send({ message: 'NOT OFFERED' });
    if (reference !== undefined) return inquire(db, { reference, merchant, isProgrammed: programs.length > 0 });
    const from = Date.parse(`${date}T00:00:00Z`);
    if (Number.isNaN(from)) return { transactions: [] };
    const [sales, nowMs] = [await salesBookedBetween(db, from, from + dayMs), await db.now()];
    const listed = sales.filter((sale) => nowMs >= sale.visibleAtMs && isOf(sale, merchant));
    return { transactions: listed.map((sale) => (isAnonymous ? withoutReference(sale) : transactionAnswer(sale))) };
  };

/** A processor of class 3 does not know our references. */
function withoutReference(sale: BookedEntry): Record<string, unknown> {
  const { reference: _ours, ...rest } = transactionAnswer(sale);
  return rest;
}

const isOf = (entry: BookedEntry, merchant: string | undefined): boolean =>
  merchant === undefined || merchant === entry.merchant;

interface Inquiry {
  readonly reference: string;
  readonly merchant: string | undefined;
  readonly isProgrammed: boolean;
}

async function inquire(db: Database, { reference, merchant, isProgrammed }: Inquiry): Promise<unknown> {
  // The first one is the answer, whoever sent twice notwithstanding.
  const entry = (await entriesByReference(db, reference)).find((one) => isOf(one, merchant));
  if (entry === undefined || (await db.now()) < entry.visibleAtMs) return { found: false };
  const looked = entry.status === 'review' && isProgrammed ? await db.transact((tx) => review(tx, entry)) : entry;
  return { found: true, transaction: transactionAnswer(looked) };
}

/** What is under review is decided by the next step that says so (contract 14.5). */
async function review(tx: Handle, { transactionId }: BookedEntry): Promise<BookedEntry> {
  const number = await nextEntryNumber(tx);
  const entry = await readEntry(tx, transactionId);
  if (entry.status !== 'review') return entry;
  const { step } = await takeStep(tx, await programsOf(tx, entry.merchant), {
    operation: entry.kind === 'refund' ? 'refund' : 'sale',
    ...entry,
    lastFour: entry.lastFour,
    orderId: entry.orderId,
  });
  if (step?.kind !== 'approve' && step?.kind !== 'decline') return entry;
  await insertEntry(tx, number, {
    kind: 'decision',
    transactionId: transactionIdOf(number),
    reference: entry.reference,
    merchant: entry.merchant,
    status: step.kind === 'approve' ? 'approved' : 'declined',
    ...(step.kind === 'decline' ? { declineCode: step.declineCode } : {}),
    amountMinor: entry.amountMinor,
    currency: entry.currency,
    original: transactionId,
    settlesAtMs: entry.settlesAtMs,
    visibleAtMs: entry.visibleAtMs,
  });
  return readEntry(tx, transactionId);
}

async function readEntry(tx: Handle, transactionId: string): Promise<BookedEntry> {
  const entry = await entryById(tx, undefined, transactionId);
  if (entry === undefined) throw new Error(`no entry ${transactionId}`);
  return entry;
}
