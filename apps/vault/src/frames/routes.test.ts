// The Elements origin over its own server, with a real Checkout key document behind it.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Mode } from '@ozura/core/ids';
import { frameMessage } from '@ozura/core/redirect-message';
import { openContext } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { realTime, writeClock } from '@ozura/kit/db/test-clock';
import { openLog } from '@ozura/kit/log';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureProject, insertApplication } from '../store/applications.ts';
import { openFrames } from './routes.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const folder = mkdtempSync(join(tmpdir(), 'ozura-frames-'));
const hourMs = 60 * 60_000;
const context = openContext(openLog({ program: 'test', level: 'silent' }));
let checkout: Server;
let checkoutUrl: string;
let asked = 0;
let db: Database;
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  checkout = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] }));
  }).listen(0, '127.0.0.1');
  await once(checkout, 'listening');
  checkoutUrl = `http://127.0.0.1:${(checkout.address() as AddressInfo).port}`;
  db = await openDatabase({ url: join(folder, 'vault.db'), testClock: true });
  await migrate(db, readMigrations(new URL('../store/migrations/', import.meta.url)));
  await addPubKey('pk_test_shop', ['https://shop.example', 'https://other.example']);
  await addPubKey('pk_test_none', []);
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await db.close();
  checkout.close();
  rmSync(folder, { recursive: true });
});

async function addPubKey(pubKey: string, origins: string[]): Promise<void> {
  const application = {
    id: `app_${pubKey}`,
    projectId: 'proj_1',
    merchantId: 'ozu_shop',
    name: 'Shop',
    pubKey,
    permissions: { tokenization: true, provisioning: false, detokenization: false },
    destinations: [],
    origins,
    createdAt: 0,
  };
  await db.transact(async (tx) => {
    await ensureProject(tx, 'ozu_shop', 'proj_1');
    await insertApplication(tx, application, `hash of ${pubKey}`);
  });
}

function open(mode: Mode = 'test'): FastifyInstance {
  const base = { vaultUrl: 'http://localhost:4001', payUrl: 'http://localhost:4002' };
  const urls = { ...base, checkoutUrl, elementsUrl: 'http://localhost:4003' };
  const app = openFrames({ ...context, db, config: { mode, urls, trustedProxies: [] } });
  apps.push(app);
  return app;
}

interface Address {
  readonly checkoutUrl?: string;
  readonly parentOrigin?: string;
  readonly expiresAtMs?: number;
}

/** As Checkout signs it for the frames of one page. */
function signedQuery({ parentOrigin, expiresAtMs = Date.now() + hourMs, ...rest }: Address = {}): URLSearchParams {
  const facts = { checkoutUrl: rest.checkoutUrl ?? checkoutUrl, expiresAtMs, ...(parentOrigin && { parentOrigin }) };
  return new URLSearchParams({
    checkoutUrl: facts.checkoutUrl,
    ...(parentOrigin && { parentOrigin }),
    exp: String(expiresAtMs),
    keyId: 'k1',
    sig: sign(null, Buffer.from(frameMessage(facts)), privateKey).toString('base64url'),
  });
}

const frame = (app: FastifyInstance, query: URLSearchParams | Record<string, string>, name = 'cardNumber') =>
  app.inject({ url: `/v1/frame/${name}?${new URLSearchParams(query)}` });

const ancestorsIn = (policy: unknown): string => /frame-ancestors ([^;]*)/.exec(String(policy))?.[1] ?? '';

