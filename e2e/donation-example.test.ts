// The donation example as a donor uses it: from its page through the payment link to a receipt.

import { fillCard } from '@ozura/elements/testing';
import { type RunningDonations, startDonations } from '@ozura/example-donation/main';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { fillBilling, newCustomer, pressPay } from './customer.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;
let charity: RunningDonations;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  charity = await startDonations({ ...system.dev, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await charity?.stop();
  await system?.stop();
});

test('two donors give what they like by the same link, and each gets a receipt', async () => {
  for (const amount of ['25.00', '50.00']) {
    const page = await (await newCustomer(browser)).newPage();
    await page.goto(charity.url);
    expect(await page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'Donate' }).click();
    await page.waitForURL(/\/checkout\/session_/);
    if (amount !== '25.00') await page.locator('label').filter({ hasText: '$50' }).click();
    await fillBilling(page);
    await fillCard(page);
    await pressPay(page);
    await page.getByText('Thank you').waitFor();
    expect(await page.textContent('main')).toContain(`${amount} USD with VISA ···· 4242`);
  }
});

test('an address that somebody typed shows no receipt', async () => {
  const typed = await fetch(`${charity.url}/thanks?success=true&sessionId=session_1&amount=1000.00`);
  expect(await typed.text()).toContain('shows no donation');
  expect((await fetch(`${charity.url}/other`)).status).toBe(404);
});
