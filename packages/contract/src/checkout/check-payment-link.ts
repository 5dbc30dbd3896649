// `GET /api/payment-links/{linkId}/check-availability` (contract 5.3): may this link be sent to a customer now?
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

/** Flat, and 200 for every link that exists. An unknown one is answered with the same members and 404. */
export const checkPaymentLink = endpoint({
  name: 'checkPaymentLink',
  summary: 'Tells whether a link may be sent to a customer now.',
  service: 'checkout',
  method: 'GET',
  path: '/api/payment-links/:linkId/check-availability',
  auth: ['none'],
  anyOrigin: true,
  limit: 'checkAvailability',
  input: record({}),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    available: Type.Boolean(),
    message: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    errorCode: Type.Optional(Type.String()),
  }),
  errors: ['PAYMENT_LINK_NOT_FOUND', 'RATE_LIMITED', 'INTERNAL_ERROR'],
});
