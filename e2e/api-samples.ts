// What the samples in the examples of the API description stand for, on a running system.
import { SAMPLE } from '@ozura/tools/openapi/example';
import { payExamples } from '@ozura/tools/openapi/examples/pay';
import { openPage } from './browserless.ts';
import { createSession, keysOf } from './merchant.ts';
import { createPaymentLink } from './payment-links.ts';
import type { DevFile } from './system.ts';

/** The real things of one example: made when first asked for, and the same ones after that. */
export interface Samples {
  /** The text with every sample replaced. */
  fill(text: string): Promise<string>;
  /** By the name of a security scheme. */
  credential(scheme: string): Promise<string>;
}

export function openSamples(dev: DevFile): Samples {
  const made = new Map<string, Promise<string>>();
  const once = (name: string, make: () => Promise<string>): Promise<string> => {
    const known = made.get(name) ?? make();
    made.set(name, known);
    return known;
  };
  const vault = async (path: string, body: object, headers: Record<string, string>): Promise<Answer> => {
    const answer = await fetch(dev.vaultUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Answer;
  };
  const withKey = { 'x-api-key': dev.vaultKey };
  const card = async (member: 'token' | 'cvc_session_id'): Promise<string> => {
    const tokenized = await once('card', async () =>
      JSON.stringify(await vault('/tokenize', { type: 'card', data: visa }, withKey)),
    );
    return (JSON.parse(tokenized) as Answer)[member] ?? '';
  };
  const admin = { authorization: `Bearer ${dev.adminToken}`, 'x-merchant-id': dev.merchantId };

  const makers: Readonly<Record<string, () => Promise<string>>> = {
    [SAMPLE.merchantId]: async () => dev.merchantId,
    [SAMPLE.sessionId]: async () => (await createSession(dev)).sessionId,
    [SAMPLE.paymentLinkId]: async () => (await createPaymentLink(dev, { usageLimit: 10 })).paymentLinkId,
    [SAMPLE.transactionId]: async () => sell(dev, await real(SAMPLE.token), await real(SAMPLE.cvcSession)),
    [SAMPLE.planId]: async () => createPlan(dev, await real(SAMPLE.token), await real(SAMPLE.cvcSession)),
    [SAMPLE.token]: () => card('token'),
    [SAMPLE.bankToken]: async () => (await vault('/tokenize', { type: 'bank', data: account }, withKey)).token ?? '',
    [SAMPLE.cvcSession]: () => card('cvc_session_id'),
    [SAMPLE.sessionKey]: async () => (await vault('/sessions', {}, withKey)).data?.session_key ?? '',
    [SAMPLE.endpointId]: () => createTestedEndpoint(dev),
    [SAMPLE.applicationId]: async () =>
      (await vault('/api/applications', { name: 'Shop', permissions: { tokenization: { allowed: true } } }, admin)).data
        ?.id ?? '',
  };
  const real = (sample: string): Promise<string> => once(sample, () => (makers[sample] as () => Promise<string>)());

  return {
    async fill(text) {
      let filled = text;
      for (const sample of Object.keys(makers)) {
        if (filled.includes(sample)) filled = filled.replaceAll(sample, await real(sample));
      }
      return filled;
    },
    async credential(scheme) {
      if (scheme === 'page') return openPage(dev, await real(SAMPLE.sessionId));
      const keys: Readonly<Record<string, string>> = {
        vaultKey: dev.vaultKey,
        merchantKey: dev.merchantKey,
        pubKey: dev.pubKey,
        admin: `Bearer ${dev.adminToken}`,
      };
      return keys[scheme] ?? '';
    },
  };
}

const createPlan = async (dev: DevFile, token: string, cvcSession: string): Promise<string> =>
  (await pay(dev, '/recurring/plans', { ...bodyOf('createPlan'), ozuraVaultToken: token, ozuraCvcSession: cvcSession }))
    .planId ?? '';

const sell = async (dev: DevFile, token: string, cvcSession: string): Promise<string> =>
  (await pay(dev, '/cardSale', { ...bodyOf('cardSale'), ozuraCardToken: token, ozuraCvcSession: cvcSession }))
    .transactionId ?? '';

/** Nobody listens there, which its only delivery found out. */
async function createTestedEndpoint(dev: DevFile): Promise<string> {
  const endpoints = `${dev.checkoutUrl}/api/webhook-endpoints`;
  const headers = keysOf(dev);
  const body = JSON.stringify({ url: 'http://127.0.0.1:9/webhooks' });
  const created = (await (await fetch(endpoints, { method: 'POST', headers, body })).json()) as Answer;
  const id = created.data?.id ?? '';
  await fetch(`${endpoints}/${id}/test`, { method: 'POST', headers });
  return id;
}

const bodyOf = (name: string): object => payExamples[name]?.[0]?.body ?? {};

async function pay(dev: DevFile, path: string, body: object): Promise<{ planId?: string; transactionId?: string }> {
  const answer = await fetch(dev.payUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': dev.merchantKey, 'vault-api-key': dev.vaultKey },
    body: JSON.stringify({ ...body, merchantId: dev.merchantId }),
  });
  return ((await answer.json()) as { data: object }).data;
}

interface Answer {
  readonly token?: string;
  readonly cvc_session_id?: string;
  readonly data?: { readonly session_key?: string; readonly id?: string };
}

const account = {
  accountNumber: '000123456789',
  routingNumber: '110000000',
  firstName: 'Ines',
  lastName: 'Duarte',
  accountType: 'checking',
};
const visa = { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2035', cvv: '123' };
