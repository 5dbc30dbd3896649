// Creating and reading sessions through HTTP, with the real Vault and Pay behind the keys, on both engines.
import type { SessionData } from '@ozura/contract/checkout/session-view';
import { forEachEngine } from '@ozura/e2e/databases';
import { keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** Members of any answer; a test knows which of them it may look at. */
interface AnswerBody {
  readonly error: string;
  readonly errorCode: string;
  readonly warnings: readonly string[];
  readonly cached?: true;
  readonly keys: readonly unknown[];
  readonly data: SessionData & {
    readonly sessionId: string;
    readonly expiresAt: string;
    readonly embedCode: string;
  };
}

forEachEngine((_engine, _open, create) => {
  let system: System;
  let db: Database;
  beforeAll(async () => {
    const url = await create();
    system = await startSystem({ CHECKOUT_DATABASE_URL: url });
    db = await openDatabase({ url, poolMax: 2 });
  });
  afterAll(async () => {
    await db?.close();
    await system?.stop();
  });

  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(system.dev.checkoutUrl + path, init);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as AnswerBody,
    };
  };
  const post = (body: string | object, headers: Record<string, string> = {}): Promise<Answer> =>
    send('/api/sessions/create', {
      method: 'POST',
      headers: { ...keysOf(system.dev), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const fields = (more: object = {}) => sessionFields(system.dev, { ...more });
  const get = (id: string, headers: Record<string, string> = {}) => send(`/api/sessions/${id}`, { headers });
  const rows = async (): Promise<number> =>
    (await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM sessions`))?.n ?? -1;

  test('a session is created and answered as documented', async () => {
    const { status, headers, body } = await post(fields({ metadata: { cart: 'c-771' } }));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('ratelimit-policy')).toMatch(/^"default";q=\d+;w=60$/);
    const { sessionId, expiresAt } = body.data;
    const url = `${system.dev.checkoutUrl}/checkout/${sessionId}`;
    expect(sessionId).toMatch(/^session_[0-9A-Za-z]{30}$/);
    expect(body).toEqual({
      success: true,
      data: {
        sessionId,
        expiresAt,
        checkoutUrl: url,
        embedCode: `<a href="${url}">Pay Blue Kettle</a>`,
        pricing: { subtotal: 18.4, tax: 0, shipping: 0, total: 18.4, currency: 'USD' },
      },
    });
    const { session, pricing, items } = (await get(sessionId)).body.data;
    expect(Date.parse(expiresAt) - Date.parse(session.createdAt)).toBe(1_800_000);
    expect([pricing.total, items]).toEqual([18.4, []]);
    expect(session).toEqual({
      id: sessionId,
      status: 'pending',
      paymentState: null,
      amount: '18.40',
      currency: 'USD',
      merchantId: system.dev.merchantId,
      checkoutMode: 'payment',
      embedMode: 'redirect',
      parentOrigin: null,
      taxExempt: false,
      hideHeader: false,
      allowPopup: true,
      appearance: {},
      metadata: { merchantName: 'Blue Kettle', cart: 'c-771' },
      recurringConfig: null,
      donationConfig: null,
      surchargePercent: null,
      transactionChannel: 'ecommerce',
      paymentLinkId: null,
      createdAt: session.createdAt,
      expiresAt,
    });
  });

  test('a session with everything comes back with everything', async () => {
    const { body } = await post(
      fields({
        amount: undefined,
        items: [
          {
            name: 'Kettle',
            price: '149.99',
            quantity: 3,
            originalPrice: 199,
            discountLabel: '-25 %',
            productId: 'k-1',
          },
        ],
        currency: 'eur',
        embedMode: 'iframe',
        parentOrigin: 'https://shop.example/',
        surchargePercent: 3,
        transactionChannel: 'moto',
        taxExempt: true,
        appearance: { primaryColor: '#0a7', theme: 'dark', cssVariables: { 'page-background': 'navy' } },
        allowPopup: false,
        hideHeader: true,
        shippingCost: 5,
        extra: 1,
      }),
    );
    expect(body.warnings).toEqual(['shippingCost: deprecated and ignored', 'extra: unknown field ignored']);
    expect(body.data.embedCode).toContain('<iframe src="');
    const { session, items } = (await get(body.data.sessionId)).body.data;
    expect(session).toMatchObject({
      amount: '449.97',
      currency: 'EUR',
      embedMode: 'iframe',
      parentOrigin: 'https://shop.example',
      surchargePercent: '3.00',
      transactionChannel: 'moto',
      taxExempt: true,
      appearance: { primaryColor: '#0a7', theme: 'dark', cssVariables: { 'page-background': 'navy' } },
      allowPopup: false,
      hideHeader: true,
    });
    expect(items).toEqual([
      { name: 'Kettle', price: 149.99, quantity: 3, originalPrice: 199, discountLabel: '-25 %', productId: 'k-1' },
    ]);
  });

  test('donations and plans are answered in their own terms', async () => {
    const donation = await post(
      fields({ amount: undefined, checkoutMode: 'donation', donationConfig: { presets: [5, '10'], max: 50 } }),
    );
    expect(donation.body.data.pricing).toMatchObject({ subtotal: 0, total: 0 });
    const donated = (await get(donation.body.data.sessionId)).body.data.session;
    expect(donated.amount).toBeNull();
    expect(donated.donationConfig).toEqual({ presets: [5, 10], allowCustomAmount: true, minAmount: 1, maxAmount: 50 });
    const plan = { planName: 'Tea', interval: 'monthly', startDate: '2099-01-31', setupFee: 5, initialAmount: 9.99 };
    const recurring = await post(
      fields({ amount: 20, checkoutMode: 'recurring', recurringConfig: { ...plan, initialCycles: 3 } }),
    );
    expect(recurring.body.data.pricing.total).toBe(14.99);
    const { session } = (await get(recurring.body.data.sessionId)).body.data;
    expect(session.amount).toBe('20.00');
    expect(session.recurringConfig).toEqual({ ...plan, intervalCount: 1, initialCycles: 3 });
  });

  test('what is refused names its fields and writes nothing', async () => {
    const before = await rows();
    const one = await post(fields({ amount: '1,000.00' }));
    expect([one.status, one.body]).toMatchObject([
      400,
      { success: false, error: 'amount: must be a decimal number such as "25.00"', errorCode: 'VALIDATION_FAILED' },
    ]);
    expect(one.body).not.toHaveProperty('details');
    const many = await post({ merchantName: '', amount: 0, embedMode: 'popup', items: 'x', hideHeader: 1 });
    expect(many.body).toMatchObject({
      error: 'Validation failed',
      details: [
        'merchantId: is required',
        'merchantName: must be 1-200 characters',
        'amount: must be greater than 0',
        'successUrl: is required',
        'cancelUrl: is required',
        'errorUrl: is required',
        'parentOrigin: is required when embedMode is "popup" or "iframe"',
        'items: must be an array',
        'hideHeader: must be a boolean',
      ],
    });
    const refusals: [Promise<Answer>, number, string][] = [
      [post('{'), 400, 'INVALID_JSON'],
      [post('[]'), 400, 'INVALID_JSON'],
      [post('{"__proto__":{}}'), 400, 'VALIDATION_FAILED'],
      [post(fields({ apiKey: 'x' })), 400, 'SECRET_IN_BODY'],
      [post(fields({ metadata: { cardNumber: '4242424242424242' } })), 400, 'CARD_DATA_REFUSED'],
      [post(fields({ metadata: { a: 'x'.repeat(70_000) } })), 413, 'BODY_TOO_LARGE'],
      [post('x', { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [post(fields(), { 'x-api-key': '' }), 401, 'MISSING_CREDENTIALS'],
      [post(fields(), { 'x-ozura-api-key': '' }), 401, 'MISSING_CREDENTIALS'],
      [post(fields(), { 'x-api-key': 'key_wrong' }), 401, 'INVALID_CREDENTIALS'],
      [post(fields(), { 'x-ozura-api-key': 'mk_wrong' }), 401, 'INVALID_CREDENTIALS'],
      [post(fields({ merchantId: 'ozu_other' })), 401, 'MERCHANT_MISMATCH'],
      [post(fields({ idempotencyKey: 'a' }), { 'idempotency-key': 'b' }), 400, 'VALIDATION_FAILED'],
      [send('/api/sessions/create', { method: 'GET' }), 405, 'METHOD_NOT_ALLOWED'],
      [send('/api/sessions/create', { method: 'PUT' }), 405, 'METHOD_NOT_ALLOWED'],
      [send('/api/nothing', {}), 404, 'NOT_FOUND'],
    ];
    for (const [answer, status, code] of refusals) {
      const { status: got, body } = await answer;
      expect([got, body.errorCode]).toEqual([status, code]);
    }
    expect(await rows()).toBe(before);
  });

  test('an unknown session is not found, by anybody', async () => {
    for (const id of ['session_000000000000000000000000000000', 'x', `session_${'9'.repeat(150)}`, '%00', "'"]) {
      const { status, body } = await get(id);
      expect([status, body.error, body.errorCode]).toEqual([404, 'Session not found', 'SESSION_NOT_FOUND']);
    }
    const head = await send('/api/sessions/x', { method: 'HEAD' });
    expect(head.status).toBe(404);
  });

  test('one key alone, or a bad one, is never the anonymous view', async () => {
    const { sessionId } = (await post(fields())).body.data;
    const { 'x-api-key': vaultKey = '', 'x-ozura-api-key': merchantKey = '' } = keysOf(system.dev);
    const cases: [Record<string, string>, string][] = [
      [{ 'x-api-key': vaultKey }, 'MISSING_CREDENTIALS'],
      [{ 'x-ozura-api-key': merchantKey }, 'MISSING_CREDENTIALS'],
      [{ 'x-api-key': vaultKey, 'x-ozura-api-key': 'mk_wrong' }, 'INVALID_CREDENTIALS'],
    ];
    for (const [headers, code] of cases) {
      const { status, body } = await get(sessionId, headers);
      expect([status, body.errorCode]).toEqual([401, code]);
    }
    const both = await get(sessionId, { 'x-api-key': vaultKey, 'x-ozura-api-key': merchantKey });
    expect(both.body.data.session).not.toHaveProperty('billing');
  });

  test('a repeated key answers the first session, another body with it is refused', async () => {
    const first = await post(fields({ idempotencyKey: 'order-1', amount: '25' }));
    const again = await post(fields({ amount: 25.0 }), { 'idempotency-key': '"order-1"' });
    expect(again.body).toEqual({ ...first.body, cached: true });
    const other = await post(fields({ idempotencyKey: 'order-1', amount: '26' }));
    expect([other.status, other.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
    const refused = await post(fields({ idempotencyKey: 'order-2', amount: 'x' }));
    expect(refused.status).toBe(400);
    expect((await post(fields({ idempotencyKey: 'order-2' }))).status).toBe(200);
  });

  test('of two hundred first uses of a key one creates a session, and all hear of it', async () => {
    const before = await rows();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => post(fields({ idempotencyKey: 'race', metadata: { b: 1, a: 2 } }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.data.sessionId)).size).toBe(1);
    expect(answers.filter(({ body }) => body.cached === undefined)).toHaveLength(1);
    expect(await rows()).toBe(before + 1);
    const reordered = await post(fields({ idempotencyKey: 'race', metadata: { a: 2, b: 1 } }));
    expect(reordered.body.cached).toBe(true);
  });

  test('the keys that sign are published for everybody', async () => {
    const { headers, body } = await send('/.well-known/ozura-keys.json', {});
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(body.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        use: 'sig',
        alg: 'EdDSA',
        kid: expect.stringMatching(/^sig_/),
        x: expect.stringMatching(/^[\w-]{43}$/),
      },
    ]);
  });

  test('the program lives and is ready', async () => {
    expect((await send('/health', {})).body).toEqual({ status: 'ok', version: expect.any(String) });
    expect(await send('/ready', {})).toMatchObject({ status: 200, body: { status: 'ready' } });
  });
});
