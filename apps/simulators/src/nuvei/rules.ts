// Which fields the simulated Nuvei takes in which call, how long, and what it says of others (REST API 1.0 reference; lengths
// of `APIConstants` in Nuvei's server libraries). The checksum comes first: what is not signed is not looked at.
import { createHash, timingSafeEqual } from 'node:crypto';
import { passesLuhn } from '@ozura/core/card/luhn';
import { CURRENCIES, exponentOf } from '@ozura/core/currencies';
import { isObject } from '@ozura/core/validation';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import type { Fault, Json } from './faults.ts';

export type Call = 'getSessionToken' | 'payment' | 'refundTransaction' | 'voidTransaction' | 'getTransactionDetails';

const modifying = 'clientRequestId clientUniqueId amount currency relatedTransactionId authCode comment urlDetails';

const SIGNED: Readonly<Record<Call, string>> = {
  getSessionToken: 'clientRequestId',
  payment: 'clientRequestId amount currency',
  refundTransaction: modifying,
  voidTransaction: modifying,
  getTransactionDetails: 'transactionId clientUniqueId',
};

const ids = { merchantId: 20, merchantSiteId: 20, timeStamp: 14, checksum: 64 };
const modified = {
  ...ids,
  clientRequestId: 255,
  clientUniqueId: 45,
  amount: 12,
  currency: 3,
  relatedTransactionId: 19,
  authCode: 128,
  comment: 255,
};

/** A number is the length of a text, an object has members of its own. */
interface Shape {
  readonly [name: string]: number | Shape;
}

const SHAPES: Readonly<Record<Call, Shape>> = {
  getSessionToken: { ...ids, clientRequestId: 255 },
  payment: {
    ...ids,
    sessionToken: 36,
    clientRequestId: 255,
    clientUniqueId: 45,
    amount: 12,
    currency: 3,
    transactionType: 20,
    isRebilling: 1,
    isMoto: 1,
    cvvNotUsed: 5,
    isPartialApproval: 1,
    customData: 255,
    paymentOption: {
      card: {
        cardNumber: 20,
        cardHolderName: 70,
        expirationMonth: 2,
        expirationYear: 4,
        CVV: 4,
        storedCredentials: { storedCredentialsMode: 1 },
      },
    },
    billingAddress: {
      firstName: 30,
      lastName: 40,
      email: 100,
      phone: 18,
      address: 60,
      addressLine2: 60,
      city: 30,
      zip: 10,
      state: 5,
      country: 2,
    },
    deviceDetails: { ipAddress: 45 },
    dynamicDescriptor: { merchantName: 25, merchantPhone: 13 },
    externalSchemeDetails: { transactionId: 128, brand: 20 },
  },
  refundTransaction: modified,
  voidTransaction: modified,
  getTransactionDetails: { ...ids, transactionId: 20, clientUniqueId: 45 },
};

const NEEDED: Readonly<Record<Call, string>> = {
  getSessionToken: '',
  payment: 'sessionToken amount currency paymentOption billingAddress deviceDetails',
  refundTransaction: 'clientUniqueId amount currency relatedTransactionId',
  voidTransaction: 'clientUniqueId amount currency relatedTransactionId',
  getTransactionDetails: '',
};

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** `undefined` when nothing is wrong with it. */
export function faultOf(call: Call, body: Json): Fault | undefined {
  return (
    merchantFault(body) ??
    (isSigned(call, body) ? undefined : 1001) ??
    shapeFault(SHAPES[call], body) ??
    (words(NEEDED[call]).some((name) => body[name] === undefined || body[name] === '') ? 1019 : undefined) ??
    (call === 'getTransactionDetails' && !body.transactionId && !body.clientUniqueId ? 1019 : undefined) ??
    moneyFault(body) ??
    (call === 'payment' ? paymentFault(body) : undefined)
  );
}

function merchantFault({ merchantId, merchantSiteId, timeStamp }: Json): Fault | undefined {
  if (merchantId !== SIMULATED_CREDENTIALS.nuvei.merchantId) return 1013;
  if (merchantSiteId !== SIMULATED_CREDENTIALS.nuvei.merchantSiteId) return 1022;
  return typeof timeStamp === 'string' && /^20\d\d(0\d|1[0-2])[0-3]\d[0-2]\d[0-5]\d[0-5]\d$/.test(timeStamp)
    ? undefined
    : 1021;
}

function isSigned(call: Call, body: Json): boolean {
  const names = ['merchantId', 'merchantSiteId', ...words(SIGNED[call]), 'timeStamp'];
  const text = names.map((name) => String(body[name] ?? '')).join('') + SIMULATED_CREDENTIALS.nuvei.secretKey;
  const expected = createHash('sha256').update(text, 'utf8').digest();
  const sent = Buffer.from(String(body.checksum), 'hex');
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

// What any card network takes; a name that could be markup is refused as such.
const PLAIN = /^[\x20-\x7e]*$/;
const MARKUP = /[<>{}$"\\]/;

function shapeFault(shape: Shape, body: Json): Fault | undefined {
  const isFine = Object.entries(body).every(([name, value]) => {
    const rule = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (rule === undefined) return false;
    if (typeof rule !== 'number') return isObject(value) && shapeFault(rule, value) === undefined;
    return typeof value === 'string' && value.length <= rule && PLAIN.test(value) && !MARKUP.test(value);
  });
  return isFine ? undefined : 1019;
}

function moneyFault({ amount, currency }: Json): Fault | undefined {
  if (currency === undefined && amount === undefined) return undefined;
  if (!CURRENCIES.has(String(currency))) return 1041;
  return minorOf(String(amount), String(currency)) === undefined ? 1040 : undefined;
}

export function minorOf(amount: string, currency: string): bigint | undefined {
  const exponent = exponentOf(currency);
  const pattern = exponent === 0 ? /^(\d{1,9})()$/ : new RegExp(`^(\\d{1,8})\\.(\\d{${exponent}})$`);
  const [, whole, decimals = ''] = pattern.exec(amount) ?? [];
  const minor = whole === undefined ? 0n : BigInt(whole + decimals);
  return minor === 0n ? undefined : minor;
}

export function cardOf({ paymentOption }: Json): Readonly<Record<string, string | undefined>> {
  const card = isObject(paymentOption) ? paymentOption.card : undefined;
  return isObject(card) ? (card as Record<string, string | undefined>) : {};
}

function paymentFault(body: Json): Fault | undefined {
  const card = cardOf(body);
  const { cardNumber = '', cardHolderName = '', expirationMonth = '', expirationYear = '', CVV } = card;
  if (!/^\d{13,19}$/.test(cardNumber) || !passesLuhn(cardNumber)) return 1004;
  if (cardHolderName === '') return 1007;
  if (!/^(0?[1-9]|1[0-2])$/.test(expirationMonth) || !/^(20)?\d\d$/.test(expirationYear)) return 1029;
  if (CVV === undefined ? body.cvvNotUsed !== 'true' : !/^\d{3,4}$/.test(CVV)) return 1062;
  const { email, country } = isObject(body.billingAddress) ? body.billingAddress : {};
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(email ?? ''))) return 1019;
  if (!/^[A-Z]{2}$/.test(String(country ?? ''))) return 1014;
  return body.transactionType === undefined || body.transactionType === 'Sale' ? undefined : 1067;
}
