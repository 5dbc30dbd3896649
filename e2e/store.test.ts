// The whole way as a visitor of the demo goes it: from the shop's button to "your order is paid".

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { APPROVED, fillBilling, newCustomer, openCheckout, payWith, pressPay, typeCard } from './customer.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const newPage = async (): Promise<Page> => (await newCustomer(browser)).newPage();

test('the printed link is paid with the printed card, and the store says so', async () => {
  const [url = ''] = /http:\S+\/checkout\/session_\w+/.exec(system.output()) ?? [];
  const page = await newPage();
  await payWith(page, url, APPROVED);
  await page.getByText('your order is paid').waitFor();
  expect(await page.textContent('dl')).toContain('VISA ···· 4242');
});

test('a customer of the store buys three', async () => {
  const page = await newPage();
  await page.goto(system.dev.storeUrl);
  await page.selectOption('#quantity', '3');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.waitForURL(/\/checkout\/session_/);
  await openCheckout(page, page.url());
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.getByText('your order is paid').waitFor();
  expect(await page.textContent('dl')).toContain('$138.00');
  await page.reload();
  await page.getByText('your order is paid').waitFor();
});

test('whoever turns back finds the basket as it was', async () => {
  const page = await newPage();
  await page.goto(system.dev.storeUrl);
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  await page.getByText('Nothing was charged').waitFor();
  await page.getByRole('button', { name: 'Go to checkout' }).click();
  await page.waitForURL(/\/checkout\/session_/);
});
