// `POST /tokenize` (contract 7.1). The values of the card stay untyped here: only the Vault turns them into one.
import type { ErrorCode } from '@ozura/core/errors';
import { accepting, isObject, oneOf, optional, type Reader, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { funding } from './bins.ts';
import { inVaultWords } from './reader.ts';

const text = (description: string) => ({ type: 'string', description });

/** Written for people: the rules of a number, a date and a code are those of the card, and the Vault's alone. */
const cardOrBank = {
  type: 'object',
  properties: {
    cardNumber: text('card: 13-19 digits; spaces and dashes are removed'),
    expirationMonth: text('card: 01-12'),
    expirationYear: text('card: 2 or 4 digits'),
    cvv: text('card, optional: 3 digits, 4 for American Express; alias `cvc`'),
    accountNumber: text('bank: 4-17 digits'),
    routingNumber: text('bank: 9 digits'),
    firstName: text('bank: 1-50 characters'),
    lastName: text('bank: 1-50 characters'),
    accountType: { type: 'string', enum: ['checking', 'savings'], description: 'bank' },
  },
};

const object = accepting<Record<string, unknown>>(
  (value, path, intake) => (isObject(value) ? value : intake.fail(path, 'must be an object')),
  { schema: cardOrBank },
);

const fields = record({ type: required(oneOf('card', 'bank')), data: required(object) });

const masking = record({
  maskingConfig: optional(
    accepting<never>(() => undefined, {
      schema: {
        type: 'object',
        description: '`{"cardNumber": {"showFirst": 0-6, "showLast": 0-4, "maskChar": "*"}}`',
      },
    }),
  ),
});

export interface TokenizeInput {
  readonly type: 'card' | 'bank';
  readonly data: Readonly<Record<string, unknown>>;
  /** Judged together with the number, after it. */
  readonly maskingConfig: unknown;
}

const readInput: Reader<TokenizeInput> = (value, path, intake) => {
  const read = fields(value, path, intake);
  return read && { ...read, maskingConfig: (value as Record<string, unknown>).maskingConfig };
};

const input = accepting(readInput, { all: [fields, masking] });

/** What a browser may do about: expired, used-up, revoked and unknown session keys are told apart. */
export const SESSION_KEY_ERRORS = [
  'SESSION_KEY_EXPIRED',
  'SESSION_KEY_CONSUMED',
  'SESSION_KEY_REVOKED',
  'SESSION_KEY_INVALID',
] as const satisfies readonly ErrorCode[];

const cardFacts = Type.Object({ brand: Type.String(), last4: Type.String(), funding });

export const tokenize = endpoint({
  name: 'tokenize',
  summary: 'Turns a card or a bank account into a token.',
  service: 'vault',
  method: 'POST',
  path: '/tokenize',
  auth: ['vault-key', 'session-key'],
  limit: 'tokenizePerAddress',
  input: inVaultWords(input),
  status: 201,
  output: Type.Object({
    success: Type.Boolean(),
    token: Type.String(),
    data: Type.Object({
      number: Type.Optional(Type.String()),
      expiration_month: Type.Optional(Type.String()),
      expiration_year: Type.Optional(Type.String()),
      account_number: Type.Optional(Type.String()),
      routing_number: Type.Optional(Type.String()),
    }),
    mask: Type.Object({
      card_number: Type.Optional(Type.String()),
      account_number: Type.Optional(Type.String()),
    }),
    cvc_session_id: Type.Optional(Type.String()),
    bin: Type.Optional(Type.String()),
    card: Type.Optional(cardFacts),
    bank: Type.Optional(Type.Object({ last4: Type.String() })),
    fingerprint: Type.Optional(Type.String()),
    deduplicated: Type.Optional(Type.Boolean()),
  }),
  errors: [
    ...SESSION_KEY_ERRORS,
    'VALIDATION_FAILED',
    'INVALID_CARD_NUMBER',
    'INVALID_EXPIRY',
    'EXPIRED_CARD',
    'INVALID_CVV',
    'INVALID_ACCOUNT_NUMBER',
    'INVALID_ROUTING_NUMBER',
    'TEST_CARD_REQUIRED',
    'TEST_CARD_REFUSED',
    'TOO_MANY_FAILED_ATTEMPTS',
    'PERMISSION_DENIED',
  ],
});
