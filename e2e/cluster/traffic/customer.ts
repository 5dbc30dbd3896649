// A customer: the shop's server creates a session, the page is opened, a card is typed, Pay is pressed, again where it must.
import { randomUUID } from 'node:crypto';
import type { Chance } from '../../simulation/world.ts';
import type { Answer } from './calls.ts';
import type { Acknowledged, Shop } from './shop.ts';

const APPROVED = ['4242424242424242', '5555555555554444', '4000056655665556'];
const DECLINED = '4000000000000002';
/** Booked, and the answer is lost: the inquiry finds it after seconds. */
const ANSWER_LOST = '4012888888881881';
/** Not booked, and no answer either: only time can tell. */
const NEVER_BOOKED = '4444333322221111';
const total = '18.40';
/** Every card of the load, and the code on all of them. */
export const CARD_NUMBERS = [...APPROVED, DECLINED, ANSWER_LOST, NEVER_BOOKED];
export const SECURITY_CODE = '123';
const triesMax = 4;

/** The cards of one customer, in the order in which he tries them. */
export function cardsOf(chance: Chance): readonly string[] {
  if (chance.happens(0.12)) return [DECLINED, chance.pick(APPROVED)];
  if (chance.happens(0.06)) return [ANSWER_LOST];
  if (chance.happens(0.02)) return [NEVER_BOOKED];
  return [chance.pick(APPROVED)];
}

export async function shopAtCheckout(shop: Shop, chance: Chance, customer: number): Promise<void> {
  const sessionId = await createSession(shop);
  if (sessionId !== undefined) await payFor(shop, { sessionId, chance, customer });
}

/** A merchant who hears nothing asks again with the same key, and gets the same session. */
async function createSession(shop: Shop): Promise<string | undefined> {
  const { calls, urls, keys, merchantId, told } = shop;
  const key = randomUUID();
  shop.own.idempotencyKeys.push(key);
  const body = {
    merchantId,
    merchantName: shop.name,
    amount: total,
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
    idempotencyKey: key,
  };
  const url = `${urls.checkoutUrl}/api/sessions/create`;
  const answer = await calls.insist('create session', url, { method: 'POST', headers: keys, body });
  const sessionId = dataOf<{ sessionId: string }>(answer).sessionId;
  if (answer.status !== 200 || sessionId === undefined) return undefined;
  told.sessions.push(sessionId);
  const again = await calls.insist('create session again', url, { method: 'POST', headers: keys, body });
  noteRepeat(told, answer, again);
  return sessionId;
}

/** The same call with the same key says the same, apart from `cached` (contract 0.8). */
export function noteRepeat(told: Acknowledged, first: Answer, again: Answer): void {
  // Nobody may have had an answer to it.
  if (again.status === 0 || again.status >= 500 || again.body.errorCode === 'IDEMPOTENCY_KEY_IN_PROGRESS') return;
  const [was, is] = [first, again].map(({ status, body }) => `${status} ${JSON.stringify(body.data ?? body)}`);
  if (is !== was) told.problems.push(`the same call again was told ${is} in place of ${was}`);
}

interface Visit {
  readonly sessionId: string;
  readonly chance: Chance;
  readonly customer: number;
}

/** What a customer sees of a shop. */
type Storefront = Pick<Shop, 'urls' | 'calls' | 'told'>;

export async function payFor(shop: Storefront, visit: Visit): Promise<void> {
  const { calls, urls, told } = shop;
  const { sessionId, customer } = visit;
  const from = { 'x-forwarded-for': `203.0.113.${customer + 1}` };
  const page = await calls.insist('open page', `${urls.checkoutUrl}/checkout/${sessionId}`, { headers: from });
  if (page.status === 404) told.problems.push(`${sessionId} was created, and its page answers 404`);
  const credential = /"credential":"(pc_\w+)"/.exec(page.text)?.[1];
  if (credential === undefined) return;
  const headers = {
    ...from,
    'x-checkout-token': credential,
    'sec-fetch-site': 'same-origin',
    origin: urls.checkoutUrl,
  };
  const cards = cardsOf(visit.chance);
  for (let tries = 0, card = 0; tries < triesMax && card < cards.length; tries += 1) {
    const answer = await press(shop, { sessionId, headers, number: cards[card] ?? '' });
    if (answer === undefined) return;
    const { status, body } = answer;
    if (AGAIN.has(body.errorCode)) continue;
    if (status === 402) told.declines.push(sessionId);
    if (status === 200 && noteOutcome(shop, sessionId, answer)) return;
    if (status !== 402) return;
    card += 1;
  }
}

/** Nothing was charged by this press, and it stays so: its token or code was too old, or it never left. */
const AGAIN = new Set<unknown>(['CVC_SESSION_EXPIRED', 'TOKEN_NOT_FOUND', 'OVERLOADED']);

interface Outcome {
  readonly status: string;
  readonly redirectUrl: string;
  readonly paymentData: { readonly transactionId: string; readonly amount: string };
}

/** Whether it says that the session is paid. */
function noteOutcome({ told }: Storefront, sessionId: string, answer: Answer): boolean {
  const { status, paymentData, redirectUrl = '' } = dataOf<Outcome>(answer);
  if (status !== 'completed' || paymentData === undefined) return false;
  const amount = URL.parse(redirectUrl)?.searchParams.get('amount') ?? 'nothing';
  if (amount !== paymentData.amount)
    told.problems.push(`${sessionId} is paid with ${paymentData.amount}, and its redirect says ${amount}`);
  told.paid.push({ sessionId, transactionId: paymentData.transactionId, amount });
  return true;
}

interface Press {
  readonly sessionId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly number: string;
}

/** From the typing of the card to the answer to one press of the button, which is asked for as often as it takes. */
async function press(
  { calls, urls, told }: Storefront,
  { sessionId, headers, number }: Press,
): Promise<Answer | undefined> {
  const at = `${urls.checkoutUrl}/api/sessions/${sessionId}`;
  const minted = await calls.insist('session key', `${at}/session-key`, {
    method: 'POST',
    headers,
    body: { sessionId: randomUUID() },
  });
  const { sessionKey } = dataOf<{ sessionKey: string }>(minted);
  if (sessionKey === undefined) return undefined;
  const tokenized = await calls.insist('tokenize', `${urls.vaultUrl}/tokenize`, {
    method: 'POST',
    headers: {
      'x-session-key': sessionKey,
      origin: urls.elementsUrl,
      'x-forwarded-for': headers['x-forwarded-for'] ?? '',
    },
    body: {
      type: 'card',
      data: { cardNumber: number, expirationMonth: '11', expirationYear: '2039', cvv: SECURITY_CODE },
    },
  });
  if (tokenized.body.errorCode === 'SESSION_KEY_REVOKED')
    told.problems.push(`the session key of ${sessionId} is revoked`);
  if (tokenized.status !== 201) return undefined;
  const { token, cvc_session_id: cvcSession } = tokenized.body;
  return calls.insist('pay', `${at}/pay`, {
    method: 'POST',
    headers,
    body: { token, cvcSession, billing, expectedTotal: total, attemptKey: randomUUID() },
    ends: AGAIN,
  });
}

const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const billing = { firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+14155550134', address };

export const dataOf = <Data>({ body }: Answer): Partial<Data> => (body.data ?? {}) as Partial<Data>;
