// Customers pay on the hosted page, in a real browser, through the programs that play the real processors.
import { SIMULATORS } from '@ozura/simulators/main';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { APPROVED, DECLINED, newCustomer, payWith, pressPay, typeCard } from './customer.ts';
import { createSession, getSession } from './merchant.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({}, ['--processors']), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

interface Entry {
  readonly kind: string;
  readonly status: string;
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly lastFour: string;
}

async function journal(processor: string): Promise<readonly Entry[]> {
  const answer = await fetch(`${system.dev.processors?.[processor]}/control/journal`);
  return ((await answer.json()) as { entries: Entry[] }).entries;
}

async function payOnlyThrough(processor: string): Promise<void> {
  const { payUrl, merchantId, adminToken } = system.dev;
  const answer = await fetch(`${payUrl}/admin/merchants/${merchantId}/processors`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ order: [processor], by: 'test' }),
  });
  expect(answer.status).toBe(200);
}

test.each(Object.keys(SIMULATORS))('a customer whose card %s declines pays with another one', async (processor) => {
  await payOnlyThrough(processor);
  const session = await createSession(system.dev);
  const page = await (await newCustomer(browser)).newPage();
  await payWith(page, session.checkoutUrl, DECLINED);
  await page.getByText('declined this card').first().waitFor();
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
  const { transactionId = '' } = (await getSession(system.dev, session.sessionId)).payment ?? {};
  expect(new URL(page.url()).searchParams.get('transactionId')).toBe(transactionId);
  const entries = await journal(processor);
  expect(entries.map(({ status, lastFour }) => [status, lastFour])).toEqual([
    ['declined', '0002'],
    ['approved', '4242'],
  ]);
  expect(entries.at(-1)).toMatchObject({
    kind: 'sale',
    reference: transactionId,
    amountMinor: 1840,
    currency: 'USD',
  });
});
