// A secret key that comes from a browser is served, and told to the operator: it has probably leaked (contract 0.2).
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';

/** Of a request whose secret key was right. `owner` says in the log whose key it is. */
export function tellOfLeakedKey(
  { metrics }: Pick<Context, 'metrics'>,
  { headers, log }: FastifyRequest,
  owner: Readonly<Record<string, string>>,
): void {
  if (headers.origin === undefined) return;
  const total = metrics.add('ozura_keys_from_browsers_total');
  log.warn({ ...owner, total }, 'a secret key came from a browser: it has probably leaked');
}
