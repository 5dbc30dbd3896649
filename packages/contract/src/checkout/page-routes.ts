// The routes between the hosted page and its server (contract 1.4); `pay` has its own file.
import { billingPlace } from '@ozura/core/billing';
import { accepting, optional, pattern, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { pricing } from './pricing.ts';

/** All of them want the page credential, and are refused to API keys. */
const PAGE_ERRORS = ['PAGE_CREDENTIAL_REQUIRED', 'KEY_NOT_ALLOWED', 'RATE_LIMITED', 'INTERNAL_ERROR'] as const;
const ENDED = ['SESSION_COMPLETED', 'SESSION_CANCELLED', 'SESSION_FAILED', 'SESSION_EXPIRED'] as const;

const ofPage = { service: 'checkout', method: 'POST', auth: ['page'], limit: 'pageRoutes', status: 200 } as const;

export const uuid = pattern(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a UUID');

const NOT_MONEY = 'must be a decimal number such as "25.00"';

/** An amount whose currency the session knows: read with it later, as it was written. */
export const writtenAmount = accepting<string | number>(
  (value, path, intake) =>
    typeof value === 'string' || typeof value === 'number' ? value : intake.fail(path, NOT_MONEY),
  { schema: { type: ['string', 'number'], description: NOT_MONEY } },
);

/** Mints a Vault session key for the card fields. */
export const sessionKey = endpoint({
  ...ofPage,
  name: 'sessionKey',
  summary: 'Mints a Vault session key for the card fields of the page.',
  path: '/api/sessions/:sessionId/session-key',
  input: record({ sessionId: required(uuid) }),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Object({ sessionKey: Type.String(), expiresInSeconds: Type.Integer() }),
  }),
  errors: [...PAGE_ERRORS, ...ENDED, 'VALIDATION_FAILED', 'OVERLOADED'],
});

/** The values of the success redirect, for pages that embed the checkout (3.3). */
export const paymentData = Type.Object({
  success: Type.Literal(true),
  sessionId: Type.String(),
  transactionId: Type.Optional(Type.String()),
  transactionType: Type.String(),
  amount: Type.Optional(Type.String()),
  currency: Type.Optional(Type.String()),
  surchargeAmount: Type.Optional(Type.String()),
  tipAmount: Type.Optional(Type.String()),
  cardLastFour: Type.Optional(Type.String()),
  cardExpMonth: Type.Optional(Type.String()),
  cardExpYear: Type.Optional(Type.String()),
  cardBrand: Type.Optional(Type.String()),
  transDate: Type.Optional(Type.String()),
  checkoutMode: Type.String(),
  planId: Type.Optional(Type.String()),
  metadata: Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true }),
});

/** Where a session stands; where the customer goes now, if anywhere. */
export const outcomeData = Type.Object({
  status: Type.String(),
  paymentState: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  redirectUrl: Type.Optional(Type.String()),
  paymentData: Type.Optional(paymentData),
});

/** For a page that was reopened during a charge; answers in every status. */
export const sessionOutcome = endpoint({
  ...ofPage,
  name: 'sessionOutcome',
  summary: 'Tells a page that was reopened during a charge what became of it.',
  path: '/api/sessions/:sessionId/outcome',
  mayCharge: true,
  input: record({}),
  output: Type.Object({ success: Type.Literal(true), data: outcomeData }),
  errors: PAGE_ERRORS,
});

/** The price as it would be charged now. Without `bin` the surcharge is that of a credit card. */
export const quoteSession = endpoint({
  ...ofPage,
  name: 'quoteSession',
  summary: 'Prices the session as it would be charged now; without a bin the surcharge is that of a credit card.',
  path: '/api/sessions/:sessionId/quote',
  input: record({
    billing: required(billingPlace),
    donationAmount: optional(writtenAmount),
    bin: optional(pattern(/^[0-9]{6,8}$/, 'must be 6-8 digits')),
  }),
  output: Type.Object({
    success: Type.Literal(true),
    /** `surchargePercent`: what the rules of the billing address leave of the session's. */
    data: Type.Object({ pricing, surchargePercent: Type.String() }),
  }),
  errors: [...PAGE_ERRORS, ...ENDED, 'VALIDATION_FAILED', 'TAX_UNAVAILABLE', 'OVERLOADED'],
});

/** More time for a customer who asks for it. */
export const extendSession = endpoint({
  ...ofPage,
  name: 'extendSession',
  summary: 'Gives the customer more time.',
  path: '/api/sessions/:sessionId/extend',
  input: record({}),
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ expiresAt: Type.String() }) }),
  errors: [...PAGE_ERRORS, ...ENDED, 'EXTENSION_LIMIT'],
});
