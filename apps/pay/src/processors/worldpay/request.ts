// Requests to Access Worldpay: the Payments API for what moves money, Payment Queries for what became of it.
// https://developer.worldpay.com/products/payments (version 2024-06-01), /products/payment-queries (version 1)
import { ofNetwork } from '../network-reference.ts';
import { placeholder } from '../placeholders.ts';
import { plainText } from '../plain-text.ts';
import type { Access, AccountDay, ProcessorRequest, RefundInput, SaleInput } from '../port.ts';

/** Where to, and for whom. */
export interface Account {
  readonly url: string;
  readonly credentials: Access['credentials'];
}

const credential = ({ credentials }: Account, name: string): string => credentials[name]?.open() ?? '';

/** Routes a request within a merchant's account, and is needed to find it again. */
export const entityOf = (account: Account): string => credential(account, 'entity');

const authorization = (account: Account): string =>
  `Basic ${Buffer.from(`${credential(account, 'username')}:${credential(account, 'password')}`).toString('base64')}`;

const paymentsVersion = '2024-06-01';

const ofPayments = (account: Account) => ({
  Authorization: authorization(account),
  'Content-Type': 'application/json',
  'WP-Api-Version': credential(account, 'apiVersion') || paymentsVersion,
});

/** Links of Payment Queries lead to version 7 of Card Payments ("migration guide": both headers are needed there). */
const cardPaymentsType = 'application/vnd.worldpay.payments-v7+json';
const ofCardPayments = (account: Account) => ({
  Authorization: authorization(account),
  'Content-Type': cardPaymentsType,
  Accept: cardPaymentsType,
});

/**
 * What the reference says of these is that they "might change at a later stage", not what they are: an amount that may be
 * read as its hundredfold is not sent.
 */
const UNSETTLED_EXPONENTS: ReadonlySet<string> = new Set(['CLP', 'CVE', 'ISK', 'UGX']);
/** Amounts are 32-bit integers. */
const amountMax = 2_147_483_647n;

/** Why a sale cannot be sent at all. */
export function unsendable({ amountMinor, currency, bank }: SaleInput): string | undefined {
  if (bank !== undefined) return 'no bank accounts';
  if (UNSETTLED_EXPONENTS.has(currency)) return `the exponent of ${currency} is not settled`;
  return amountMinor > amountMax ? 'an amount beyond 32 bits' : undefined;
}

const amountIn = ({ amountMinor, currency }: Pick<SaleInput, 'amountMinor' | 'currency'>) => ({
  currency,
  amount: Number(amountMinor),
});

/** Authorised, and settled by Worldpay itself. A surcharge and a tax have no field: they are parts of the amount. */
export const saleRequest = (account: Account, input: SaleInput): ProcessorRequest => ({
  method: 'POST',
  url: `${account.url}/api/payments`,
  headers: ofPayments(account),
  body: {
    transactionReference: input.reference,
    merchant: { entity: entityOf(account) },
    channel: input.channel === 'moto' ? 'moto' : 'ecom',
    instruction: {
      method: 'card',
      paymentInstrument: instrumentOf(input),
      ...agreementOf(input),
      narrative: { line1: narrativeOf(input.descriptor) },
      value: amountIn(input),
      // Else whatever does not match is cancelled before contract 8.9 is asked ("Auto Settlement").
      settlement: { auto: true, cancelOn: { cvcNotMatched: 'disabled', avsNotMatched: 'disabled' } },
    },
  },
});

/** Month and year are JSON numbers. */
const instrumentOf = ({ billing, hasSecurityCode }: SaleInput) => ({
  type: 'plain',
  cardHolderName: plainText(`${billing.firstName} ${billing.lastName}`, 100) || 'Card holder',
  cardNumber: placeholder('cardNumber'),
  expiryDate: { month: placeholder('expirationMonth|number'), year: placeholder('expirationYear4|number') },
  ...(hasSecurityCode ? { cvc: placeholder('cvc') } : {}),
  ...addressOf(billing),
});

/**
 * An address is optional; one without street, city or postal code is refused (Ireland alone may go without the last), and
 * with it the sale. Lengths of the address of Card Payments 7; those of the Payments API are not stated.
 */
