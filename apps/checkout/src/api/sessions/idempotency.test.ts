// What a key of the merchant's answers later on (contract 0.8 and 1.1), on both engines.
import { pay, preparePay } from '@ozura/e2e/browserless';
import { forEachEngine } from '@ozura/e2e/databases';
import { getSession, keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Body {
  readonly success: boolean;
  readonly errorCode?: string;
  readonly cached?: true;
  readonly data: { readonly sessionId: string; readonly expiresAt: string };
}

forEachEngine((_engine, _open, create) => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ CHECKOUT_DATABASE_URL: await create() });
  });
  afterAll(() => system?.stop());

  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(system.dev.checkoutUrl + path, {
      method: 'POST',
      headers: { ...keysOf(system.dev), ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
  const fields = (more: Record<string, unknown>) => sessionFields(system.dev, more);
  const createWith = (idempotencyKey: string, more: Record<string, unknown> = {}) =>
    post('/api/sessions/create', fields({ idempotencyKey, ...more }));
  const advance = (seconds: number) => post('/api/test/clock/advance', { seconds });

  test('a paid session is answered again, so that a lost answer is not paid twice', async () => {
    const first = await createWith('paid');
    const { sessionId } = first.body.data;
    await pay(system.dev, await preparePay(system.dev, sessionId, '4242424242424242'));
    expect((await getSession(system.dev, sessionId)).status).toBe('completed');
    expect(await createWith('paid')).toEqual({ status: 200, body: { ...first.body, cached: true } });
  });

  test('more time for the customer does not change the first answer', async () => {
    const first = await createWith('extended');
    const { credential } = await preparePay(system.dev, first.body.data.sessionId, '4242424242424242');
    const headers = { 'x-checkout-token': credential, 'sec-fetch-site': 'same-origin' };
    const extended = await fetch(`${system.dev.checkoutUrl}/api/sessions/${first.body.data.sessionId}/extend`, {
      method: 'POST',
      headers,
    });
    expect(extended.status).toBe(200);
    expect((await createWith('extended')).body).toEqual({ ...first.body, cached: true });
  });

  test('a cancelled session asks for a new key, but first for the same request', async () => {
    const { sessionId } = (await createWith('cancelled')).body.data;
    const { credential } = await preparePay(system.dev, sessionId, '4242424242424242');
    const headers = { 'x-checkout-token': credential, 'sec-fetch-site': 'same-origin' };
    await fetch(`${system.dev.checkoutUrl}/api/sessions/${sessionId}/cancel`, { method: 'POST', headers });
    const again = await createWith('cancelled');
    expect([again.status, again.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_TERMINAL_SESSION']);
    const other = await createWith('cancelled', { amount: 1 });
    expect([other.status, other.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
  });

  test('of two requests that race with one key, one is answered and the other told that it is another', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => createWith('contended', { amount: at % 2 === 0 ? '10.00' : '20.00' })),
    );
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(new Set(won.map(({ body }) => body.data.sessionId)).size).toBe(1);
    expect(won).toHaveLength(20);
    expect(won.filter(({ body }) => body.cached === undefined)).toHaveLength(1);
    expect(new Set(lost.map(({ body }) => body.errorCode))).toEqual(new Set(['IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']));
  });

  test.each<[what: string, more: Record<string, unknown>, headers?: Record<string, string>]>([
    ['an amount written otherwise', { amount: 18.4 }],
    ['a currency in small letters', { currency: 'usd' }],
    ['a default that is spelled out', { embedMode: 'redirect', taxExempt: false, metadata: {} }],
    ['an address in another spelling', { successUrl: 'HTTPS://SHOP.example:443/thanks' }],
    ['what is ignored', { parentOrigin: 'https://shop.example', taxRate: 3, x: 1, metadata: { apiKey: 'k' } }],
    ['a header in place of the member', { idempotencyKey: undefined }, { 'idempotency-key': '"same"' }],
    ['spaces around text', { merchantName: '  Blue Kettle ' }],
  ])('%s is the same request', async (_what, more, headers = {}) => {
    const successUrl = 'https://shop.example/thanks';
    await createWith('same', { successUrl });
    const again = await post('/api/sessions/create', fields({ successUrl, idempotencyKey: 'same', ...more }), headers);
    expect([again.status, again.body.cached]).toEqual([200, true]);
  });

  test.each([
    ['another amount', { amount: '18.41' }],
    ['another mode', { embedMode: 'new_tab' }],
    ['other metadata', { metadata: { a: 1 } }],
    ['another look', { appearance: { theme: 'dark' } }],
    ['another language', { locale: 'de' }],
  ])('%s is another request', async (_what, more) => {
    await createWith('other');
    const again = await createWith('other', more);
    expect([again.status, again.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
  });

  // Last: the clock does not go back.
  test('an expired session is told by everybody, asks for a new key, and gives its own free after 31 days', async () => {
    const { sessionId } = (await createWith('expired')).body.data;
    await advance(1_801);
    const read = await fetch(`${system.dev.checkoutUrl}/api/sessions/${sessionId}`);
    expect(read.status).toBe(200);
    expect((await getSession(system.dev, sessionId)).status).toBe('expired');
    const again = await createWith('expired');
    expect([again.status, again.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_EXPIRED_SESSION']);
    await advance(30 * 86_400);
    expect((await createWith('expired')).status).toBe(409);
    await advance(86_400);
    const fresh = await createWith('expired');
    expect([fresh.status, fresh.body.cached]).toEqual([200, undefined]);
    expect(fresh.body.data.sessionId).not.toBe(sessionId);
  });
});
