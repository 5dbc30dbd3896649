// The Next.js example, installed from registry and tarball into an empty folder, built, and paid in a browser. Minutes and
// a registry: `npm run test:next`.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ozura } from '@ozura/elements/server';
import { fillCard, testCards } from '@ozura/elements/testing';
import { packOnce } from '@ozura/tools/sdk/pack';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { freePortBase } from '../ports.ts';
import { type System, startSystem } from '../system.ts';

const example = fileURLToPath(new URL('../../examples/next', import.meta.url));
const stopping: (() => unknown)[] = [];
let system: System;
let browser: Browser;
let url: string;

describe.runIf(process.env.OZURA_NEXT === 'on')('the Next.js example', () => {
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
    stopping.push(
      () => browser.close(),
      () => system.stop(),
    );
    const folder = await install();
    url = await serve(folder);
  }, 600_000);

  afterAll(async () => {
    for (const stop of stopping.toReversed()) await stop();
  });

  test('charges a card that is typed into its fields', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    await fillCard(page);
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByText('Paid $46.00 with the card ending in 4242').waitFor();
    expect(errors).toEqual([]);
    const { merchantId, merchantKey: apiKey, vaultKey, payUrl: apiUrl } = system.dev;
    const { transactions } = await new Ozura({ merchantId, apiKey, vaultKey, apiUrl }).listTransactions();
    expect(transactions).toMatchObject([{ amount: '46.00', cardLastFour: '4242' }]);
  });

  test('says that a card was declined', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await fillCard(page, { number: testCards.declined });
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByText(/declined/i).waitFor();
  });
});

async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-next-'));
  stopping.push(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(example, folder, { recursive: true, filter: (path) => !/node_modules|\.next|start\.ts$/.test(path) });
  copyFileSync((await packOnce()).tarball, join(folder, 'ozura-elements.tgz'));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  manifest.dependencies['@ozura/elements'] = 'file:ozura-elements.tgz';
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  return folder;
}

async function serve(folder: string): Promise<string> {
  const { dev } = system;
  const port = await freePortBase();
  const env = {
    ...process.env,
    MERCHANT_ID: dev.merchantId,
    MERCHANT_API_KEY: dev.merchantKey,
    VAULT_API_KEY: dev.vaultKey,
    OZURA_PAY_URL: dev.payUrl,
    OZURA_VAULT_URL: dev.vaultUrl,
    OZURA_ELEMENTS_URL: dev.elementsUrl,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  } as const;
  const next = join(folder, 'node_modules/next/dist/bin/next');
  execFileSync(process.execPath, [next, 'build'], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const child = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], { cwd: folder, env });
  stopping.push(async () => {
    child.kill();
    await once(child, 'exit');
  });
  for (let tries = 0; tries < 300; tries += 1) {
    const isThere = await fetch(`http://127.0.0.1:${port}`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return `http://127.0.0.1:${port}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('next start did not answer');
}
