// `POST /detokenize`: card or bank data in clear, for a merchant's server that is allowed to have it (contract 7.6).
import { record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords, opaque } from './reader.ts';

export const detokenize = endpoint({
  name: 'detokenize',
  summary: 'Answers card or bank data in clear, to a key that is allowed to have it.',
  service: 'vault',
  method: 'POST',
  path: '/detokenize',
  auth: ['vault-key'],
  limit: 'detokenize',
  input: inVaultWords(record({ token: required(opaque(100)) })),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    /** The members of `tokenize`, unmasked. A security code is never among them: it is not kept. */
    data: Type.Object({
      number: Type.Optional(Type.String()),
      expiration_month: Type.Optional(Type.String()),
      expiration_year: Type.Optional(Type.String()),
      account_number: Type.Optional(Type.String()),
      routing_number: Type.Optional(Type.String()),
      account_type: Type.Optional(Type.String()),
      first_name: Type.Optional(Type.String()),
      last_name: Type.Optional(Type.String()),
    }),
  }),
  errors: ['VALIDATION_FAILED', 'TOKEN_NOT_FOUND', 'PERMISSION_DENIED'],
});
