// What a request means, as a hash: the same for every way of writing it (contract 0.8). The key itself is left out.
import { hash } from 'node:crypto';

interface Keyed {
  readonly idempotencyKey?: string | undefined;
}

export const fingerprintOf = <Request extends Keyed>(request: Request): string =>
  hash('sha256', JSON.stringify(canonical({ ...request, idempotencyKey: undefined })));

/** Members by name; big integers as text. A replacer of `JSON.stringify` would cost twice as much. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  const members = value as Readonly<Record<string, unknown>>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) {
    if (members[name] !== undefined) sorted[name] = canonical(members[name]);
  }
  return sorted;
}
