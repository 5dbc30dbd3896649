// `GET /transQuery` (contract 8.5): money that moved, and what became of an attempt.
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { pagination } from './pagination.ts';
import { transactionQueryFields } from './trans-query-fields.ts';
import { transaction } from './transaction.ts';

/** `state`: `processing`, `review`, `approved`, `declined` or `not_processed`. */
const attempt = Type.Object({
  attemptId: Type.String(),
  state: Type.String(),
  errorCode: Type.Optional(Type.String()),
  transactionId: Type.Optional(Type.String()),
});

export const transQuery = endpoint({
  name: 'transQuery',
  summary: 'Lists transactions, or tells what became of an attempt.',
  service: 'pay',
  method: 'GET',
  path: '/transQuery',
  auth: ['merchant-key', 'service'],
  limit: 'transQuery',
  input: transactionQueryFields,
  status: 200,
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(transaction),
    pagination,
    attempt: Type.Optional(attempt),
  }),
  errors: [
    'VALIDATION_FAILED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
  ],
});
