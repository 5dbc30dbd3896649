// `GET /api/sessions/{sessionId}` (contract 1.2). The id is the access token; both keys add the billing details.
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { sessionData } from './session-view.ts';

export const getSession = endpoint({
  name: 'getSession',
  summary:
    'Tells where a session stands. The id is the access token; with both keys the answer also holds the billing details.',
  service: 'checkout',
  method: 'GET',
  path: '/api/sessions/:sessionId',
  auth: ['none', 'keys'],
  limit: 'getSessionAnonymous',
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: sessionData }),
  errors: [
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    'SESSION_NOT_FOUND',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'OVERLOADED',
  ],
});
