// What may be known of a token: masked data and the ids it travels with (contract 7.6).
import { accepting, list, type Reader, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { funding } from './bins.ts';
import { inVaultWords, invalidValue, opaque } from './reader.ts';

const tokenFacts = Type.Object({
  token: Type.String(),
  type: textOf('card', 'bank'),
  mask: Type.Object({ card_number: Type.Optional(Type.String()), account_number: Type.Optional(Type.String()) }),
  bin: Type.Optional(Type.String()),
  card: Type.Optional(
    Type.Object({ brand: Type.String(), last4: Type.String(), funding, country: Type.Optional(Type.String()) }),
  ),
  /** Keyed per merchant; for our own programs only. */
  fingerprint: Type.Optional(Type.String()),
  expiration_month: Type.Optional(Type.String()),
  expiration_year: Type.Optional(Type.String()),
  bank: Type.Optional(Type.Object({ last4: Type.String(), account_type: textOf('checking', 'savings') })),
  routing_number: Type.Optional(Type.String()),
  /** The browser's id of the session that made it. */
  session_id: Type.Optional(Type.String()),
  order_id: Type.Optional(Type.String()),
  customer_id: Type.Optional(Type.String()),
  cart_id: Type.Optional(Type.String()),
  created_at: Type.String(),
});

export const getToken = endpoint({
  name: 'getToken',
  summary: 'Reads what may be known of a token.',
  service: 'vault',
  method: 'GET',
  path: '/tokens/:token',
  auth: ['vault-key', 'service'],
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: tokenFacts }),
  errors: ['TOKEN_NOT_FOUND'],
});

interface ListTokensInput {
  readonly limit: number;
  readonly after: string | undefined;
}

const limitDefault = 50;

const readPage: Reader<ListTokensInput> = (value) => {
  const query = value as Readonly<Record<string, unknown>>;
  const limit = query.limit ?? String(limitDefault);
  const after = query.after;
  if (typeof limit !== 'string' || !/^([1-9][0-9]?|100)$/.test(limit)) throw invalidValue('limit');
  if (after !== undefined && typeof after !== 'string') throw invalidValue('after');
  return { limit: Number(limit), after };
};

const page = accepting(readPage, {
  schema: {
    type: 'object',
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: limitDefault },
      after: { type: 'string', description: 'The last token of the page before.' },
    },
  },
});

/** In the order of their making. */
export const listTokens = endpoint({
  name: 'listTokens',
  summary: 'Lists tokens in the order of their making.',
  service: 'vault',
  method: 'GET',
  path: '/tokens',
  auth: ['vault-key', 'service'],
  input: page,
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Array(tokenFacts), has_more: Type.Boolean() }),
  errors: ['VALIDATION_FAILED'],
});

/** In one question. */
export const tokensMax = 64;

/** Those of them that the merchant has, in any order. */
export const findTokens = endpoint({
  name: 'findTokens',
  summary: 'Reads what may be known of several tokens at once.',
  service: 'vault',
  method: 'POST',
  path: '/tokens/find',
  auth: ['service'],
  input: inVaultWords(record({ tokens: required(list(opaque(100), 1, tokensMax)) })),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Array(tokenFacts) }),
  errors: ['VALIDATION_FAILED', 'PERMISSION_DENIED'],
});

export const deleteToken = endpoint({
  name: 'deleteToken',
  summary: 'Deletes a token and the card behind it.',
  service: 'vault',
  method: 'DELETE',
  path: '/tokens/:token',
  auth: ['vault-key'],
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ deleted: Type.Boolean() }) }),
  errors: ['TOKEN_NOT_FOUND', 'TOKEN_IN_USE'],
});

/** All of one customer. Those that an active plan uses stay, and are counted. */
export const deleteTokensOfCustomer = endpoint({
  name: 'deleteTokensOfCustomer',
  summary: 'Deletes all tokens of one customer, but those that an active plan uses.',
  service: 'vault',
  method: 'DELETE',
  path: '/tokens',
  auth: ['vault-key'],
  input: inVaultWords(record({ customer_id: required(opaque(255), 'customerId') })),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({ deleted: Type.Integer(), inUse: Type.Integer() }),
  }),
  errors: ['VALIDATION_FAILED'],
});

const hold = {
  service: 'vault',
  auth: ['service'],
  /** Who needs the token, such as `plan:` and the id of a plan. */
  input: inVaultWords(record({ holder: required(opaque(100)) })),
  status: 200,
} as const;

/**
 * While a plan needs a token it is neither deleted nor purged. The same holder again changes nothing, and one that has let
 * go of it does not get it again (`held: false`): that is a request which arrived late.
 */
export const holdToken = endpoint({
  ...hold,
  name: 'holdToken',
  summary: 'Keeps a token from being deleted while a plan needs it.',
  method: 'POST',
  path: '/tokens/:token/hold',
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ held: Type.Boolean() }) }),
  errors: ['VALIDATION_FAILED', 'TOKEN_NOT_FOUND'],
});

export const releaseToken = endpoint({
  ...hold,
  name: 'releaseToken',
  summary: 'Lets go of a token that a plan needed.',
  method: 'POST',
  path: '/tokens/:token/release',
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ released: Type.Boolean() }) }),
  errors: ['VALIDATION_FAILED'],
});