function addressOf({ address }: SaleInput['billing']) {
  const [address1, address2] = [plainText(address.line1, 80), plainText(address.line2 ?? '', 80)];
  const [city, state, postalCode] = [
    plainText(address.city, 50),
    plainText(address.state, 30),
    plainText(address.zip, 15),
  ];
  if (!address1 || !city || (!postalCode && address.country !== 'IE')) return {};
  return {
    billingAddress: {
      address1,
      ...(address2 ? { address2 } : {}),
      ...(postalCode ? { postalCode } : {}),
      city,
      ...(state ? { state } : {}),
      countryCode: address.country,
    },
  };
}

/** Whether its answer can tell of the address. */
export const sendsAddress = ({ billing }: SaleInput): boolean => 'billingAddress' in addressOf(billing);

/** "Setup a recurring payment" and "Subsequent recurring payment": a later one names the card scheme's reference of the first. */
function agreementOf({ initiator, startsPlan, networkReference }: SaleInput) {
  if (startsPlan) return { customerAgreement: { type: 'subscription', storedCardUsage: 'first' } };
  if (initiator === 'customer') return {};
  const schemeReference = ofNetwork(networkReference);
  return {
    customerAgreement: {
      type: 'subscription',
      storedCardUsage: 'subsequent',
      ...(schemeReference === undefined ? {} : { schemeReference }),
    },
  };
}

/** "Narrative format": 24 of these characters, and it must not be missing. */
const narrativeOf = (descriptor: string): string =>
  plainText(plainText(descriptor, 100).replace(/[^A-Za-z0-9 .,-]/g, ' '), 24) || 'Card payment';

const partialRefund = 'partialRefunds';

/** Only a partial refund has a reference of ours, by which it is found again, so the whole is given back as one. */
const refundBody = (input: RefundInput) => ({ reference: input.reference, value: amountIn(input) });

/** `link`: the payment's path at the Payments API, told by the answer to its sale. */
export const refundRequest = (account: Account, link: string, input: RefundInput): ProcessorRequest => ({
  method: 'POST',
  url: `${account.url}${link}/${partialRefund}`,
  headers: ofPayments(account),
  body: refundBody(input),
});

/** `path`: told by a query. */
export const recoveredRefundRequest = (account: Account, path: string, input: RefundInput): ProcessorRequest => ({
  method: 'POST',
  url: account.url + path,
  headers: ofCardPayments(account),
  body: refundBody(input),
});

/** The payment's last event and what can be done with it now. */
export const paymentRequest = (account: Account, link: string): ProcessorRequest => ({
  method: 'GET',
  url: account.url + link,
  headers: ofPayments(account),
});

/** Cancels what has not settled, else gives it back. Takes no body. */
export const actionRequest = (account: Account, path: string): ProcessorRequest => ({
  method: 'POST',
  url: account.url + path,
  headers: path.startsWith('/api/') ? ofPayments(account) : ofCardPayments(account),
});

const query = (account: Account, path: string): ProcessorRequest => ({
  method: 'GET',
  url: account.url + path,
  headers: {
    Authorization: authorization(account),
    Accept: 'application/vnd.worldpay.payment-queries-v1.hal+json',
  },
});

/** A reference is asked for alone. */
export const referenceQuery = (account: Account, transactionReference: string): ProcessorRequest =>
  query(account, `/paymentQueries/payments?${new URLSearchParams({ transactionReference })}`);

export const paymentQuery = (account: Account, paymentId: string): ProcessorRequest =>
  query(account, `/paymentQueries/payments/${encodeURIComponent(paymentId)}`);

/** "Only for recovery, for example when you are unable to locate a payment through Payment Queries" ("Query a payment"). */
export const recoveryQuery = (account: Account, transactionRef: string): ProcessorRequest => ({
  method: 'GET',
  url: `${account.url}/payments/events?${new URLSearchParams({ transactionRef, entity: entityOf(account) })}`,
  headers: ofCardPayments(account),
});

const pageSize = 300;

export const dayQuery = (account: Account, { day }: AccountDay): ProcessorRequest =>
  query(
    account,
    `/paymentQueries/payments?${new URLSearchParams({
      startDate: `${day}T00:00:00Z`,
      endDate: `${day}T23:59:59.999Z`,
      pageSize: String(pageSize),
      entityReferences: entityOf(account),
    })}`,
  );

export const pageQuery = (account: Account, path: string): ProcessorRequest => query(account, path);
