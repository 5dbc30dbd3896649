// The preview inside a merchant's page: it follows what that page says of its look, and nobody else (contract 4.4).
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newCustomer } from './customer.ts';
import { type EmbeddingShop, openEmbeddingShop } from './embedding-shop.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;
let shop: EmbeddingShop;
let admin: Page;
let preview: Frame;

beforeAll(async () => {
  [system, browser, shop] = await Promise.all([startSystem(), launchBrowser(), openEmbeddingShop()]);
  shop.show(`<iframe src="${system.dev.checkoutUrl}/preview" style="width:1100px;height:900px"></iframe>`);
});
beforeEach(async () => {
  await admin?.context().close();
  admin = await (await newCustomer(browser)).newPage();
  await admin.goto(`${shop.origin}/`);
  const frame = await (await admin.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the preview is not there');
  preview = frame;
  await preview.locator('#form').waitFor();
});
afterAll(async () => {
  await browser?.close();
  shop?.close();
  await system?.stop();
});

const say = (message: object): Promise<void> =>
  admin.evaluate((sent) => document.querySelector('iframe')?.contentWindow?.postMessage(sent, '*'), {
    type: 'ozura-preview-appearance',
    ...message,
  });
const styleOf = (selector: string, property: string): Promise<string> =>
  preview.evaluate(
    ([place = '', name = '']) => getComputedStyle(document.querySelector(place) as Element).getPropertyValue(name),
    [selector, property],
  );

test('it is restyled member by member, and keeps what is not sent again', async () => {
  const logoUrl = `${system.dev.checkoutUrl}/none.svg`;
  await say({ merchantName: 'Blue <b>Kettle</b>', appearance: { primaryColor: '#c2410c', theme: 'dark', logoUrl } });
  await preview.getByText('Pay Blue <b>Kettle</b>').waitFor();
  await expect.poll(() => styleOf('#pay', 'background-color')).toBe('rgb(194, 65, 12)');
  expect(await styleOf(':root', 'color-scheme')).toBe('dark');
  await say({ appearance: { cancelButtonText: 'Back', logoPosition: 'top', hideBranding: true } });
  await preview.locator('#cancel', { hasText: 'Back' }).waitFor();
  await expect.poll(() => styleOf('#pay', 'background-color')).toBe('rgb(194, 65, 12)');
  expect(await styleOf('.shop', 'flex-direction')).toBe('column');
  expect(await preview.getAttribute('.shop img', 'src')).toBe(logoUrl);
  expect(await preview.locator('.brand').isVisible()).toBe(false);
  await say({ appearance: { showMerchantName: false, cssVariables: { 'page-background': '#fed7aa' } } });
  await preview.getByRole('heading', { name: 'Your order' }).waitFor();
  expect(await preview.getAttribute('.shop img', 'alt')).toBe('Blue <b>Kettle</b>');
  expect(await styleOf('body', 'background-color')).toBe('rgb(254, 215, 170)');
});

test('bad values are dropped, each alone', async () => {
  const before = await styleOf('#pay', 'background-color');
  await say({
    merchantName: 'x'.repeat(201),
    appearance: {
      primaryColor: 'url(https://evil.example/x)',
      fontSize: 'huge',
      logoUrl: 'javascript:alert(1)',
      cssVariables: { 'page-background': '#112233', card: 'red; background: url(//evil.example)', button: '' },
      nonsense: true,
      cancelButtonText: 'Back',
    },
  });
  await preview.locator('#cancel', { hasText: 'Back' }).waitFor();
  expect(await styleOf('body', 'background-color')).toBe('rgb(17, 34, 51)');
  expect(await styleOf('#pay', 'background-color')).toBe(before);
  expect(await preview.locator('.shop img').count()).toBe(0);
  expect(await preview.textContent('.shop')).toBe('Your shop');
  for (const message of [{ appearance: 7 }, { appearance: null, merchantName: 5 }, { type: 'other' }])
    await say(message);
  await admin.evaluate(() => document.querySelector('iframe')?.contentWindow?.postMessage(null, '*'));
  expect(await preview.textContent('#cancel')).toBe('Back');
});

test('another window than the one around it is not heard, and nothing can be paid', async () => {
  const requests: string[] = [];
  admin.on('request', (request) => requests.push(request.url()));
  await preview.evaluate(() => {
    window.postMessage({ type: 'ozura-preview-appearance', appearance: { cancelButtonText: 'Forged' } }, '*');
  });
  await preview.click('#pay');
  await preview.click('#cancel');
  await admin.waitForTimeout(100);
  expect(await preview.textContent('#cancel')).toBe('Cancel');
  expect(requests).toEqual([]);
  expect(await preview.locator('iframe').count()).toBe(0);
});
