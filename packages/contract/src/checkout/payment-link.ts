// Reading and switching off a payment link (contract 5.4), with both keys of its merchant.
import { record } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { item, requested } from './session-view.ts';

const errors = [
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'PAYMENT_LINK_NOT_FOUND',
  'INTERNAL_ERROR',
  'OVERLOADED',
] as const;

/** `embedMode` and `parentOrigin` are information: a link always opens as redirect. */
const paymentLink = Type.Object({
  id: Type.String(),
  url: Type.String(),
  status: Type.String(),
  used: Type.Integer(),
  reserved: Type.Integer(),
  usageLimit: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  expiresInDays: Type.Integer(),
  ...requested.properties,
  merchantName: Type.String(),
  successUrl: Type.String(),
  cancelUrl: Type.String(),
  errorUrl: Type.String(),
  locale: Type.String(),
  items: Type.Array(item),
  createdAt: Type.String(),
  expiresAt: Type.String(),
});

export type PaymentLinkView = Static<typeof paymentLink>;

export const getPaymentLink = endpoint({
  name: 'getPaymentLink',
  summary: 'Reads a link, with how often it was used.',
  service: 'checkout',
  method: 'GET',
  path: '/api/payment-links/:linkId',
  auth: ['keys'],
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ paymentLink }) }),
  errors,
});

/** For good. Doing it twice is doing it once; open sessions of the link can still be paid. */
export const deactivatePaymentLink = endpoint({
  name: 'deactivatePaymentLink',
  summary: 'Switches a link off for good. Open sessions of the link can still be paid.',
  service: 'checkout',
  method: 'POST',
  path: '/api/payment-links/:linkId/deactivate',
  auth: ['keys'],
  input: record({}),
  status: 200,
  output: Type.Object({ success: Type.Literal(true) }),
  errors: [...errors, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
});
