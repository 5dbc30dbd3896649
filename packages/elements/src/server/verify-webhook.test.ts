// Signatures made by the reference implementation of Standard Webhooks are the measure.
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test, vi } from 'vitest';
import { OzuraError } from './ozura-error.ts';
import { verifyWebhook } from './verify-webhook.ts';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const secret = newSecret();
const body = JSON.stringify({
  id: 'evt_1',
  type: 'session.completed',
  data: { session: { id: 's', status: 'completed' } },
});

function headersOf(at = new Date(), by = secret, text = body): Record<string, string> {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('evt_1', at, text),
  };
}

test('a genuine webhook answers its event, with headers of either kind and bytes or text', async () => {
  expect(await verifyWebhook(body, headersOf(), secret)).toMatchObject({ id: 'evt_1', type: 'session.completed' });
  expect(await verifyWebhook(Buffer.from(body), new Headers(headersOf()), secret)).toMatchObject({ id: 'evt_1' });
  const arrived = await new Response(body).arrayBuffer();
  expect(await verifyWebhook(arrived as never, headersOf(), secret)).toMatchObject({ id: 'evt_1' });
  const written = Object.entries(headersOf()).map(([name, value]) => [name.replace('webhook', 'Webhook'), value]);
  expect(await verifyWebhook(body, Object.fromEntries(written), secret)).toMatchObject({ id: 'evt_1' });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('Node 18, which has no global crypto, verifies too', async () => {
  vi.stubGlobal('crypto', undefined);
  expect(await verifyWebhook(body, headersOf(), secret)).toMatchObject({ id: 'evt_1' });
  await expect(verifyWebhook(`${body} `, headersOf(), secret)).rejects.toThrow(/does not match/);
});

test('during a rotation either secret and either signature will do', async () => {
  const next = newSecret();
  const both = {
    ...headersOf(),
    'webhook-signature': `${headersOf(new Date(), next)['webhook-signature']} ${headersOf()['webhook-signature']}`,
  };
  expect(await verifyWebhook(body, both, next)).toMatchObject({ id: 'evt_1' });
  expect(await verifyWebhook(body, headersOf(), [next, secret])).toMatchObject({ id: 'evt_1' });
});

test.each<[string, string, Record<string, string | undefined>, RegExp]>([
  ['another body', body.replace('completed', 'cancelled'), headersOf(), /does not match/],
  ['another secret', body, headersOf(new Date(), newSecret()), /does not match/],
  ['another id', body, { ...headersOf(), 'webhook-id': 'evt_2' }, /does not match/],
  [
    'another version',
    body,
    { ...headersOf(), 'webhook-signature': headersOf()['webhook-signature']?.replace('v1,', 'v2,') },
    /does not match/,
  ],
  ['rubbish', body, { ...headersOf(), 'webhook-signature': 'v1,***' }, /does not match/],
  ['an old one', body, headersOf(new Date(Date.now() - 301_000)), /too far from now/],
  ['one of the future', body, headersOf(new Date(Date.now() + 600_000)), /too far from now/],
  ['no time', body, { ...headersOf(), 'webhook-timestamp': 'now' }, /must be Unix seconds/],
  ['no headers', body, {}, /webhook-id: header is missing/],
])('%s is refused', async (_name, text, headers, message) => {
  const error = await verifyWebhook(text, headers as Record<string, string>, secret).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OzuraError);
  expect(error).toMatchObject({ statusCode: 400, message: expect.stringMatching(message) });
});

test.each<[string, Parameters<typeof verifyWebhook>, string]>([
  ['a body that was parsed', [JSON.parse(body), headersOf(), secret], 'rawBody: must be the text or bytes'],
  ['no headers at all', [body, undefined as never, secret], 'webhook-id: header is missing'],
  ['a secret that is not set', [body, headersOf(), undefined as never], 'secret: must be whsec_ and base64'],
  ['an empty secret', [body, headersOf(), ''], 'secret: must be whsec_ and base64'],
  ['an empty secret beside a right one', [body, headersOf(), ['whsec_', secret]], 'secret: must be whsec_ and base64'],
])('%s is told as such', async (_name, call, message) => {
  const error = await verifyWebhook(...call).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OzuraError);
  expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
});

test('a wider tolerance may be asked for', async () => {
  const old = headersOf(new Date(Date.now() - 900_000));
  expect(await verifyWebhook(body, old, secret, { toleranceSeconds: 1_000 })).toMatchObject({ id: 'evt_1' });
});
