// Who is counted by a limit, in words (contract 0.9).
import { LIMITS, type LimitName } from '@ozura/contract/limits';

const PER: Readonly<Record<LimitName, string>> = {
  cardSale: 'merchant, together with ACH sales and new plans',
  transQuery: 'merchant, together with plan queries',
  cardRefund: 'merchant, together with voids',
  createSession: 'API key',
  createPaymentLink: 'API key',
  getSessionAnonymous: 'client address; with both keys 1200 per API key',
  checkAvailability: 'client address',
  getSessionKeys: 'API key',
  openPaymentLink: 'client address',
  openCheckoutPage: 'client address',
  payPerAddress: 'client address',
  payPerSession: 'session',
  pageRoutes: 'session',
  sessionKey: 'session',
  tokenizePerAddress: 'client address behind a session key; 600 per secret key',
  tokenizePerKey: 'secret key',
  detokenize: 'secret key',
  proxy: 'secret key',
  events: 'API key',
  failedAuthentications: 'client address',
};

export const limitInWords = (limit: LimitName): string =>
  `at most ${LIMITS[limit]} requests a minute per ${PER[limit]}`;
