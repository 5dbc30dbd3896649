// `GET /bins/{bin}` (contract 7.8).
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';

export const funding = textOf('credit', 'debit', 'prepaid', 'unknown');

export const getBin = endpoint({
  name: 'getBin',
  summary: 'Tells brand and funding of a card by its first digits.',
  service: 'vault',
  method: 'GET',
  path: '/bins/:bin',
  auth: ['vault-key', 'service'],
  input: record({}),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({
      bin: Type.String(),
      brand: Type.String(),
      funding,
      country: Type.Optional(Type.String()),
    }),
  }),
  errors: ['VALIDATION_FAILED'],
});
