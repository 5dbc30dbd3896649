import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { openClient } from '@ozura/contract/client';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import { newPaymentLinkId, newSessionId } from '@ozura/core/ids';
import { frameMessage } from '@ozura/core/redirect-message';
import { Secret } from '@ozura/core/secret';
import type { SessionState } from '@ozura/core/session';
import { openContext } from '@ozura/kit/context';
import { sql } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { openOutbound } from '@ozura/kit/fetch';
import { openRateLimits } from '@ozura/kit/http/rate-limit';
import { openServer } from '@ozura/kit/http/server';
import { openLog } from '@ozura/kit/log';
import type { FastifyInstance } from 'fastify';
import { decodeQR } from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckoutContext } from '../context.ts';
import { errorUrlOf } from '../redirects.ts';
import { openSigning } from '../signing.ts';
import { insertPaymentLink } from '../store/payment-links.ts';
import { findSession, insertSession, moveSession, type Session } from '../store/sessions.ts';
import { registerPages } from './routes.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-pages-'));
const outbound = openOutbound();
const urls = {
  checkoutUrl: 'http://localhost:4000',
  vaultUrl: 'http://localhost:4001',
  payUrl: 'http://localhost:4002',
  elementsUrl: 'http://localhost:4003',
};
let context: CheckoutContext;
let app: FastifyInstance;

beforeAll(async () => {
  const log = openLog({ program: 'checkout', level: 'silent' });
  const pepper = new Secret(new Uint8Array(32).fill(7) as Uint8Array);
  const base = openContext(log);
  const db = await openDatabase({ url: join(folder, 'checkout.db') });
  await migrate(db, readMigrations(new URL('../store/migrations/', import.meta.url)));
  const config = {
    mode: 'test',
    host: '127.0.0.1',
    port: 0,
    urls,
    databaseUrl: '',
    log,
    trustedProxies: [],
    pepper,
    serviceKey: new Secret('svc_test'),
    sessionLifetimeSeconds: 1800,
    maxFailedAttempts: 5,
    publicSessionBilling: false,
  } as const;
  context = {
    ...base,
    config,
    db,
    vault: openClient(urls.vaultUrl, outbound.send),
    pay: openClient(urls.payUrl, outbound.send),
    signing: await openSigning({ db, pepper, random: base.random }),
    limits: openRateLimits({ openCheckoutPage: 40 }),
    reached: () => undefined,
  };
  app = openServer({ service: 'checkout', context, https: false, trustedProxies: ['127.0.0.1'] });
  registerPages(app, context);
});

afterAll(async () => {
  await app.close();
  await context.db.close();
  await outbound.close();
  rmSync(folder, { recursive: true });
});

const terms: SessionRequest = {
  merchantId: 'ozu_bluekettle',
  merchantName: 'Blue Kettle',
  amountMinor: 1840n,
  subtotalMinor: 1840n,
  currency: 'USD',
  successUrl: 'https://shop.example/thanks?order=7',
  cancelUrl: 'https://shop.example/cart',
  errorUrl: 'https://shop.example/sorry',
  embedMode: 'redirect',
  checkoutMode: 'payment',
  transactionChannel: 'ecommerce',
  taxExempt: false,
  metadata: {},
  appearance: {},
  allowPopup: true,
  hideHeader: false,
  locale: 'auto',
};

async function newSession(more: Partial<SessionRequest> = {}, lifetimeMs = 1_800_000): Promise<Session> {
  const now = context.now();
  const id = newSessionId(now, context.random);
  await insertSession(context.db, {
    id,
    request: { ...terms, ...more },
    createdAtMs: now,
    expiresAtMs: now + lifetimeMs,
  });
  return (await findSession(context.db, id)) as Session;
}

async function sessionIn(state: SessionState, payment?: CardSaleData): Promise<Session> {
  const session = await newSession();
  await moveSession(context.db, session, state, payment);
  return session;
}

