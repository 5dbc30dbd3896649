// A customer of the sandbox merchant without a browser: does what the hosted page does, call for call.
import type { Send } from '@ozura/contract/client';
import type { RandomBytes } from '@ozura/core/ids';
import { CannotStart } from '../cannot-start.ts';
import type { Development } from '../development.ts';

export const APPROVED = '4242424242424242';
export const DECLINED = '4000000000000002';

export interface Customer {
  /** Creates a session, as the merchant's server; answers its id. */
  beginSession(): Promise<string>;
  /** Opens the page, types a card and presses the button; answers the HTTP status. */
  pay(sessionId: string, cardNumber: string): Promise<number>;
  /** Presses the cancel button of the page. */
  cancel(sessionId: string): Promise<void>;
  /** Calls one of the programs with the merchant's keys. */
  ask(url: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Record<string, unknown>>;
}

const amount = '18.40';
const timeoutMs = 30_000;
const BILLING = {
  firstName: 'Ines',
  lastName: 'Duarte',
  email: 'ines@example.com',
  phone: '+14155550134',
  address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
};

export function openCustomer(dev: Development['dev'], send: Send, random: RandomBytes): Customer {
  const post = async (url: string, body: object, headers: Readonly<Record<string, string>>) => {
    const sent = { ...headers, 'content-type': 'application/json' };
    const answer = await send({ method: 'POST', url, headers: sent, body: JSON.stringify(body), timeoutMs });
    return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
  };
  const ask: Customer['ask'] = async (url, body, headers = {}) => {
    const keys = { 'x-api-key': dev.vaultKey, 'x-ozura-api-key': dev.merchantKey };
    const answer = await post(url, body, { ...keys, ...headers });
    if (answer.status >= 300) throw new CannotStart(`${url}: ${answer.body.error ?? answer.status}`);
    return answer.body.data as Record<string, unknown>;
  };
  const onPage = async (sessionId: string) => {
    const headers = {
      'x-checkout-token': await openPage(dev, send, sessionId),
      'sec-fetch-site': 'same-origin',
      origin: dev.checkoutUrl,
    };
    return (route: string, body: object) =>
      post(`${dev.checkoutUrl}/api/sessions/${sessionId}/${route}`, body, headers);
  };
  return {
    ask,
    async beginSession() {
      const session = await ask(`${dev.checkoutUrl}/api/sessions/create`, sessionFields(dev));
      return String(session.sessionId);
    },
    async pay(sessionId, cardNumber) {
      const call = await onPage(sessionId);
      const minted = await call('session-key', { sessionId: newUuid(random) });
      const { sessionKey } = minted.body.data as { sessionKey: string };
      const card = { cardNumber, expirationMonth: '11', expirationYear: '39', cvv: '123' };
      const fields = { 'x-session-key': sessionKey, origin: dev.elementsUrl };
      const { body } = await post(`${dev.vaultUrl}/tokenize`, { type: 'card', data: card }, fields);
      const payment = { token: body.token, cvcSession: body.cvc_session_id, billing: BILLING, expectedTotal: amount };
      return (await call('pay', { ...payment, attemptKey: newUuid(random) })).status;
    },
    async cancel(sessionId) {
      await (await onPage(sessionId))('cancel', {});
    },
  };
}

const sessionFields = ({ merchantId, storeUrl }: Development['dev']) => ({
  merchantId,
  merchantName: 'Blue Kettle',
  amount,
  successUrl: `${storeUrl}/thanks`,
  cancelUrl: storeUrl,
  errorUrl: `${storeUrl}/problem`,
  metadata: { source: 'ozura trigger' },
});

/** Its credential stands in the page. */
async function openPage({ checkoutUrl }: Development['dev'], send: Send, sessionId: string): Promise<string> {
  const { text } = await send({
    method: 'GET',
    url: `${checkoutUrl}/checkout/${sessionId}`,
    headers: { accept: 'text/html' },
    timeoutMs,
  });
  const facts = /<script type="application\/json" id="facts">(.*?)<\/script>/s.exec(text)?.[1];
  const { credential } = JSON.parse(facts ?? '{}') as { credential?: string };
  if (credential === undefined) throw new CannotStart(`the page of ${sessionId} cannot be paid on`);
  return credential;
}

/** Version 4 (RFC 9562 5.4). */
function newUuid(random: RandomBytes): string {
  const hex = Buffer.from(random(16)).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
