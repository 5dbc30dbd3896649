// What may be known of a token: masked data and the ids it travels with (contract 7.6).
import { accepting, type Reader, record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { funding } from './bins.ts';
import { invalidValue } from './reader.ts';

const tokenFacts = Type.Object({
  token: Type.String(),
  type: textOf('card', 'bank'),
  mask: Type.Object({ card_number: Type.Optional(Type.String()), account_number: Type.Optional(Type.String()) }),
  bin: Type.Optional(Type.String()),
  card: Type.Optional(
    Type.Object({ brand: Type.String(), last4: Type.String(), funding, country: Type.Optional(Type.String()) }),
  ),
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
  errors: ['TOKEN_NOT_FOUND'],
});
