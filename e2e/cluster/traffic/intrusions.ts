// What a merchant may try with what is another's, and what the contract has him told.
import { planOf } from '../../plan.ts';
import { saleOf } from '../../sale.ts';
import type { TokenizedCard } from '../../tokens.ts';
import type { Answer, Request } from './calls.ts';
import type { Shop } from './shop.ts';

export interface Prey {
  readonly merchantId: string;
  readonly sessionId: string;
  readonly transactionId: string;
  readonly planId: string;
  readonly card: TokenizedCard;
  /** All of his. */
  readonly tokens: ReadonlySet<string>;
  readonly idempotencyKey: string;
  readonly linkId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly sessionKey: string;
  /** Of a page of the one who tries. */
  readonly credential: string;
}

export interface Intrusion {
  readonly url: string;
  readonly request: Request;
  /** Status and error code. */
  readonly expected: string;
  /** What a 200 says. */
  readonly said?: (answer: Answer) => string;
}

type Intrusions = Readonly<Record<string, Intrusion>>;

export const intrusionsOf = (prey: Prey, by: Shop): Intrusions => ({
  ...onSessions(prey, by),
  ...onLinksAndEvents(prey, by),
  ...onPayments(prey, by),
  ...onPlans(prey, by),
  ...onCards(prey, by),
});

const nothing = '200 nothing';
const OWN = '200 what is their own';
type Listed = Readonly<Record<string, unknown>>;
const isNothing = ({ body }: Answer): string =>
  Array.isArray(body.data) && body.data.length === 0 && body.attempt === undefined ? nothing : JSON.stringify(body);
const onlyOwn =
  (isOwn: (one: Listed) => boolean) =>
  ({ body }: Answer): string => {
    const foreign = ((body.data ?? []) as readonly Listed[]).filter((one) => !isOwn(one));
    return foreign.length === 0 ? OWN : JSON.stringify(foreign);
  };

function onSessions(prey: Prey, by: Shop): Intrusions {
  const { merchantId, sessionId, idempotencyKey } = prey;
  const at = `${by.urls.checkoutUrl}/api/sessions`;
  const of = `${at}/${sessionId}`;
  const shop = ['successUrl', 'cancelUrl', 'errorUrl'].map((name) => [name, 'https://shop.example/']);
  const asked = { merchantName: by.name, amount: '1.00', ...Object.fromEntries(shop) };
  const headers = { 'x-checkout-token': prey.credential, 'sec-fetch-site': 'same-origin' };
  const onPage = (route: string, body: Listed = {}): Intrusion => ({
    url: `${of}/${route}`,
    request: { method: 'POST', headers, body },
    expected: '401 PAGE_CREDENTIAL_REQUIRED',
  });
  return {
    'read a session': { url: of, request: { headers: by.keys }, expected: '404 SESSION_NOT_FOUND' },
    'cancel a session with keys': {
      url: `${of}/cancel`,
      request: { method: 'POST', headers: by.keys, body: {} },
      expected: '403 KEY_NOT_ALLOWED',
    },
    'cancel a session': onPage('cancel'),
    'ask for the outcome of a session': onPage('outcome'),
    'extend a session': onPage('extend'),
    'mint a key for a session': onPage('session-key', { sessionId: '00000000-0000-4000-8000-000000000000' }),
    'pay a session': onPage('pay', { token: prey.card.token, cvcSession: prey.card.cvcSession }),
    'create a session for another': {
      url: `${at}/create`,
      request: { method: 'POST', headers: by.keys, body: { ...asked, merchantId } },
      expected: '401 MERCHANT_MISMATCH',
    },
    'create a session with the key of another': {
      url: `${at}/create`,
      request: { method: 'POST', headers: by.keys, body: { ...asked, merchantId: by.merchantId, idempotencyKey } },
      expected: OWN,
      // A new session, or that of the try before.
      said: ({ body }) => {
        const { embedCode } = body.data as { embedCode: string };
        return embedCode.endsWith(`>Pay ${by.name}</a>`) ? OWN : embedCode;
      },
    },
  };
}

function onLinksAndEvents({ linkId, endpointId, eventId }: Prey, by: Shop): Intrusions {
  const at = `${by.urls.checkoutUrl}/api`;
  const ask = (path: string, expected: string, request: Request = {}): Intrusion => ({
    url: `${at}/${path}`,
    request: { headers: by.keys, ...request },
    expected,
  });
  const post = (body: Listed = {}): Request => ({ method: 'POST', body });
  const hook = `webhook-endpoints/${endpointId}`;
  const unknown = '404 NOT_FOUND';
  return {
    'read a link': ask(`payment-links/${linkId}`, '404 PAYMENT_LINK_NOT_FOUND'),
    'deactivate a link': ask(`payment-links/${linkId}/deactivate`, '404 PAYMENT_LINK_NOT_FOUND', post()),
    'read a webhook endpoint': ask(hook, unknown),
    'disable a webhook endpoint': ask(hook, unknown, { method: 'PATCH', body: { status: 'disabled' } }),
    'delete a webhook endpoint': ask(hook, unknown, { method: 'DELETE' }),
    'rotate the secret of a webhook endpoint': ask(`${hook}/rotate-secret`, unknown, post()),
    'try a webhook endpoint': ask(`${hook}/test`, unknown, post()),
    'list deliveries': ask(`${hook}/deliveries`, unknown),
    'have an event delivered again': ask(`${hook}/redeliver`, unknown, post({ eventId })),
    'have an event delivered to himself': ask(
      `webhook-endpoints/${by.own.endpointId}/redeliver`,
      unknown,
      post({ eventId }),
    ),
    'list webhook endpoints': {
      ...ask('webhook-endpoints', OWN),
      said: onlyOwn(({ id }) => id === by.own.endpointId),
    },
    'list events after one': ask(`events?after=${eventId}`, unknown),
    'list events': { ...ask('events', OWN), said: onlyOwn(({ merchantId }) => merchantId === by.merchantId) },
  };
}

