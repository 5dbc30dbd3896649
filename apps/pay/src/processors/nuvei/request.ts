// Requests to Nuvei's REST API 1.0: JSON over POST, each with a checksum that ends in the merchant's secret key.
// Reference: https://docs.nuvei.com/api/main/indexMain_v1_0.html; lengths of fields and orders of checksums as in Nuvei's
// own server libraries (Nuvei/nuvei-server-java of 2024, `APIConstants` and `ChecksumOrderMapping`; nuvei-server-php 3.2).
import { createHash } from 'node:crypto';
import { brandOf } from '@ozura/core/card/brand';
import { formatMoney } from '@ozura/core/money';
import { ofNetwork } from '../network-reference.ts';
import { placeholder } from '../placeholders.ts';
import { plainText } from '../plain-text.ts';
import type { Access, ProcessorRequest, RefundInput, SaleInput } from '../port.ts';

/** Where to, for whom, and when. */
export interface Site {
  readonly url: string;
  readonly access: Access;
}

type Fields = Readonly<Record<string, unknown>>;

const MODIFYING = [
  'clientRequestId',
  'clientUniqueId',
  'amount',
  'currency',
  'relatedTransactionId',
  'authCode',
  'comment',
  'urlDetails',
];

/** What the checksum of a call is made of, in this order, between the ids of the merchant and the time. */
const CHECKSUMS = {
  getSessionToken: ['clientRequestId'],
  payment: ['clientRequestId', 'amount', 'currency'],
  refundTransaction: MODIFYING,
  voidTransaction: MODIFYING,
  getTransactionDetails: ['transactionId', 'clientUniqueId'],
} as const satisfies Record<string, readonly string[]>;

function request({ url, access }: Site, call: keyof typeof CHECKSUMS, fields: Fields): ProcessorRequest {
  const credential = (name: string): string => access.credentials[name]?.open() ?? '';
  const signed: Fields = {
    merchantId: credential('merchantId'),
    merchantSiteId: credential('merchantSiteId'),
    ...fields,
    timeStamp: timeStamp(access.nowMs),
  };
  const order = ['merchantId', 'merchantSiteId', ...CHECKSUMS[call], 'timeStamp'];
  // A field that is not sent counts as an empty one.
  const text = order.map((name) => String(signed[name] ?? '')).join('') + credential('secretKey');
  return {
    method: 'POST',
    url: `${url}/${call}.do`,
    body: { ...signed, checksum: createHash('sha256').update(text, 'utf8').digest('hex') },
  };
}

/** `YYYYMMDDHHMMSS`, in UTC. */
const timeStamp = (nowMs: number): string => new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14);

/**
 * Two calls with one `clientRequestId` count as one and the same, and the second is refused: what may have to be sent
 * again gets another one each time. https://docs.tokenex.com/docs/nuvei, `clientRequestId`
 */
export const onceMore = (reference: string, { access }: Pick<Site, 'access'>): string =>
  `${reference}-${timeStamp(access.nowMs)}`;

/** Charges nothing, and so is also how credentials are tried out. */
export const sessionRequest = (site: Site, reference: string): ProcessorRequest =>
  request(site, 'getSessionToken', { clientRequestId: `${reference}-S` });

/** `Sale`: authorised and captured in one. */
export const paymentRequest = (site: Site, input: SaleInput, sessionToken: string): ProcessorRequest =>
  request(site, 'payment', {
    sessionToken,
    // For its life, so that a copy of this request is refused.
    clientRequestId: input.reference,
    clientUniqueId: input.reference,
    amount: formatMoney(input.amountMinor, input.currency),
    currency: input.currency,
    transactionType: 'Sale',
    paymentOption: { card: cardOf(input) },
    billingAddress: billingAddressOf(input),
    deviceDetails: { ipAddress: ipAddressOf(input) },
    // 25 characters; gateway filter 1181 refuses a longer name.
    ...filled({ dynamicDescriptor: plainText(input.descriptor, 25) }, (merchantName) => ({ merchantName })),
    ...filled({ customData: plainText(input.orderId ?? '', 255) }),
    ...(input.channel === 'moto' ? { isMoto: '1' } : {}),
    ...(input.hasSecurityCode ? {} : { cvvNotUsed: 'true' }),
    ...agreementOf(input),
    // All of it or nothing.
    isPartialApproval: '0',
    // Left out on purpose: `amountDetails.totalTax` (its parts have to add up with `items`, which we do not have), and the
    // surcharge, for which REST 1.0 has no field: it is a part of the amount.
  });

