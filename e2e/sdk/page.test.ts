// A page with the script tag, tested as a merchant tests it: with the testing kit, against the real system that it starts.
import type * as OzElements from '@ozura/elements';
import { Ozura } from '@ozura/elements/server';
import { fillBankAccount, fillCard, type RunningOzura, startOzura, testCards } from '@ozura/elements/testing';
import { version } from '@ozura/elements/version';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { openPlainShop, type PlainShop } from './plain-page.ts';

let system: RunningOzura;
let browser: Browser;
let shop: PlainShop;
let page: Page;
let scriptUrl: string;

beforeAll(async () => {
  const repository = new URL('../..', import.meta.url).pathname;
  [system, browser] = await Promise.all([startOzura({ repository, env: { RATE_LIMITS: 'off' } }), launchBrowser()]);
  const { elementsUrl, merchantId, merchantKey: apiKey, vaultKey, payUrl: apiUrl, vaultUrl } = system;
  scriptUrl = `${elementsUrl}/v1/${version}/oz-elements.js`;
  const { files } = (await (await fetch(`${elementsUrl}/v1/${version}/integrity.json`)).json()) as {
    files: Record<string, string>;
  };
  const scriptTag = `<script src="${scriptUrl}" integrity="${files['oz-elements.js']}" crossorigin="anonymous"></script>`;
  const ozura = new Ozura({ merchantId, apiKey, vaultKey, apiUrl, vaultUrl });
  shop = await openPlainShop({ ozura, elementsUrl, scriptTag });
});

afterAll(async () => {
  await browser?.close();
  await shop?.stop();
  await system?.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(shop.url);
});

interface ShopPage {
  readonly OzElements: typeof OzElements;
  vault: OzElements.OzVault;
}

const openVault = (): Promise<void> =>
  page.evaluate(async (frameBaseUrl) => {
    const here = globalThis as unknown as ShopPage;
    here.vault = await here.OzElements.OzVault.create({ sessionUrl: '/api/oz-session', frameBaseUrl });
    here.vault.createElement('cardNumber').mount('#number');
    here.vault.createElement('expirationDate').mount('#date');
    here.vault.createElement('cvv').mount('#code');
  }, system.elementsUrl);

const billing = {
  firstName: 'Ines',
  lastName: 'Duarte',
  email: 'ines@example.com',
  phone: '+14155550134',
  address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
};

const pay = (): Promise<{ status: number; body: Record<string, unknown> }> =>
  page.evaluate(async (details) => {
    const { vault } = globalThis as unknown as ShopPage;
    const token = await vault.createToken({ billing: details });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/charge', { method: 'POST', headers, body: JSON.stringify(token) });
    return { status: answer.status, body: await answer.json() };
  }, billing);

test('a card typed into the fields pays', async () => {
  await openVault();
  await fillCard(page);
  expect(await pay()).toMatchObject({
    status: 200,
    body: { amount: '49.00', cardLastFour: '4242', cardBrand: 'VISA' },
  });
});

test('a declined card is declined, and another one typed over it pays', async () => {
  await openVault();
  await fillCard(page, { number: testCards.declined });
  expect(await pay()).toMatchObject({ status: 402, body: { error: expect.stringMatching(/declined/i) } });
  await fillCard(page, { number: testCards.amex, expiry: '11/34', cvc: '1234' });
  expect(await pay()).toMatchObject({ status: 200, body: { cardLastFour: '0005' } });
});

test('a bank account is typed in one line too', async () => {
  await page.evaluate(async (frameBaseUrl) => {
    const here = globalThis as unknown as ShopPage;
    here.vault = await here.OzElements.OzVault.create({ sessionUrl: '/api/oz-session', frameBaseUrl });
    here.vault.createBankElement('accountNumber').mount('#account');
    here.vault.createBankElement('routingNumber').mount('#routing');
  }, system.elementsUrl);
  await fillBankAccount(page);
  const { bank } = await page.evaluate(() =>
    (globalThis as unknown as ShopPage).vault.createBankToken({ firstName: 'Ines', lastName: 'Duarte' }),
  );
  expect(bank).toMatchObject({ last4: '6789', routingNumber: '110000000' });
});

test('the file may be kept for a year, and loaded by every origin', async () => {
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await fetch(scriptUrl, { method });
    expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
      status: 200,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
  }
  expect((await fetch(scriptUrl, { method: 'POST' })).status).toBe(405);
  expect((await fetch(scriptUrl.replace(version, '99.0.0'))).status).toBe(404);
});
