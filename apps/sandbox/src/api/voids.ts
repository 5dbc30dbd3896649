// `POST /voids` by the reference of a sale: undoes the newest one that still stands.
import { pattern, readAll, record, required } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { insertVoid, nextEntryNumber, salesByReference } from '../store/journal.ts';
import { transactionIdOf } from '../transaction-id.ts';

const readVoidRequest = record({ reference: required(pattern(/^[A-Za-z0-9_-]{1,64}$/, 'must be a reference')) });

export const postVoid =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const { reference } = readAll(readVoidRequest, readBody(request, false));
    return db.transact(async (tx) => {
      // Taken first: two voids of one sale then come one after the other, on PostgreSQL too.
      const number = await nextEntryNumber(tx);
      const sales = (await salesByReference(tx, reference)).filter((sale) => sale.status !== 'declined');
      const standing = sales.findLast((sale) => !sale.voided);
      if (standing === undefined) {
        const voided = sales.at(-1);
        return voided === undefined ? { status: 'not_found' } : { status: 'already_voided', voidId: voided.voidId };
      }
      const id = transactionIdOf(number);
      await insertVoid(tx, number, { id, sale: standing });
      return { status: 'voided', voidId: id };
    });
  };