function cardOf(input: SaleInput): Fields {
  const { firstName, lastName } = input.billing;
  return {
    cardNumber: placeholder('cardNumber'),
    // Required; a name in another script has no letters that are taken.
    cardHolderName: plainText(`${firstName} ${lastName}`, 70) || 'Cardholder',
    expirationMonth: placeholder('expirationMonth'),
    expirationYear: placeholder('expirationYear4'),
    ...(input.hasSecurityCode ? { CVV: placeholder('cvc') } : {}),
    ...storedCredentialsOf(input),
  };
}

/** `0` where a card is stored for later charges, `1` for those. */
function storedCredentialsOf({ startsPlan, initiator }: SaleInput): Fields {
  if (startsPlan) return { storedCredentials: { storedCredentialsMode: '0' } };
  return initiator === 'merchant' ? { storedCredentials: { storedCredentialsMode: '1' } } : {};
}

/** https://docs.nuvei.com/documentation/features/card-operations/merchant-initiated-payments/ */
function agreementOf({ startsPlan, initiator, networkReference, bin }: SaleInput): Fields {
  if (startsPlan) return { isRebilling: '0' };
  if (initiator === 'customer') return {};
  const transactionId = ofNetwork(networkReference);
  if (transactionId === undefined) return { isRebilling: '1' };
  const brand = brandOf(bin);
  const named = BRANDS.has(brand) ? { brand } : {};
  return { isRebilling: '1', externalSchemeDetails: { transactionId, ...named } };
}

/** By names of Nuvei's, which are ours. */
const BRANDS: ReadonlySet<string> = new Set(['VISA', 'MASTERCARD', 'AMEX', 'DISCOVER', 'DINERS']);

function billingAddressOf({ billing }: SaleInput): Fields {
  const { address } = billing;
  return {
    email: emailOf(billing.email),
    country: address.country,
    ...filled({
      firstName: plainText(billing.firstName, 30),
      lastName: plainText(billing.lastName, 40),
      phone: plainText(billing.phone, 18),
      address: plainText(address.line1, 60),
      addressLine2: plainText(address.line2 ?? '', 60),
      city: plainText(address.city, 30),
      zip: plainText(address.zip, 10),
      // A code or nothing: five characters.
      state: /^[A-Za-z0-9]{1,5}$/.test(address.state) ? address.state : '',
    }),
  };
}

/** Required, and at most 100 characters. Cut or respelled it would be somebody else's: a reserved one stands in then. */
const emailOf = (email: string): string => (/^[A-Za-z0-9@._+-]{3,100}$/.test(email) ? email : 'unknown@example.com');

/** Required. Of an order by telephone, and of what a merchant initiates, there may be none. */
const ipAddressOf = ({ clientIpAddress = '' }: SaleInput): string =>
  /^[0-9A-Fa-f.:]{3,45}$/.test(clientIpAddress) ? clientIpAddress : '127.0.0.1';

/** Without what is empty. */
function filled(texts: Readonly<Record<string, string>>, shape: (text: string) => unknown = (text) => text): Fields {
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [name, shape(text)]),
  );
}

export const refundRequest = (site: Site, input: RefundInput): ProcessorRequest =>
  request(site, 'refundTransaction', {
    clientRequestId: onceMore(input.reference, site),
    clientUniqueId: input.reference,
    amount: formatMoney(input.amountMinor, input.currency),
    currency: input.currency,
    relatedTransactionId: input.saleTransactionId,
  });

export interface Voiding {
  /** Of the void, so that an inquiry about the sale finds the sale alone. */
  readonly reference: string;
  readonly transactionId: string;
  /** As the processor has booked it. */
  readonly amountMinor: bigint;
  readonly currency: string;
}

export const voidRequest = (
  site: Site,
  { reference, transactionId, amountMinor, currency }: Voiding,
): ProcessorRequest =>
  request(site, 'voidTransaction', {
    clientRequestId: onceMore(reference, site),
    clientUniqueId: reference,
    amount: formatMoney(amountMinor, currency),
    currency,
    relatedTransactionId: transactionId,
  });

/** By the processor's own id, or by our reference. */
export const detailsRequest = (
  site: Site,
  by: { readonly transactionId: string } | { readonly clientUniqueId: string },
): ProcessorRequest => request(site, 'getTransactionDetails', by);
