// A route that owns the whole sale: the amount from the merchant's own records, the rest from the browser (contract 10.5).
import type { BillingDetails } from './billing-details.ts';
import type { Json } from './exchange.ts';
import type { Ozura } from './ozura.ts';
import { badRequest, type FetchHandler, fetchHandler, type Middleware, middleware, type RouteAnswer } from './route.ts';

/** The parsed body, as it came from the browser: nothing in it may be trusted. */
export type RequestBody = Readonly<Record<string, unknown>>;

export interface CardSaleRouteOptions {
  /** The authoritative decimal amount, such as `49.00`, from the merchant's own records. */
  readonly getAmount: (body: RequestBody) => string | Promise<string>;
  /** ISO 4217. Default `USD`. */
  readonly getCurrency?: (body: RequestBody) => string | Promise<string>;
}

/** Fetch API. */
export const createCardSaleHandler = (ozura: Ozura, options: CardSaleRouteOptions): FetchHandler =>
  fetchHandler((body, clientIp) => sell(ozura, options, body, clientIp));

/** Express/Connect, after `express.json()`. */
export const createCardSaleMiddleware = (ozura: Ozura, options: CardSaleRouteOptions): Middleware =>
  middleware((body, clientIp) => sell(ozura, options, body, clientIp));

async function sell(ozura: Ozura, options: CardSaleRouteOptions, body: Json, clientIp: string): Promise<RouteAnswer> {
  const { token, cvcSession, billing } = body;
  if (typeof token !== 'string' || token === '') return badRequest('token is required');
  if (typeof cvcSession !== 'string' || cvcSession === '') return badRequest('cvcSession is required');
  if (typeof billing !== 'object' || billing === null) return badRequest('billing is required');
  const amount = await options.getAmount(body);
  const currency = (await options.getCurrency?.(body)) ?? 'USD';
  const sale = await ozura.cardSale({
    token,
    cvcSession,
    amount,
    currency,
    // Pay judges it, field by field.
    billing: billing as BillingDetails,
    clientIpAddress: clientIp,
  });
  const { transactionId, cardLastFour, cardBrand } = sale;
  return { status: 200, body: { transactionId, amount: sale.amount, cardLastFour, cardBrand } };
}
