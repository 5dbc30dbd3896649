// What people do in a simulation: they pay, press twice, open two tabs, cancel, leave and come back. Everything that they
// are told is remembered: it must be true in the end.
import { insertPageCredential } from '@ozura/checkout/store/page-credentials';
import { insertPaymentLink } from '@ozura/checkout/store/payment-links';
import { insertSession } from '@ozura/checkout/store/sessions';
import { cancelSession } from '@ozura/contract/checkout/cancel-session';
import { createSessionFields } from '@ozura/contract/checkout/create-session-fields';
import { sessionOutcome } from '@ozura/contract/checkout/page-routes';
import { paySession } from '@ozura/contract/checkout/pay-session';
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { type CallOptions, NoAnswer } from '@ozura/contract/client';
import { CURRENCIES } from '@ozura/core/currencies';
import { newPageCredential, newPaymentLinkId, newSessionId } from '@ozura/core/ids';
import { formatMoney } from '@ozura/core/money';
import { readAll } from '@ozura/core/validation';
import { hashKey } from '@ozura/kit/auth';
import { merchantId, pepper } from './programs.ts';
import type { System } from './system.ts';

export interface Shopping {
  readonly sessionId: string;
  readonly credential: string;
  readonly total: string;
}

/** An answer to a press of the button. */
export interface Heard {
  readonly sessionId: string;
  readonly attemptKey: string;
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly attemptsLeft: unknown;
}

const billing = {
  firstName: 'Ines',
  lastName: 'Duarte',
  email: 'ines@example.com',
  phone: '+14155550134',
  address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
};

export function requestOver(amountMinor: bigint): SessionRequest {
  const read = createSessionFields({
    mode: 'test',
    now: () => 0,
    currencies: CURRENCIES,
    checkoutUrl: 'http://checkout',
    allowedReturnHosts: () => [],
  });
  return readAll(read, {
    merchantId,
    merchantName: 'Blue Kettle',
    amount: formatMoney(amountMinor, 'USD'),
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
  });
}

const longMs = 30 * 24 * 60 * 60 * 1000;

export async function makeLink({ world, disks }: System, request: SessionRequest, usageLimit: number): Promise<string> {
  const id = newPaymentLinkId((count) => world.chance.bytes(count));
  const createdAtMs = world.nowMs();
  await insertPaymentLink(disks.checkout.before, {
    id,
    request,
    usageLimit,
    createdAtMs,
    expiresAtMs: createdAtMs + longMs,
  });
  return id;
}

/** A session with its page open. */
export async function goShopping(
  { world, plan, disks }: System,
  request: SessionRequest,
  paymentLinkId?: string,
): Promise<Shopping> {
  const random = (count: number): Uint8Array => world.chance.bytes(count);
  const [createdAtMs, db] = [world.nowMs(), disks.checkout.before];
  const id = newSessionId(createdAtMs, random);
  const expiresAtMs = createdAtMs + plan.sessionLifetimeSeconds * 1000;
  const link = paymentLinkId === undefined ? {} : { paymentLinkId };
  await insertSession(db, { id, request, createdAtMs, expiresAtMs, ...link });
  const credential = newPageCredential(random);
  await insertPageCredential(db, {
    hash: hashKey(pepper, credential),
    sessionId: id,
    merchantId: request.merchantId,
    createdAtMs,
  });
  return { sessionId: id, credential, total: formatMoney(request.subtotalMinor, 'USD') };
}

const optionsOf = ({ sessionId, credential }: Shopping, body: object): CallOptions => ({
  params: { sessionId },
  headers: { 'x-checkout-token': credential, 'sec-fetch-site': 'same-origin' },
  body,
});

const nothing = { status: 0, errorCode: undefined, attemptsLeft: undefined } as const;

/** One press of the button, as the page sends it: zero stands for no answer. */
export async function press({ client }: System, shopping: Shopping, body: PressBody): Promise<Heard> {
  const of = { sessionId: shopping.sessionId, attemptKey: body.attemptKey };
  try {
    const { status, body: told } = await client.call(paySession, optionsOf(shopping, body));
    const { errorCode, attemptsLeft } = told as { errorCode?: string; attemptsLeft?: unknown };
    return { ...of, status, errorCode, attemptsLeft };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ...of, ...nothing };
  }
}

export interface PressBody {
  readonly token: string;
  readonly cvcSession: string;
  readonly billing: typeof billing;
  readonly expectedTotal: string;
  readonly attemptKey: string;
}

/** A card in the fields, and a name for the next press. `lastFour` stands for the card. */
export function typeCard({ world, vault }: System, { sessionId, total }: Shopping, lastFour: string): PressBody {
  const hex = Buffer.from(world.chance.bytes(16)).toString('hex');
  const attemptKey = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { ...vault.tokenize(sessionId, lastFour), billing, expectedTotal: total, attemptKey };
}

/** The status, or zero. */
export const cancel = ({ client }: System, shopping: Shopping): Promise<number> =>
  heardStatus(client.call(cancelSession, optionsOf(shopping, {})));

export const askOutcome = ({ client }: System, shopping: Shopping): Promise<number> =>
  heardStatus(client.call(sessionOutcome, optionsOf(shopping, {})));

async function heardStatus(asked: Promise<{ readonly status: number }>): Promise<number> {
  try {
    return (await asked).status;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return 0;
  }
}
