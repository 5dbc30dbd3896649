// Every bound of the wire, the unit last in its name (contract 0.4 and 0.9).

export const createBodyMaxBytes = 64 * 1024;
export const proxyBodyMaxBytes = 256 * 1024;
export const bodyMaxBytes = 16 * 1024;
export const headersMaxBytes = 16 * 1024;

export const limitWindowSeconds = 60;

/** Requests a minute. The name says per whom. */
export const LIMITS = {
  cardSale: 100,
  transQuery: 200,
  cardRefund: 20,
  createSession: 600,
  createPaymentLink: 600,
  getSessionAnonymous: 300,
  checkAvailability: 300,
  getSessionKeys: 1200,
  openPaymentLink: 60,
  openCheckoutPage: 60,
  payPerAddress: 20,
  payPerSession: 10,
  pageRoutes: 120,
  sessionKey: 10,
  tokenizePerAddress: 100,
  tokenizePerKey: 600,
  detokenize: 10,
  proxy: 600,
  events: 120,
  failedAuthentications: 20,
} as const;

export type LimitName = keyof typeof LIMITS;
