// The server entry under Deno and Bun. Their packages are 90 MB together, so they are installed only when asked for: `npm run test:runtimes`.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type System, startSystem } from '../system.ts';
import { makeProject, type Stranger } from './stranger.ts';

const isAsked = process.env.OZURA_RUNTIMES === 'on';
const runtimes = [
  { name: 'Node', install: undefined, program: process.execPath, args: [] },
  { name: 'Bun', install: '@oven/bun-linux-x64@1.4.5', program: '@oven/bun-linux-x64/bin/bun', args: [] },
  {
    name: 'Deno',
    install: '@deno/linux-x64-glibc@2.9.6',
    program: '@deno/linux-x64-glibc/deno',
    // As a server runs there: it may call and read its settings, and nothing else.
    args: ['run', '--node-modules-dir=manual', '--no-prompt', '--allow-net', '--allow-env', '--allow-read'],
  },
] as const;

// Of a merchant. What it prints is what is looked at.
const program = `
import { createSessionHandler, getClientIp, Ozura, OzuraError, verifyWebhook } from '@ozura/elements/server';
const { VAULT_KEY: vaultKey, VAULT_URL: vaultUrl, PAY_URL: apiUrl, WEBHOOK } = process.env;
const ozura = new Ozura({ vaultKey, vaultUrl, apiUrl, merchantId: 'ozu_x', apiKey: 'mk_test_x', retries: 0 });
const failure = (error) => [error instanceof OzuraError, error.statusCode, error.message];
const request = (headers = {}) =>
  new Request('http://shop.test/api/oz-session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9, 10.0.0.1', ...headers },
    body: JSON.stringify({ sessionId: crypto.randomUUID() }),
  });
const { body, headers, secret } = JSON.parse(WEBHOOK);
const session = await ozura.createSession({ ttlSeconds: 60 });
await ozura.revokeSession(session.sessionKey);
const handled = await createSessionHandler(ozura)(request());
const unreachable = new Ozura({ vaultKey, vaultUrl: 'http://127.0.0.1:1', retries: 0 });
console.log(
  JSON.stringify({
    expiresInSeconds: session.expiresInSeconds,
    handled: [handled.status, Object.keys(await handled.json())],
    refused: (await createSessionHandler(ozura)(request({ 'content-type': 'text/plain' }))).status,
    clientIp: getClientIp(request()),
    event: (await verifyWebhook(body, headers, secret)).id,
    forged: await verifyWebhook(body + ' ', headers, secret).catch(failure),
    unknownKey: await ozura.listTransactions().catch(failure),
    unreachable: await unreachable.createSession().catch(failure),
    badOption: await ozura.createSession({ ttlSeconds: 1 }).catch(failure),
  }),
);
`;

describe.skipIf(!isAsked)('the server entry', () => {
  let system: System;
  let project: Stranger;

  beforeAll(async () => {
    [system, project] = await Promise.all([startSystem(), makeProject('module', [])]);
    const packages = runtimes.flatMap(({ install }) => install ?? []);
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...flags, ...packages], { cwd: project.folder });
    project.write({ 'merchant.mjs': program });
  }, 300_000);

  afterAll(async () => {
    project?.remove();
    await system?.stop();
  });

  test.each(runtimes)('works under $name', async ({ program: path, args }) => {
    const file = join(project.folder, 'node_modules', path);
    const runtime = path === process.execPath ? path : file;
    if (path !== process.execPath) chmodSync(file, 0o755);
    const { stdout } = await promisify(execFile)(runtime, [...args, join(project.folder, 'merchant.mjs')], {
      cwd: project.folder,
      env: { ...process.env, ...settings() },
    });
    expect(JSON.parse(stdout)).toEqual({
      expiresInSeconds: 60,
      handled: [200, ['sessionKey']],
      refused: 415,
      clientIp: '203.0.113.9',
      event: 'evt_1',
      forged: [true, 400, expect.any(String)],
      unknownKey: [true, 401, 'Payment service credentials were not accepted.'],
      unreachable: [true, 0, 'Could not reach the payment service. Check the connection and try again.'],
      badOption: [true, 400, expect.stringMatching(/^ttlSeconds: /)],
    });
  });

  function settings(): Record<string, string> {
    const { vaultKey, vaultUrl, payUrl } = system.dev;
    const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
    const body = JSON.stringify({ id: 'evt_1', type: 'session.completed', data: {} });
    const at = new Date();
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('evt_1', at, body),
    };
    const webhook = JSON.stringify({ body, headers, secret });
    return { VAULT_KEY: vaultKey, VAULT_URL: vaultUrl, PAY_URL: payUrl, WEBHOOK: webhook };
  }
});
