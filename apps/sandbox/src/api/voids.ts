// `POST /voids`: undoes a sale or refund before it settles, whole. By its reference: the newest one of that name that
// still stands. By its transaction id: that one, under a reference of the void's own. Repeating it changes nothing.

import { type Answer, decide } from '@ozura/core/sandbox-decision';
import { optional, readAll, record, required, text } from '@ozura/core/validation';
import type { Handle } from '@ozura/kit/db/handle';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { deliver } from '../delivery.ts';
import { classOf, takeStep } from '../program-step.ts';
import { reference } from '../sale-request.ts';
import { type BookedEntry, entriesByReference, entryById, insertEntry, nextEntryNumber } from '../store/journal.ts';
import { programsOf } from '../store/programs.ts';
import { transactionIdOf } from '../transaction-id.ts';

const readVoidRequest = record({
  reference: required(reference),
  transactionId: optional(text(1, 64)),
  merchant: optional(text(1, 64)),
});

interface VoidRequest {
  readonly reference: string;
  readonly transactionId: string | undefined;
  readonly merchant: string | undefined;
}

interface Voided {
  readonly answer: Answer;
  readonly outcome: Record<string, unknown>;
}

export const postVoid =
  (context: SandboxContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const asked = readAll(readVoidRequest, readBody(request, false));
    const { answer, outcome } = await context.db.transact(async (tx) => {
      // Taken first: two voids of one sale then come one after the other, on PostgreSQL too.
      const number = await nextEntryNumber(tx);
      return asked.transactionId === undefined ? voidByReference(tx, number, asked) : voidById(tx, number, asked);
    });
    return deliver(reply, { answer, outcome, stopping: context.stopping });
  };

const plainly = (outcome: Record<string, unknown>): Voided => ({ answer: { kind: 'outcome' }, outcome });

/** The last resort of whoever has lost an answer: no program stands in its way. */
async function voidByReference(tx: Handle, number: number, asked: VoidRequest): Promise<Voided> {
  if (asked.merchant !== undefined && classOf(await programsOf(tx, asked.merchant)) === 3) {
    return { answer: { kind: 'not_offered' }, outcome: {} };
  }
  const entries = (await entriesByReference(tx, asked.reference)).filter(isVoidable);
  const entry = entries.findLast(({ voidId }) => voidId === undefined) ?? entries.at(-1);
  const known = entry === undefined ? { status: 'not_found' } : standing(entry);
  if (entry === undefined || known !== undefined) return plainly(known ?? {});
  return plainly(await book(tx, number, { entry, reference: asked.reference, lagMs: 0 }));
}

/** Asked for by a merchant, like a refund: programs are for it too, once the books allow it. */
async function voidById(tx: Handle, number: number, { transactionId = '', ...asked }: VoidRequest): Promise<Voided> {
  const entry = await entryById(tx, asked.merchant, transactionId);
  if (entry === undefined || !isVoidable(entry)) return plainly({ reference: asked.reference, status: 'not_found' });
  const known = standing(entry);
  if (known !== undefined) return plainly({ reference: asked.reference, ...known });
  const { amountMinor, currency } = entry;
  const programs = await programsOf(tx, entry.merchant);
  const taken = await takeStep(tx, programs, {
    operation: 'void',
    ...entry,
    lastFour: entry.lastFour,
    orderId: entry.orderId,
  });
  const { booking, answer } = decide(
    { amountMinor, currency, cvc: '', initiator: 'merchant' },
    taken.step ?? { kind: 'approve' },
  );
  const { reference: own } = asked;
  if (booking === undefined) return { answer, outcome: { reference: own, status: 'not_processed' } };
  if (booking.status !== 'approved') return { answer, outcome: { reference: own, status: booking.status } };
  const outcome = await book(tx, number, { entry, reference: own, lagMs: taken.inquiryLagMs });
  return { answer, outcome: { reference: own, ...outcome } };
}

const isVoidable = ({ kind, status }: BookedEntry): boolean =>
  (kind === 'sale' || kind === 'refund') && status !== 'declined';

/** What there is to say without booking anything. */
function standing({ voidId, settled }: BookedEntry): Record<string, unknown> | undefined {
  if (voidId !== undefined) return { status: 'already_voided', voidId };
  return settled ? { status: 'settled' } : undefined;
}

async function book(
  tx: Handle,
  number: number,
  { entry, reference: own, lagMs }: { entry: BookedEntry; reference: string; lagMs: number },
): Promise<Record<string, unknown>> {
  const nowMs = await tx.now();
  const voidId = transactionIdOf(number);
  await insertEntry(tx, number, {
    kind: 'void',
    transactionId: voidId,
    reference: own,
    merchant: entry.merchant,
    status: 'voided',
    amountMinor: entry.amountMinor,
    currency: entry.currency,
    original: entry.transactionId,
    settlesAtMs: nowMs,
    visibleAtMs: nowMs + lagMs,
  });
  return { status: 'voided', voidId };
}
