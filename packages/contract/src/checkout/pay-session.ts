// `POST /api/sessions/{sessionId}/pay` (contract 1.4): the hosted page charges a card.
import { typedBilling } from '@ozura/core/billing';
import { Secret } from '@ozura/core/secret';
import { accepting, optional, record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint, type InputOf } from '../endpoint.ts';
import { outcomeData, uuid, writtenAmount } from './page-routes.ts';

const handle = text(1, 255);

const secret = accepting<Secret<string>>(
  (value, path, intake) => {
    const read = handle(value, path, intake);
    return read === undefined ? undefined : new Secret(read);
  },
  { as: () => handle },
);

/**
 * 200 paid, 202 no outcome yet: repeat with the same `attemptKey`. Failure bodies may have `attemptsLeft` (402),
 * `pricing` (`PRICE_CHANGED`) and `redirectUrl` (`FORBIDDEN`, `AUTH_ERROR`, `SYSTEM_ERROR`).
 */
export const paySession = endpoint({
  name: 'paySession',
  summary: 'Charges the card. Repeat it with the same attemptKey while the answer is 202.',
  service: 'checkout',
  method: 'POST',
  path: '/api/sessions/:sessionId/pay',
  mayCharge: true,
  auth: ['page'],
  input: record({
    token: required(handle),
    cvcSession: required(secret),
    billing: required(typedBilling),
    expectedTotal: required(writtenAmount),
    donationAmount: optional(writtenAmount),
    attemptKey: required(uuid),
  }),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: outcomeData }),
  errors: [
    'PAGE_CREDENTIAL_REQUIRED',
    'KEY_NOT_ALLOWED',
    'VALIDATION_FAILED',
    'CVC_SESSION_EXPIRED',
    'TOKEN_NOT_FOUND',
    'CARD_DECLINED',
    'INSUFFICIENT_FUNDS',
    'EXPIRED_CARD',
    'INVALID_CARD_NUMBER',
    'INVALID_CVV',
    'AVS_MISMATCH',
    'CARD_NOT_SUPPORTED',
    'LIMIT_EXCEEDED',
    'AUTHENTICATION_REQUIRED',
    'FORBIDDEN',
    'SESSION_COMPLETED',
    'SESSION_CANCELLED',
    'SESSION_FAILED',
    'SESSION_EXPIRED',
    'PAYMENT_IN_PROGRESS',
    'PRICE_CHANGED',
    'PAYMENT_LINK_LIMIT_REACHED',
    'TAX_UNAVAILABLE',
    'RATE_LIMITED',
    'SYSTEM_ERROR',
    'AUTH_ERROR',
    'OVERLOADED',
    'INTERNAL_ERROR',
  ],
});

export type PayRequest = InputOf<typeof paySession>;
