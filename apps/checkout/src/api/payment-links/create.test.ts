// Payment links through HTTP, with the real Vault and Pay behind the keys, on both engines.
import { forEachEngine } from '@ozura/e2e/databases';
import { keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type CreatedLink, createPaymentLink, openPaymentLink } from '@ozura/e2e/payment-links';
import { type System, startSystem } from '@ozura/e2e/system';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Members of any answer; a test knows which of them it may look at. */
interface AnswerBody {
  readonly error: string;
  readonly errorCode: string;
  readonly details: readonly string[];
  readonly warnings: readonly string[];
  readonly cached?: true;
  readonly data: CreatedLink & {
    readonly sessionId: string;
    readonly paymentLink: Readonly<Record<string, unknown>>;
    readonly session: Readonly<Record<string, unknown>>;
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

const dayMs = 86_400_000;

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

  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(system.dev.checkoutUrl + path, init);
    const text = await answer.text();
    const { status, headers } = answer;
    return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as AnswerBody };
  };
  const post = (body: object, headers: Record<string, string> = {}, path = '/api/payment-links/create') =>
    send(path, { method: 'POST', headers: { ...keysOf(system.dev), ...headers }, body: JSON.stringify(body) });
  const fields = (more: Record<string, unknown> = {}) => sessionFields(system.dev, more);
  const read = async (id: string) =>
    (await send(`/api/payment-links/${id}`, { headers: keysOf(system.dev) })).body.data.paymentLink;
  const check = (id: string, method = 'GET') => send(`/api/payment-links/${id}/check-availability`, { method });
  const deactivate = (id: string) => post({}, {}, `/api/payment-links/${id}/deactivate`);
  const count = async (table: 'payment_links' | 'sessions'): Promise<number> =>
    (
      await db.one<{ n: number }>(
        table === 'sessions' ? sql`SELECT count(*) AS n FROM sessions` : sql`SELECT count(*) AS n FROM payment_links`,
      )
    )?.n ?? -1;
  const eventsOf = async (id: string) =>
    (
      await db.all<{ type: string; body: string }>(
        sql`SELECT type, body FROM events WHERE subject = ${id} ORDER BY created_at, type`,
      )
    ).map(({ type, body }) => ({ type, ...(JSON.parse(body) as object) }));
  const endNow = (id: string) => db.run(sql`UPDATE payment_links SET expires_at = created_at WHERE id = ${id}`);
  const useUp = (id: string) => db.run(sql`UPDATE payment_links SET used = usage_limit WHERE id = ${id}`);

  test('a link is created and answered as documented', async () => {
    const { status, headers, body } = await post(fields());
    const { paymentLinkId, expiresAt } = body.data;
    expect(status).toBe(200);
    expect(headers.get('ratelimit-policy')).toMatch(/^"default";q=\d+;w=60$/);
    expect(paymentLinkId).toMatch(/^pl_[0-9a-f]{32}$/);
    expect(body).toEqual({
      success: true,
      data: { paymentLinkId, expiresAt, url: `${system.dev.checkoutUrl}/pay/${paymentLinkId}` },
    });
    const link = await read(paymentLinkId);
    expect(link).toEqual({
      id: paymentLinkId,
      url: body.data.url,
      status: 'active',
      used: 0,
      reserved: 0,
      usageLimit: null,
      expiresInDays: 7,
      merchantId: system.dev.merchantId,
      merchantName: 'Blue Kettle',
      amount: '18.40',
      currency: 'USD',
      successUrl: `${system.dev.storeUrl}/e2e/thanks?order=7`,
      cancelUrl: `${system.dev.storeUrl}/e2e/cart`,
      errorUrl: `${system.dev.storeUrl}/e2e/error`,
      embedMode: 'redirect',
      parentOrigin: null,
      checkoutMode: 'payment',
      recurringConfig: null,
      donationConfig: null,
      surchargePercent: null,
      transactionChannel: 'ecommerce',
      taxExempt: false,
      items: [],
      metadata: {},
      appearance: {},
      allowPopup: true,
      hideHeader: false,
      locale: 'auto',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      expiresAt,
    });
    expect(Date.parse(expiresAt) - Date.parse(String(link.createdAt))).toBe(7 * dayMs);
    expect(await eventsOf(paymentLinkId)).toEqual([
      { type: 'payment_link.created', paymentLinkId, used: 0, usageLimit: null },
    ]);
  });

  test('every field of a link reaches the sessions that it opens, which are redirects', async () => {
    const sent = {
      items: [{ name: 'Kettle', price: 9.2, quantity: 2, originalPrice: 12, discountLabel: '-23 %' }],
      currency: 'EUR',
      embedMode: 'iframe',
      parentOrigin: 'https://shop.example',
      surchargePercent: '2.50',
      transactionChannel: 'moto',
      taxExempt: true,
      allowPopup: false,
      hideHeader: true,
      appearance: { primaryColor: '#0a7', theme: 'dark' },
    };
    const link = await createPaymentLink(system.dev, {
      ...sent,
      locale: 'de',
      metadata: { invoice: 'INV-1', paymentLinkId: 'mine' },
      expiresInDays: 3650,
      usageLimit: 1_000_000,
    });
    const stored = { ...sent, amount: '18.40', locale: 'de', metadata: { invoice: 'INV-1' } };
    expect(await read(link.paymentLinkId)).toMatchObject({ ...stored, expiresInDays: 3650, usageLimit: 1_000_000 });
    const [first, second] = [await openPaymentLink(link), await openPaymentLink(link)];
    expect(first).not.toBe(second);
    const { items, ...terms } = sent;
    const { body } = await send(`/api/sessions/${first}`);
    expect(body.data).toMatchObject({
      session: {
        ...terms,
        embedMode: 'redirect',
        parentOrigin: null,
        status: 'pending',
        amount: '18.40',
        metadata: { merchantName: 'Blue Kettle', invoice: 'INV-1', paymentLinkId: link.paymentLinkId },
        paymentLinkId: link.paymentLinkId,
      },
      items,
    });
    expect(String(body.data.session.id)).toBe(first);
  });

  test('donations and plans are links too', async () => {
    const donation = await createPaymentLink(system.dev, {
      amount: undefined,
      checkoutMode: 'donation',
      donationConfig: { presets: [25, 50], defaultAmount: 50 },
    });
    const donated = (await send(`/api/sessions/${await openPaymentLink(donation)}`)).body.data.session;
    expect(donated).toMatchObject({ amount: null, donationConfig: { presets: [25, 50], defaultAmount: 50 } });
    const plan = { planName: 'Tea', interval: 'monthly', startDate: '2099-01-31', setupFee: 5 };
    const recurring = await createPaymentLink(system.dev, { checkoutMode: 'recurring', recurringConfig: plan });
    const { session } = (await send(`/api/sessions/${await openPaymentLink(recurring)}`)).body.data;
    expect(session).toMatchObject({ amount: '18.40', checkoutMode: 'recurring', recurringConfig: plan });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ expiresInDays: 0 }, 'expiresInDays: must be an integer between 1 and 3650'],
    [{ expiresInDays: 3651 }, 'expiresInDays: must be an integer between 1 and 3650'],
    [{ expiresInDays: 1.5 }, 'expiresInDays: must be an integer between 1 and 3650'],
    [{ expiresInDays: '7' }, 'expiresInDays: must be an integer between 1 and 3650'],
    [{ usageLimit: 0 }, 'usageLimit: must be between 1 and 1000000'],
    [{ usageLimit: 1_000_001 }, 'usageLimit: must be between 1 and 1000000'],
    [{ usageLimit: 1.5 }, 'usageLimit: must be an integer'],
    [{ usageLimit: 'unlimited' }, 'usageLimit: must be an integer'],
    [{ embedMode: 'popup' }, 'parentOrigin: is required when embedMode is "popup" or "iframe"'],
    [{ embedMode: 'window' }, 'embedMode: must be one of redirect, popup, iframe, new_tab'],
    [{ amount: undefined }, 'amount: is required when items is not provided'],
    [{ amount: '10.075' }, 'amount: USD allows at most 2 decimals'],
    [{ checkoutMode: 'recurring' }, 'recurringConfig: is required when checkoutMode is "recurring"'],
    [{ metadata: { a: 'x'.repeat(10_240) } }, 'metadata: must be at most 10240 bytes'],
    [{ idempotencyKey: '' }, 'idempotencyKey: must be 1-255 printable ASCII characters'],
  ])('%j is refused: %s', async (more, reason) => {
    const before = await count('payment_links');
    const { status, body } = await post(fields(more));
    expect([status, body.errorCode, body.error]).toEqual([400, 'VALIDATION_FAILED', reason]);
    expect(await count('payment_links')).toBe(before);
  });

  test('all failures come at once, those of the link last; what is not known is named', async () => {
    const { body } = await post({ amount: 0, hideHeader: 1, expiresInDays: 'x', usageLimit: -1 });
    expect(body.details).toEqual([
      'merchantId: is required',
      'merchantName: is required',
      'amount: must be greater than 0',
      'successUrl: is required',
      'cancelUrl: is required',
      'errorUrl: is required',
      'hideHeader: must be a boolean',
      'expiresInDays: must be an integer between 1 and 3650',
      'usageLimit: must be between 1 and 1000000',
    ]);
    const warned = await post(fields({ usageLimit: null, expiresInDays: null, taxRate: 5, extra: 1 }));
    expect(warned.body.warnings).toEqual(['taxRate: unknown field ignored', 'extra: unknown field ignored']);
    const { merchantId: _own, ...others } = fields();
    expect((await post({ ...others, merchantId: 'ozu_other' })).body.errorCode).toBe('MERCHANT_MISMATCH');
    expect((await post(fields(), { 'x-api-key': '' })).body.errorCode).toBe('MISSING_CREDENTIALS');
  });

  test('a repeated key answers the first link; another body is refused; sessions have keys of their own', async () => {
    const first = await post(fields({ idempotencyKey: 'link-1', usageLimit: 1 }));
    const again = await post(fields({ usageLimit: 1, expiresInDays: 7 }), { 'idempotency-key': '"link-1"' });
    expect(again.body).toEqual({ ...first.body, cached: true });
    for (const other of [{ usageLimit: 2 }, { usageLimit: 1, expiresInDays: 8 }, { usageLimit: 1, amount: 5 }]) {
      const refused = await post(fields({ idempotencyKey: 'link-1', ...other }));
      expect([refused.status, refused.body.errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_PAYLOAD_MISMATCH']);
    }
    const differs = await post(fields({ idempotencyKey: 'a' }), { 'idempotency-key': 'b' });
    expect(differs.body.error).toBe('idempotencyKey: differs from the Idempotency-Key header');
    const more = await post(fields({ idempotencyKey: 'a', amount: 0, locale: 7 }), { 'idempotency-key': 'b' });
    expect(more.body.details).toEqual([
      'amount: must be greater than 0',
      'idempotencyKey: differs from the Idempotency-Key header',
      'locale: must be a language tag such as "de" or "pt-BR"',
    ]);
    const session = await post(fields({ idempotencyKey: 'link-1' }), {}, '/api/sessions/create');
    expect([session.status, session.body.cached]).toEqual([200, undefined]);
  });

  test('a key whose link is over says how; one that was used up is repeated', async () => {
    const keyed = (key: string) => fields({ idempotencyKey: key, usageLimit: 1 });
    const [used, ended, off] = [await post(keyed('used')), await post(keyed('ended')), await post(keyed('off'))];
    await useUp(used.body.data.paymentLinkId);
    await endNow(ended.body.data.paymentLinkId);
    await deactivate(off.body.data.paymentLinkId);
    expect((await post(keyed('used'))).body).toEqual({ ...used.body, cached: true });
    const refusals = [await post(keyed('ended')), await post(keyed('off'))];
    expect(refusals.map(({ status, body }) => [status, body.errorCode])).toEqual([
      [409, 'IDEMPOTENCY_KEY_EXPIRED_SESSION'],
      [409, 'IDEMPOTENCY_KEY_TERMINAL_SESSION'],
    ]);
  });

  test('of two hundred first uses of a key one makes a link, and all hear of it', async () => {
    const before = await count('payment_links');
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(fields({ idempotencyKey: 'race' }))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = new Set(answers.map(({ body }) => body.data.paymentLinkId));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ body }) => body.cached === undefined)).toHaveLength(1);
    expect(await count('payment_links')).toBe(before + 1);
    expect(await eventsOf([...ids][0] ?? '')).toHaveLength(1);
  });

  test('availability is told to every page, flat, with the text of each state', async () => {
    const available = { success: true, available: true, message: 'Payment link is available' };
    const not = (error: string, errorCode: string) => ({ success: false, available: false, error, errorCode });
    const make = async () => (await createPaymentLink(system.dev, { usageLimit: 1 })).paymentLinkId;
    const [active, used, ended, off] = [await make(), await make(), await make(), await make()];
    await useUp(used);
    await endNow(ended);
    await deactivate(off);
    const cases: [string, object, string][] = [
      [active, available, 'active'],
      [used, not('Payment link usage limit reached', 'PAYMENT_LINK_LIMIT_REACHED'), 'used_up'],
      [ended, not('Payment link has expired', 'PAYMENT_LINK_EXPIRED'), 'expired'],
      [off, not('Payment link is not active', 'PAYMENT_LINK_INACTIVE'), 'inactive'],
    ];
    for (const [id, expected, status] of cases) {
      const answer = await check(id);
      expect([answer.status, answer.body]).toEqual([200, expected]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect((await read(id)).status).toBe(status);
    }
    for (const id of [`pl_${'0'.repeat(32)}`, 'x', '%00', "'", `pl_${'A'.repeat(32)}`]) {
      const answer = await check(id);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject(not('Payment link not found', 'PAYMENT_LINK_NOT_FOUND'));
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
    expect((await check(active, 'HEAD')).status).toBe(200);
    expect((await check(active, 'POST')).body.errorCode).toBe('METHOD_NOT_ALLOWED');
  });

  test('a link is read and switched off by its merchant alone, and twice is once', async () => {
    const { paymentLinkId: id, ...link } = await createPaymentLink(system.dev);
    const opened = await openPaymentLink(link);
    for (const path of [id, `${id}/deactivate`]) {
      const method = path === id ? 'GET' : 'POST';
      expect((await send(`/api/payment-links/${path}`, { method })).body.errorCode).toBe('MISSING_CREDENTIALS');
    }
    await db.run(sql`UPDATE payment_links SET merchant_id = 'ozu_other' WHERE id = ${id}`);
    for (const other of [id, 'pl_x']) {
      const answers = [
        await send(`/api/payment-links/${other}`, { headers: keysOf(system.dev) }),
        await deactivate(other),
      ];
      for (const { status, body } of answers) {
        expect([status, body.errorCode, body.error]).toEqual([404, 'PAYMENT_LINK_NOT_FOUND', 'Payment link not found']);
      }
    }
    await db.run(sql`UPDATE payment_links SET merchant_id = ${system.dev.merchantId} WHERE id = ${id}`);
    for (const _time of [1, 2]) expect((await deactivate(id)).body).toEqual({ success: true });
    expect((await read(id)).status).toBe('inactive');
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['payment_link.created', 'payment_link.deactivated']);
    expect((await send(`/api/sessions/${opened}`)).body.data.session.status).toBe('pending');
  });

  test('after its days a link has expired, which is told once, unless it had another end before', async () => {
    const week = await createPaymentLink(system.dev);
    const month = await createPaymentLink(system.dev, { expiresInDays: 30 });
    const used = await createPaymentLink(system.dev, { usageLimit: 1 });
    await useUp(used.paymentLinkId);
    const dateIn = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);
    const recurringConfig = { planName: 'Tea', interval: 'daily', startDate: dateIn(0), endDate: dateIn(3) };
    const plan = await createPaymentLink(system.dev, { checkoutMode: 'recurring', recurringConfig, expiresInDays: 30 });
    const typesOf = async (link: CreatedLink) => (await eventsOf(link.paymentLinkId)).map(({ type }) => type);
    const advance = (days: number) => post({ seconds: (days * dayMs) / 1000 }, {}, '/api/test/clock/advance');
    await advance(6.9);
    expect(await typesOf(week)).toEqual(['payment_link.created']);
    // A plan that could not begin any more is not offered.
    expect((await check(plan.paymentLinkId)).body.errorCode).toBe('PAYMENT_LINK_EXPIRED');
    expect((await fetch(plan.url)).status).toBe(410);
    for (const days of [0.2, 1]) {
      expect((await advance(days)).status).toBe(200);
      expect(await typesOf(week)).toEqual(['payment_link.created', 'payment_link.expired']);
    }
    expect(await typesOf(used)).toEqual(['payment_link.created']);
    const states = [week, month, used].map(async ({ paymentLinkId }) => (await read(paymentLinkId)).status);
    expect(await Promise.all(states)).toEqual(['expired', 'active', 'used_up']);
    expect((await fetch(week.url)).status).toBe(410);
  });
});