it('sends a frame with exactly the headers of the contract', async () => {
  const { headers, body, statusCode } = await frame(open(), {});
  const integrity = /<script src="[^"]*" integrity="([^"]*)"/.exec(body)?.[1];
  expect(statusCode).toBe(200);
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; script-src '${integrity}'; style-src 'self'; font-src 'none'; ` +
      "connect-src http://localhost:4001; form-action 'none'; base-uri 'none'; frame-ancestors http://localhost:* " +
      'http://127.0.0.1:* https://localhost:* https://127.0.0.1:*; ' +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  );
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-resource-policy': 'cross-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  expect(headers['permissions-policy']).toContain('camera=(), ');
  expect(headers).not.toHaveProperty('set-cookie');
  expect(headers).not.toHaveProperty('x-frame-options');
});

it('has no script, style or handler in the document', async () => {
  for (const name of ['cardNumber', 'expirationDate', 'cvv', 'accountNumber', 'routingNumber', 'tokenizer']) {
    const { body } = await frame(open(), {}, name);
    expect(body.replaceAll(/<script src="[^"]+" integrity="sha384-[^"]+" defer><\/script>/g, '')).not.toContain(
      '<script',
    );
    expect(body).not.toMatch(/<style|style=|\son[a-z]+=/);
  }
});

it.each([
  ['cardNumber', 'cc-number'],
  ['expirationDate', 'cc-exp'],
  ['cvv', 'cc-csc'],
  ['accountNumber', 'off'],
  ['routingNumber', 'off'],
])('asks browsers to fill %s as %s', async (name, autocomplete) => {
  const { body } = await frame(open(), {}, name);
  expect(body).toContain(`autocomplete="${autocomplete}"`);
  expect(body).toContain('inputmode="numeric"');
  expect(body).toMatch(/aria-label="[A-Z][a-z ]+"/);
});

it('serves what its documents name, for ever, and nothing else', async () => {
  const app = open();
  const { body } = await frame(app, {});
  for (const [, address = ''] of body.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const file = await app.inject({ url: address });
    expect([file.statusCode, file.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  }
  expect((await app.inject({ url: '/assets/element.000000000000.js' })).statusCode).toBe(404);
  expect((await frame(app, {}, 'pin')).statusCode).toBe(404);
  expect((await frame(app, {}, 'constructor')).statusCode).toBe(404);
});

it('names the page of a signed address as ancestor and as the one to listen to', async () => {
  const app = open();
  const alone = await frame(app, signedQuery());
  expect(ancestorsIn(alone.headers['content-security-policy'])).toBe(checkoutUrl);
  const framed = await frame(app, signedQuery({ parentOrigin: 'https://shop.example' }));
  expect(ancestorsIn(framed.headers['content-security-policy'])).toBe(`${checkoutUrl} https://shop.example`);
  expect(framed.body).toContain(`data-parents="${checkoutUrl}"`);
});

it.each([
  ['another ancestor', () => [['parentOrigin', 'https://evil.example']]],
  ['a later expiry', () => [['exp', String(Date.now() + 9 * hourMs)]]],
  ['another Checkout', () => [['checkoutUrl', 'https://evil.example']]],
  ['another key', () => [['keyId', 'k2']]],
  ['no signature', () => [['sig', '']]],
])('refuses a signed address with %s', async (_what, changes) => {
  const query = signedQuery();
  for (const [name = '', value = ''] of changes()) query.set(name, value);
  const answer = await frame(open(), query);
  expect(answer.statusCode).toBe(403);
  expect(ancestorsIn(answer.headers['content-security-policy'])).toBe("'none'");
});

it('refuses a signed address that has expired, and one signed for another Checkout', async () => {
  expect((await frame(open(), signedQuery({ expiresAtMs: Date.now() - 1 }))).statusCode).toBe(403);
  expect((await frame(open(), signedQuery({ checkoutUrl: 'https://evil.example' }))).statusCode).toBe(403);
});

it('an address expires by the clock of the installation, which a test may have set back', async () => {
  const frozenAtMs = Date.now() - 24 * hourMs;
  await writeClock(db, { offsetMs: 0, frozenAtMs });
  const statuses = [];
  for (const expiresAtMs of [frozenAtMs + 1, frozenAtMs]) {
    statuses.push((await frame(open(), signedQuery({ expiresAtMs }))).statusCode);
  }
  await writeClock(db, realTime);
  expect(statuses).toEqual([200, 403]);
});

it('asks for the keys once, and again for a key it does not know only after a minute', async () => {
  const app = open();
  asked = 0;
  await Promise.all(Array.from({ length: 8 }, () => frame(app, signedQuery())));
  const unknown = signedQuery();
  unknown.set('keyId', 'made up');
  for (let tries = 0; tries < 5; tries += 1) await frame(app, unknown);
  expect(asked).toBe(1);
});

it('allows the origins registered for a pub key', async () => {
  const { headers, body } = await frame(open(), { pubKey: 'pk_test_shop' }, 'tokenizer');
  expect(ancestorsIn(headers['content-security-policy'])).toBe('https://shop.example https://other.example');
  expect(body).toContain('data-parents="https://shop.example https://other.example"');
  expect(body).toContain('data-pub-key="pk_test_shop"');
  expect(headers['content-security-policy']).toContain('font-src https://shop.example https://other.example;');
  const { headers: unregistered } = await frame(open(), { pubKey: 'pk_test_none' });
  expect(unregistered['content-security-policy']).toContain("font-src 'none';");
  expect((await frame(open(), { pubKey: 'pk_test_none' })).body).toContain('data-parents="loopback"');
  expect((await frame(open(), { pubKey: 'pk_test_unknown' })).statusCode).toBe(401);
});

it('asks for a pub key with origins in live mode', async () => {
  const app = open('live');
  expect((await frame(app, {})).statusCode).toBe(401);
  expect((await frame(app, { pubKey: 'pk_test_none' })).statusCode).toBe(403);
  expect((await frame(app, signedQuery())).statusCode).toBe(200);
});

it('answers other methods with those that it knows', async () => {
  const posted = await open().inject({ method: 'POST', url: '/v1/frame/cvv' });
  expect([posted.statusCode, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
  const head = await open().inject({ method: 'HEAD', url: '/v1/frame/cvv' });
  expect([head.statusCode, head.body]).toEqual([200, '']);
});

it('answers its health', async () => {
  expect((await open().inject({ url: '/health' })).json()).toMatchObject({ status: 'ok' });
});

it('sends one frame within 6 KB, compressed', async () => {
  const app = open();
  for (const name of ['cardNumber', 'tokenizer']) {
    const { body } = await frame(app, signedQuery(), name);
    let bytes = gzipSync(body).length;
    for (const [, address = ''] of body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      bytes += (await app.inject({ url: address, headers: { 'accept-encoding': 'gzip' } })).rawPayload.length;
    }
    expect(bytes, name).toBeLessThan(6 * 1024);
  }
});