const ended = (status: 'completed' | 'cancelled' | 'failed'): SessionState => ({
  status,
  paymentState: null,
  endedAtMs: context.now(),
  ...(status === 'failed' ? { errorCode: 'FORBIDDEN' as const } : {}),
});

const charging = (paymentState: 'processing' | 'review', { expiresAtMs }: Session): SessionState => ({
  status: 'pending',
  paymentState,
  chargeId: 'chg_1',
  expiresAtMs,
  failedAttempts: 0,
  extensions: 0,
});

const sale: CardSaleData = {
  transactionId: '2603049F2K7Q0ZC3W8M5T1XR6B',
  amount: '18.95',
  currency: 'USD',
  surchargeAmount: '0.55',
  cardLastFour: '4242',
  cardExpMonth: '11',
  cardExpYear: '29',
  cardBrand: 'VISA',
  transDate: '2026-03-04T09:34:12.102Z',
  ozuraMerchantId: 'ozu_bluekettle',
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+14155550134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'CA',
  billingZipcode: '94607',
  billingCountry: 'US',
  processor: 'sandbox',
  processorTransactionId: 'sbx-1',
  avsResult: 'Y',
  cvvResult: 'M',
};

const open = ({ id }: { id: string }, headers: Record<string, string> = {}) =>
  app.inject({ url: `/checkout/${id}`, headers });

async function countCredentials({ id }: Session): Promise<number> {
  return (await context.db.all(sql`SELECT hash FROM page_credentials WHERE session_id = ${id}`)).length;
}

const factsOf = (page: string): Record<string, unknown> =>
  JSON.parse(/id="facts">(.*?)<\/script>/s.exec(page)?.[1] ?? '') as Record<string, unknown>;

