// A session whose time is up while the customer looks at it, and one that is opened too late.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newCustomer, openCheckout } from './customer.ts';
import { createSession, getSession } from './merchant.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ SESSION_LIFETIME_SECONDS: '6' }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

test('an open page says that it has expired, and its button leads to cancelUrl', async () => {
  const session = await createSession(system.dev);
  const page = await (await newCustomer(browser)).newPage();
  await openCheckout(page, session.checkoutUrl);
  await page.getByText('This page has expired').waitFor();
  expect((await getSession(system.dev, session.sessionId)).status).toBe('expired');
  const reopened = await page.goto(session.checkoutUrl);
  expect(reopened?.status()).toBe(410);
  await page.getByRole('link', { name: /Return to/ }).click();
  await page.waitForURL(/\/e2e\/cart/);
  expect(new URL(page.url()).search).toBe('');
});