function onPayments({ merchantId, transactionId, sessionId, card }: Prey, by: Shop): Intrusions {
  const ask = (path: string, expected: string, body?: Listed): Intrusion => ({
    url: `${by.urls.payUrl}/${path}`,
    request: { headers: by.payKeys, ...(body === undefined ? {} : { method: 'POST', body }) },
    expected,
  });
  const find = (query: string): Intrusion => ({ ...ask(`transQuery?${query}`, nothing), said: isNothing });
  const own = { merchantId: by.merchantId, transactionId };
  const theirs = { merchantId, transactionId };
  return {
    'find a transaction': find(`transactionId=${transactionId}`),
    'find an attempt': find(`attemptId=${transactionId}`),
    'find a transaction by its order': find(`orderId=${sessionId}`),
    'find transactions of another': ask(`transQuery?merchantId=${merchantId}`, '401 MERCHANT_MISMATCH'),
    'list transactions': {
      ...ask('transQuery?limit=100', OWN),
      said: onlyOwn(({ ozuraMerchantId }) => ozuraMerchantId === by.merchantId),
    },
    'refund a transaction': ask('cardRefund', '404 TRANSACTION_NOT_FOUND', own),
    'refund a transaction for another': ask('cardRefund', '401 MERCHANT_MISMATCH', theirs),
    'void a transaction': ask('cardVoid', '404 TRANSACTION_NOT_FOUND', own),
    'void a transaction for another': ask('cardVoid', '401 MERCHANT_MISMATCH', theirs),
    'sell with a card': ask('cardSale', '404 TOKEN_NOT_FOUND', saleOf(card, { merchantId: by.merchantId })),
    'sell for another': ask('cardSale', '401 MERCHANT_MISMATCH', saleOf(card, { merchantId })),
  };
}

function onPlans({ merchantId, planId, card }: Prey, by: Shop): Intrusions {
  const at = `${by.urls.payUrl}/recurring/plans`;
  const ask = (url: string, expected: string, request: Request = {}): Intrusion => ({
    url,
    request: { headers: by.payKeys, ...request },
    expected,
  });
  const own = { merchantId: by.merchantId };
  const move = (to: string): Intrusion =>
    ask(`${at}/${planId}/${to}`, '404 PLAN_NOT_FOUND', { method: 'POST', body: own });
  const change = (body: Listed, expected: string): Intrusion =>
    ask(`${at}/${planId}`, expected, { method: 'PATCH', body: { ...body, status: 'cancelled' } });
  return {
    'read a plan': ask(`${at}?merchantId=${by.merchantId}&planId=${planId}`, '404 PLAN_NOT_FOUND'),
    'list plans of another': ask(`${at}?merchantId=${merchantId}`, '401 MERCHANT_MISMATCH'),
    'pause a plan': move('pause'),
    'resume a plan': move('resume'),
    'cancel a plan': move('cancel'),
    'change a plan': change(own, '404 PLAN_NOT_FOUND'),
    'change a plan for another': change({ merchantId }, '401 MERCHANT_MISMATCH'),
    'start a plan with a card': ask(at, '404 TOKEN_NOT_FOUND', { method: 'POST', body: planOf(card, own) }),
  };
}

function onCards({ card: { token, cvcSession }, tokens, sessionKey }: Prey, by: Shop): Intrusions {
  const ask = (path: string, expected: string, request: Request = {}): Intrusion => ({
    url: `${by.urls.vaultUrl}/${path}`,
    request: { headers: { 'x-api-key': by.vaultKey }, ...request },
    expected,
  });
  const unknown = '404 TOKEN_NOT_FOUND';
  const send = {
    token,
    cvc_session_id: cvcSession,
    proxy_url: `${by.urls.checkoutUrl}/`,
    request_data: { by: by.name },
  };
  return {
    'read a token': ask(`tokens/${token}`, unknown),
    'delete a token': ask(`tokens/${token}`, unknown, { method: 'DELETE' }),
    'read a card number': ask('detokenize', unknown, { method: 'POST', body: { token } }),
    'send a card somewhere': ask('proxy/transaction', unknown, { method: 'POST', body: send }),
    'list tokens': { ...ask('tokens?limit=100', OWN), said: onlyOwn((one) => !tokens.has(String(one.token))) },
    // The same answer for every key; the one who has it goes on working with it.
    'revoke a session key': {
      ...ask('sessions/revoke', OWN, { method: 'POST', body: { session_key: sessionKey } }),
      said: ({ body }) => (JSON.stringify(body.data) === '{"revoked":true}' ? OWN : JSON.stringify(body)),
    },
  };
}
