// `POST /sales`. The entry is on disk before the first byte of an answer, as at any processor.
import { readAll } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { deliver } from '../delivery.ts';
import { entryAnswer } from '../entry-answer.ts';
import { readSaleRequest } from '../sale-request.ts';
import { openSelling } from '../selling.ts';

export function postSale(context: SandboxContext) {
  const sell = openSelling(context);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const sale = readAll(readSaleRequest, readBody(request, true));
    const { answer, entry } = await sell(sale);
    const outcome = entry === undefined ? notProcessed(sale.reference) : entryAnswer(entry);
    return deliver(reply, { answer, outcome, stopping: context.stopping });
  };
}

export const notProcessed = (reference: string): Record<string, unknown> => ({
  reference,
  status: 'not_processed',
  message: 'NOT PROCESSED',
});
