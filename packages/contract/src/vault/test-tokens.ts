// `POST /test-tokens`: a token and a security code that last a year, of a test card only (contract 7.2).
import { accepting } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

/** A flat body. Only the Vault turns its values into a card. */
const input = accepting<Readonly<Record<string, unknown>>>((value) => value as Readonly<Record<string, unknown>>, {
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      ['cardNumber', 'expirationMonth', 'expirationYear', 'cvc', 'firstName', 'lastName'].map((name) => [
        name,
        { type: 'string' },
      ]),
    ),
    required: ['cardNumber', 'expirationMonth', 'expirationYear', 'cvc'],
  },
});

export const createTestToken = endpoint({
  name: 'createTestToken',
  summary: 'Makes a token of a test card whose security code lasts a year. Test mode only.',
  service: 'vault',
  method: 'POST',
  path: '/test-tokens',
  auth: ['vault-key'],
  limit: 'tokenizePerKey',
  input,
  status: 201,
  output: Type.Object({
    success: Type.Boolean(),
    token: Type.String(),
    cvc_session_id: Type.String(),
    mask: Type.Object({ card_number: Type.String() }),
    bin: Type.String(),
    test_mode: Type.Boolean(),
    expires_in: Type.String(),
  }),
  errors: [
    'VALIDATION_FAILED',
    'INVALID_CARD_NUMBER',
    'INVALID_EXPIRY',
    'EXPIRED_CARD',
    'INVALID_CVV',
    'TEST_CARD_REQUIRED',
    'PERMISSION_DENIED',
  ],
});
