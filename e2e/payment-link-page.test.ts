// A payment link in a real browser: opened, paid once, and what the next customers see.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { APPROVED, fillBilling, newCustomer, openCheckout, pressPay, typeCard } from './customer.ts';
import { createPaymentLink, getPaymentLink } from './payment-links.ts';
import { standingBookings } from './processor.ts';
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

test('a link for one payment: the first customer pays, the second is told so and may try again, the third comes too late', async () => {
  const link = await createPaymentLink(system.dev, { usageLimit: 1, metadata: { invoice: 'INV-12345' } });
  const [first, second] = [await (await newCustomer(browser)).newPage(), await (await newCustomer(browser)).newPage()];
  for (const page of [first, second]) {
    await openCheckout(page, link.url);
    expect(new URL(page.url()).pathname).toMatch(/^\/checkout\/session_/);
  }
  expect(first.url()).not.toBe(second.url());

  // The sandbox answers after six seconds; until then nobody knows whether the slot will be used.
  await fillBilling(first, { lastName: 'TEST slow:6' });
  await typeCard(first, APPROVED);
  await pressPay(first);
  await expect.poll(async () => (await getPaymentLink(system.dev, link.paymentLinkId)).reserved).toBe(1);
  await fillBilling(second);
  await typeCard(second, APPROVED);
  await pressPay(second);
  await second.getByText('This payment link cannot take another payment at the moment').first().waitFor();
  await second.locator('button[type=submit]:enabled').waitFor();

  await first.waitForURL(/\/e2e\/thanks/);
  const landed = new URL(first.url()).searchParams;
  expect(JSON.parse(landed.get('metadata') ?? '')).toEqual({ invoice: 'INV-12345', paymentLinkId: link.paymentLinkId });
  await pressPay(second);
  await second.getByText('This payment link cannot take another payment at the moment').first().waitFor();
  expect(standingBookings(system.dataDir)).toHaveLength(1);

  const late = await (await newCustomer(browser)).newPage();
  const answer = await late.goto(link.url);
  expect([answer?.status(), await late.locator('h1').textContent()]).toEqual([410, 'Payment link usage limit reached']);
  expect(await late.locator('a').count()).toBe(0);
});
