// `@ozura/elements/server`: charges, queries and sessions from a merchant's server (contract 10).
import './server-only.ts';

export type { BillingDetails } from './billing-details.ts';
export type { CardSaleInput, CardSaleResponseData } from './card-sale.ts';
export {
  type CardSaleRouteOptions,
  createCardSaleHandler,
  createCardSaleMiddleware,
  type RequestBody,
} from './card-sale-route.ts';
export type {
  CardRefundData,
  CardRefundInput,
  CardVoidData,
  CheckoutPayment,
  CheckoutSession,
  CheckoutSessionCreated,
  CheckoutSessionFields,
  ListPlansInput,
  ListPlansResult,
  PaymentLinkAvailability,
  PaymentLinkCreated,
  PaymentLinkFields,
  Plan,
  PlanFields,
  Pricing,
} from './checkout.ts';
export { type AddressedRequest, type ClientIpOptions, getClientIp } from './client-ip.ts';
export type { OzuraConfig } from './config.ts';
export type {
  EventList,
  ListEventsInput,
  ListEventsResult,
  OzuraEvent,
  OzuraEventData,
  OzuraEventType,
} from './events.ts';
export type { Fetch } from './exchange.ts';
export { Ozura } from './ozura.ts';
export { OzuraError } from './ozura-error.ts';
export type { RedirectKey, RedirectKeys } from './redirect-keys.ts';
export type { FetchHandler, Middleware, NodeRequest, NodeResponse } from './route.ts';
export {
  createMintWaxHandler,
  createMintWaxMiddleware,
  createSessionHandler,
  createSessionMiddleware,
  type SessionRouteOptions,
} from './session-route.ts';
export type {
  ListTransactionsInput,
  ListTransactionsResult,
  Pagination,
  TransactionData,
  TransactionType,
} from './transactions.ts';
/** @deprecated `CreateSessionOptions` */
export type {
  CreateSessionOptions,
  CreateSessionOptions as MintWaxKeyOptions,
  CreateSessionResult,
  CreateSessionResult as MintWaxKeyResult,
} from './vault-session.ts';
export {
  type RedirectProblem,
  type VerifiedRedirect,
  type VerifyRedirectOptions,
  verifyRedirect,
} from './verify-redirect.ts';
export { type VerifyWebhookOptions, verifyWebhook, type WebhookHeaders } from './verify-webhook.ts';
