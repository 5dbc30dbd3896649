// Session keys: a browser's permission to tokenize a few cards (contract 7.3).
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { cardless, cardNumberIn, noCardNumber } from '@ozura/core/cardless';
import {
  accepting,
  integer,
  isObject,
  optional,
  pattern,
  type Reader,
  record,
  required,
  text,
} from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords, opaque } from './reader.ts';

export interface CreateVaultSessionInput {
  readonly sessionId: string | undefined;
  /** `null`: no cap of the session's own. */
  readonly sessionLimit: number | null;
  readonly maxProxyCalls: number | null;
  readonly orderId: string | undefined;
  readonly customerId: string | undefined;
  readonly cartId: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly ttlSeconds: number;
  /** From our own programs: how long the tokens made with the key live unless something holds them. */
  readonly tokensTtlSeconds: number | undefined;
}

const sessionLimitDefault = 3;
const ttlMaxSeconds = 1800;
const tokensTtlMaxSeconds = 366 * 24 * 60 * 60;
const metadataMembersMax = 16;
const metadataNameMax = 64;
const metadataValueMax = 256;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const correlation = cardless(text(1, 255));

const readMetadata: Reader<Record<string, string>> = (value, path, intake) => {
  const members = isObject(value) ? Object.entries(value) : [];
  const fits = members.every(
    ([name, member]) =>
      [...name].length <= metadataNameMax && typeof member === 'string' && [...member].length <= metadataValueMax,
  );
  if (!isObject(value) || !fits || members.length > metadataMembersMax) return intake.fail(path, 'is not valid');
  const misplaced = cardNumberIn(value, path, holdsCardNumber);
  return misplaced === undefined ? (value as Record<string, string>) : intake.fail(misplaced, noCardNumber);
};

const metadata = accepting(readMetadata, {
  schema: {
    type: 'object',
    maxProperties: metadataMembersMax,
    propertyNames: { maxLength: metadataNameMax },
    additionalProperties: { type: 'string', maxLength: metadataValueMax },
  },
});

const fields = record({
  session_id: optional(pattern(UUID, 'must be a UUID'), 'sessionId'),
  session_limit: optional(integer(1, 1000), 'sessionLimit'),
  max_proxy_calls: optional(integer(1, 100_000), 'maxProxyCalls'),
  order_id: optional(correlation, 'orderId'),
  customer_id: optional(correlation, 'customerId'),
  cart_id: optional(correlation, 'cartId'),
  metadata: optional(metadata),
  ttl_seconds: optional(integer(60, ttlMaxSeconds), 'ttlSeconds'),
  tokens_ttl_seconds: optional(integer(60, tokensTtlMaxSeconds)),
});

const readInput: Reader<CreateVaultSessionInput> = (value, path, intake) => {
  const read = fields(value, path, intake);
  return (
    read && {
      sessionId: read.session_id,
      // Here alone `null` is a value of its own: absent means three, null means no cap.
      sessionLimit:
        read.session_limit ?? (saysNull(value, 'session_limit', 'sessionLimit') ? null : sessionLimitDefault),
      maxProxyCalls: read.max_proxy_calls ?? null,
      orderId: read.order_id,
      customerId: read.customer_id,
      cartId: read.cart_id,
      metadata: read.metadata,
      ttlSeconds: read.ttl_seconds ?? ttlMaxSeconds,
      tokensTtlSeconds: read.tokens_ttl_seconds,
    }
  );
};

const input = accepting(readInput, { as: () => fields });

const saysNull = (value: unknown, ...names: readonly string[]): boolean =>
  isObject(value) && names.some((name) => Object.hasOwn(value, name) && value[name] === null);

export const createVaultSession = endpoint({
  name: 'createVaultSession',
  summary: 'Mints a session key: permission for a browser to tokenize a few cards.',
  service: 'vault',
  method: 'POST',
  path: '/sessions',
  auth: ['vault-key', 'service'],
  input: inVaultWords(input),
  status: 201,
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({ session_key: Type.String(), expires_in_seconds: Type.Integer() }),
  }),
  errors: ['VALIDATION_FAILED', 'PERMISSION_DENIED'],
});

export const revokeVaultSession = endpoint({
  name: 'revokeVaultSession',
  summary: 'Revokes a session key.',
  service: 'vault',
  method: 'POST',
  path: '/sessions/revoke',
  auth: ['vault-key', 'service'],
  input: inVaultWords(record({ session_key: required(opaque(100), 'sessionKey') })),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ revoked: Type.Boolean() }) }),
  errors: ['VALIDATION_FAILED'],
});