describe('GET /checkout/{sessionId}', () => {
  test('a pending session gets the form with a fresh credential', async () => {
    const session = await newSession();
    const [first, second] = [await open(session), await open(session)];
    expect(first.statusCode).toBe(200);
    expect(first.body).toContain('Pay $18.40');
    expect(factsOf(first.body)).toMatchObject({
      sessionId: session.id,
      cancelUrl: terms.cancelUrl,
      total: '18.40',
      currency: 'USD',
      expiresAtMs: session.expiresAtMs,
    });
    expect(factsOf(first.body).credential).toMatch(/^pc_/);
    expect(factsOf(first.body).credential).not.toBe(factsOf(second.body).credential);
    expect(await countCredentials(session)).toBe(2);
  });

  test('HEAD answers the same head and leaves nothing behind', async () => {
    const session = await newSession();
    const answer = await app.inject({ method: 'HEAD', url: `/checkout/${session.id}` });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('');
    expect(await countCredentials(session)).toBe(0);
  });

  test('the address of the frames is signed for this page and this session', async () => {
    const session = await newSession();
    const [, address = ''] =
      /<iframe src="[^"]*\/v1\/frame\/cardNumber\?([^"]*)"/.exec((await open(session)).body) ?? [];
    const query = new URLSearchParams(address.replaceAll('&amp;', '&'));
    const message = frameMessage({ checkoutUrl: urls.checkoutUrl, parentOrigin: '', expiresAtMs: session.expiresAtMs });
    const jwk = context.signing.publicKeys.find(({ kid }) => kid === query.get('keyId'));
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: jwk?.x ?? '' }, format: 'jwk' });
    expect(verify(null, Buffer.from(message), key, Buffer.from(query.get('sig') ?? '', 'base64url'))).toBe(true);
    expect(query.get('exp')).toBe(String(session.expiresAtMs));
  });

  test('the country is guessed from the browser', async () => {
    const page = (await open(await newSession(), { 'accept-language': 'de-AT,de;q=0.9,en-US;q=0.8' })).body;
    expect(page).toContain('<option value="AT">Österreich</option>');
  });

  test('pictures of the session are allowed by its policy', async () => {
    const session = await newSession({ appearance: { logoUrl: 'https://cdn.example/logo.png' } });
    expect((await open(session)).headers['content-security-policy']).toContain("img-src 'self' https://cdn.example;");
  });

  test('a charge in flight shows that it is being confirmed, with a credential to ask', async () => {
    const session = await newSession();
    await moveSession(context.db, session, charging('processing', session));
    const { statusCode, body } = await open(session);
    expect(statusCode).toBe(200);
    expect(body).toContain('do not pay again');
    expect(factsOf(body).credential).toMatch(/^pc_/);
    expect(body).not.toContain('<form');
  });

  test('a review shows the session id and a way back, and asks nothing', async () => {
    const session = await newSession();
    await moveSession(context.db, session, charging('review', session));
    const { body } = await open(session);
    expect(body).toContain(`<code>${session.id}</code>`);
    expect(body).toContain('href="https://shop.example/cart"');
    expect(factsOf(body)).not.toHaveProperty('credential');
  });

  test('a completed session says so and repeats the success redirect', async () => {
    const { statusCode, body } = await open(await sessionIn(ended('completed'), sale));
    expect(statusCode).toBe(200);
    expect(body).toContain('Already paid');
    expect(body).toContain('$18.95');
    const href = /<a class="pay" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(href).toMatch(/^https:\/\/shop\.example\/thanks\?order=7&success=true&sessionId=/);
    expect(new URL(href).searchParams.get('signature')).toMatch(/^[A-Za-z0-9_-]{86}$/);
  });

  test('a cancelled session leads back', async () => {
    const { statusCode, body } = await open(await sessionIn(ended('cancelled')));
    expect(statusCode).toBe(200);
    expect(body).toContain('Payment cancelled');
    expect(body).toContain('href="https://shop.example/cart"');
  });

  test('a session whose time is over is gone, and leads back', async () => {
    const { statusCode, body } = await open(await newSession({}, 0));
    expect(statusCode).toBe(410);
    expect(body).toContain('This page has expired');
    expect(body).toContain('href="https://shop.example/cart"');
  });

  test('a failed session leaves for errorUrl', async () => {
    const { statusCode, headers } = await open(await sessionIn(ended('failed')));
    expect(statusCode).toBe(303);
    const location = new URL(String(headers.location));
    expect(location.origin + location.pathname).toBe(terms.errorUrl);
    expect(location.searchParams.get('errorCode')).toBe('SESSION_FAILED');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  test.each([
    'session_0000000000000000000000000000000',
    'session_000000000000000000000000000000',
    '%00',
    '%zz',
    '%ff',
    "'%20OR%201=1",
    '..',
  ])('the unknown id %s gets a page without links', async (id) => {
    const { statusCode, body, headers } = await app.inject({ url: `/checkout/${id}` });
    expect(statusCode).toBe(404);
    if (id === '..') return;
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('Page not found');
    expect(body).not.toContain('<a ');
  });

  test('every page is private, compressed for those who can read it, and sets no cookie', async () => {
    const session = await newSession();
    const { headers, rawPayload } = await open(session, { 'accept-encoding': 'gzip, deflate, br' });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-encoding': 'gzip',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(headers).not.toHaveProperty('set-cookie');
    expect(gunzipSync(rawPayload).toString()).toContain('Blue Kettle');
    const plain = await open(session, { 'accept-encoding': 'br, gzip;q=0' });
    expect([plain.headers['content-encoding'], plain.body.includes('Blue Kettle')]).toEqual([undefined, true]);
  });

  test('all files that a page names are there for ever', async () => {
    const { body } = await open(await newSession());
    const files = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? '');
    expect(files).toHaveLength(6);
    for (const url of files.map((file) => file.replace('{country}', 'AU'))) {
      const { statusCode, headers } = await app.inject({ url });
      expect(statusCode).toBe(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect((await app.inject({ method: 'POST', url })).statusCode).toBe(405);
    }
  });

  test('the address form of another country comes in the language of the page', async () => {
    const { body } = await open(await newSession(), { 'accept-language': 'de-DE' });
    const url = String((factsOf(body).address as { url: string }).url);
    const formOf = async (country: string) => app.inject({ url: url.replace('{country}', country) });
    expect((await formOf('AU')).json()).toMatchObject({
      order: ['lines', 'city', 'state', 'zip'],
      labels: { city: 'Vorort', state: 'Bundesstaat', zip: 'Postleitzahl' },
      isStateRequired: true,
      zipPattern: '\\d{4}',
    });
    expect((await formOf('DE')).json()).toMatchObject({ order: ['lines', 'zip', 'city'] });
    for (const country of ['XX', 'au', 'AU2']) expect((await formOf(country)).statusCode).toBe(404);
    expect((await app.inject({ url: url.replace(/\.[0-9a-f]{12}\./, '.000000000000.') })).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/assets/address-AU-de.0.json' })).statusCode).toBe(405);
  });

  test('other methods are refused', async () => {
    const { statusCode, headers } = await app.inject({ method: 'POST', url: '/checkout/x' });
    expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('too many openings from one address get a page that says when to come back', async () => {
    const session = await newSession();
    const from = { 'x-forwarded-for': '203.0.113.77' };
    for (let count = 0; count < 40; count += 1) await open(session, from);
    const { statusCode, headers, body } = await open(session, from);
    expect(statusCode).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body).toContain('Please wait a moment');
  });
});

describe('GET /error', () => {
  const openErrorPage = (query: string) => app.inject({ url: `/error${query}` });

  test('shows the text of a result that we have signed, and its way back', async () => {
    const session = await newSession();
    const { search } = new URL(errorUrlOf(context, session, 'AUTH_ERROR'));
    const { statusCode, body } = await openErrorPage(search);
    expect(statusCode).toBe(200);
    expect(body).toContain('Payment service authentication failed');
    expect(body).toContain('href="https://shop.example/cart"');
    expect(body).toContain('Return to Store');
  });

  test('shows the recorded code of a known session without a signature', async () => {
    const { id } = await sessionIn(ended('failed'));
    const { body } = await openErrorPage(
      `?sessionId=${id}&errorCode=AUTH_ERROR&error=Call+0900&cancelUrl=https://evil.example`,
    );
    expect(body).toContain('Too many failed payment attempts');
    expect(body).toContain('href="https://shop.example/cart"');
    expect(body).not.toContain('evil.example');
    expect(body).not.toContain('0900');
  });

  test.each([
    '',
    '?errorCode=SYSTEM_ERROR&cancelUrl=https://evil.example',
    '?sessionId=%00&error=%3Cscript%3E',
    '?a=%',
  ])('the query "%s" gets a generic page without links', async (query) => {
    const { statusCode, body } = await openErrorPage(query);
    expect(statusCode).toBe(200);
    expect(body).toContain('We cannot say here how this payment ended');
    expect(body).not.toContain('<a ');
    expect(body).not.toContain('evil.example');
  });
});

describe('POST /csp-report', () => {
  test.each([
    ['{"csp-report":{"blocked-uri":"https://evil.example/x?secret=1","effective-directive":"img-src"}}', 204],
    ['not json', 204],
    ['x'.repeat(17_000), 413],
  ])('%.20s… answers %i', async (payload, status) => {
    const headers = { 'content-type': 'application/csp-report' };
    const { statusCode } = await app.inject({ method: 'POST', url: '/csp-report', headers, payload });
    expect(statusCode).toBe(status);
  });
});

describe('GET /pay/{linkId}', () => {
  const hourMs = 3_600_000;
  const newLink = async (request: Partial<SessionRequest> = {}, usageLimit?: number): Promise<string> => {
    const id = newPaymentLinkId(context.random);
    const now = context.now();
    const times = { createdAtMs: now, expiresAtMs: now + hourMs };
    await insertPaymentLink(context.db, { id, request: { ...terms, ...request }, usageLimit, ...times });
    return id;
  };
  const visit = (path: string, method: 'GET' | 'HEAD' = 'GET') => app.inject({ method, url: `/pay/${path}` });
  const sessionsOf = (id: string) =>
    context.db.all<{ id: string }>(sql`SELECT id FROM sessions WHERE payment_link_id = ${id}`);

  test('every visit leads to a session of its own; HEAD makes none', async () => {
    const id = await newLink({ embedMode: 'iframe', parentOrigin: 'https://shop.example' });
    const head = await visit(id, 'HEAD');
    expect([head.statusCode, head.headers.location]).toEqual([303, undefined]);
    expect(await sessionsOf(id)).toEqual([]);
    const places = [await visit(id), await visit(id)].map(({ statusCode, headers }) => {
      expect([statusCode, headers['cache-control']]).toEqual([303, 'no-store']);
      return String(headers.location).replace(`${urls.checkoutUrl}/checkout/`, '');
    });
    expect(new Set(places)).toEqual(new Set((await sessionsOf(id)).map((session) => session.id)));
    const session = await findSession(context.db, places[0] ?? '');
    expect(session).toMatchObject({ paymentLinkId: id, request: { ...terms, embedMode: 'redirect' } });
    expect(session?.request).not.toHaveProperty('parentOrigin');
    expect(session?.expiresAtMs).toBe((session?.createdAtMs ?? 0) + 1_800_000);
  });

  test('a link that cannot be used says why, names its shop and leads nowhere', async () => {
    const [off, used, ended] = [await newLink(), await newLink({}, 1), await newLink()];
    await context.db.run(sql`UPDATE payment_links SET deactivated_at = 1 WHERE id = ${off}`);
    await context.db.run(sql`UPDATE payment_links SET used = 1 WHERE id = ${used}`);
    await context.db.run(sql`UPDATE payment_links SET expires_at = created_at WHERE id = ${ended}`);
    const cases: [string, string][] = [
      [used, 'Payment link usage limit reached'],
      [ended, 'Payment link has expired'],
      [off, 'Payment link is not active'],
    ];
    for (const [id, text] of cases) {
      const { statusCode, headers, body } = await visit(id);
      expect([statusCode, headers['x-frame-options']]).toEqual([410, 'DENY']);
      expect(body).toContain(`<h1>${text}</h1>`);
      expect(body).toContain('Blue Kettle');
      expect(body).not.toContain('<a ');
      expect((await visit(id, 'HEAD')).statusCode).toBe(410);
      expect(await sessionsOf(id)).toEqual([]);
    }
  });

  test('an address of no link is not found', async () => {
    for (const id of [`pl_${'0'.repeat(32)}`, 'pl_x', '%00', '%zz', '%ff', "'"]) {
      const { statusCode, body } = await visit(id);
      expect([statusCode, body.includes('<h1>Payment link not found</h1>'), body.includes('<a ')]).toEqual([
        404,
        true,
        false,
      ]);
      expect((await visit(`${id}/qr.svg`)).statusCode).toBe(404);
    }
    expect((await app.inject({ method: 'POST', url: '/pay/pl_x' })).statusCode).toBe(405);
  });

  test('a scanner reads the address of the link from its QR code, which any page may show for an hour', async () => {
    const id = await newLink();
    const { statusCode, headers, body } = await visit(`${id}/qr.svg`);
    expect([statusCode, headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(decodeQR(picture(body))).toBe(`${urls.checkoutUrl}/pay/${id}`);
    expect(body).toContain(`<title>${urls.checkoutUrl}/pay/${id}</title>`);
    expect((await visit(`${id}/qr.svg`, 'HEAD')).statusCode).toBe(200);
  });

  /** What a camera would see: the drawing, four pixels a module. */
  function picture(svg: string): { width: number; height: number; data: Uint8Array } {
    const scale = 4;
    const side = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]) * scale;
    const data = new Uint8Array(side * side * 3).fill(255);
    const [, runs = ''] = /<path d="([^"]+)"\/>/.exec(svg) ?? [];
    for (const [, x, y, length] of runs.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let row = 0; row < scale; row += 1) {
        const from = ((Number(y) * scale + row) * side + Number(x) * scale) * 3;
        data.fill(0, from, from + Number(length) * scale * 3);
      }
    }
    return { width: side, height: side, data };
  }
});
