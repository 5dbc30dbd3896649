// `POST /api/sessions/{sessionId}/cancel` (contract 1.3), called by the hosted page.
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

export const cancelSession = endpoint({
  name: 'cancelSession',
  summary: 'Cancels a session that nobody is paying.',
  service: 'checkout',
  method: 'POST',
  path: '/api/sessions/:sessionId/cancel',
  auth: ['page'],
  limit: 'pageRoutes',
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Literal(true) }),
  errors: [
    'PAGE_CREDENTIAL_REQUIRED',
    'KEY_NOT_ALLOWED',
    'PAYMENT_IN_PROGRESS',
    'SESSION_COMPLETED',
    'SESSION_FAILED',
    'SESSION_EXPIRED',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
  ],
});
