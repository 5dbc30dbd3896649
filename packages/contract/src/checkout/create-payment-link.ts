// `POST /api/payment-links/create` (contract 5.1): the fields of a session, read by the same readers, and two more.
import { accepting, integer, optional, type Reader, withDefault } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { createBodyMaxBytes } from '../limits.ts';
import { createFields } from './create-session-fields.ts';
import type { PaymentLinkRequest } from './payment-link-request.ts';
import type { CreateSettings } from './settings.ts';
import { IDEMPOTENCY_KEY_HEADER } from './small-fields.ts';

const daysMax = 3_650;
const usageMax = 1_000_000;
const wholeDays = `must be an integer between 1 and ${daysMax}`;

const expiresInDays = withDefault(integer(1, daysMax, { type: wholeDays, range: wholeDays }), 7);
const usageLimit = optional(integer(1, usageMax));

function createPaymentLinkFields(settings: CreateSettings): Reader<PaymentLinkRequest> {
  const read = createFields(settings, { expiresInDays, usageLimit });
  return accepting<PaymentLinkRequest>(
    (...at) => {
      const found = read(...at);
      return (
        found && {
          session: found.request,
          expiresInDays: found.own.expiresInDays,
          usageLimit: found.own.usageLimit,
        }
      );
    },
    { as: () => read },
  );
}

const output = Type.Object({
  success: Type.Literal(true),
  data: Type.Object({ paymentLinkId: Type.String(), url: Type.String(), expiresAt: Type.String() }),
  warnings: Type.Optional(Type.Array(Type.String())),
  cached: Type.Optional(Type.Literal(true)),
});

export const createPaymentLink = (settings: CreateSettings) =>
  endpoint({
    name: 'createPaymentLink',
    summary: 'Creates a URL that opens a session each time it is visited.',
    headers: { 'Idempotency-Key': IDEMPOTENCY_KEY_HEADER },
    service: 'checkout',
    method: 'POST',
    path: '/api/payment-links/create',
    auth: ['keys'],
    limit: 'createPaymentLink',
    bodyMaxBytes: createBodyMaxBytes,
    input: createPaymentLinkFields(settings),
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
