// `POST /api/sessions/create` (contract 1.1).
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { createBodyMaxBytes } from '../limits.ts';
import { createSessionFields } from './create-session-fields.ts';
import { pricing } from './pricing.ts';
import type { CreateSettings } from './settings.ts';
import { IDEMPOTENCY_KEY_HEADER } from './small-fields.ts';

const output = Type.Object({
  success: Type.Literal(true),
  data: Type.Object({
    sessionId: Type.String(),
    expiresAt: Type.String(),
    checkoutUrl: Type.String(),
    embedCode: Type.String(),
    pricing,
  }),
  warnings: Type.Optional(Type.Array(Type.String())),
  cached: Type.Optional(Type.Literal(true)),
});

/** What is acceptable depends on the installation; the wire does not. */
export const createSession = (settings: CreateSettings) =>
  endpoint({
    name: 'createSession',
    summary: 'Creates a checkout session and answers the URL to send the customer to.',
    headers: { 'Idempotency-Key': IDEMPOTENCY_KEY_HEADER },
    service: 'checkout',
    method: 'POST',
    path: '/api/sessions/create',
    auth: ['keys'],
    limit: 'createSession',
    bodyMaxBytes: createBodyMaxBytes,
    input: createSessionFields(settings),
    status: 200,
    output,
    errors: [
      'VALIDATION_FAILED',
      'INVALID_JSON',
      'SECRET_IN_BODY',
      'CARD_DATA_REFUSED',
      'MISSING_CREDENTIALS',
      'INVALID_CREDENTIALS',
      'MERCHANT_MISMATCH',
      'IDEMPOTENCY_KEY_EXPIRED_SESSION',
      'IDEMPOTENCY_KEY_TERMINAL_SESSION',
      'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'RATE_LIMITED',
      'INTERNAL_ERROR',
      'OVERLOADED',
    ],
  });
