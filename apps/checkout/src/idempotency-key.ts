// The idempotency key of a create request (contract 0.8): in its body, in a header, or in both when they agree.
import { idempotencyKey } from '@ozura/contract/checkout/small-fields';
import { Refusal } from '@ozura/core/errors';
import { readAll } from '@ozura/core/validation';

export function oneKey(inBody: string | undefined, header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return inBody;
  const inHeader = readAll((value, _path, intake) => idempotencyKey(value, 'idempotencyKey', intake), unquoted(header));
  if (inBody !== undefined && inBody !== inHeader) {
    throw new Refusal('VALIDATION_FAILED', { message: 'idempotencyKey: differs from the Idempotency-Key header' });
  }
  return inHeader;
}

const unquoted = (header: string): string => /^"(.*)"$/.exec(header.trim())?.[1] ?? header;
