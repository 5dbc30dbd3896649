// What a request means, as a hash: the same for every way of writing it (contract 0.8). The key itself is left out.
import { createHash } from 'node:crypto';

interface Keyed {
  readonly idempotencyKey?: string | undefined;
}

export function fingerprintOf<Request extends Keyed>({ idempotencyKey: _key, ...request }: Request): string {
  return createHash('sha256').update(JSON.stringify(request, canonical)).digest('hex');
}

/** Members by name; big integers as text. */
function canonical(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
