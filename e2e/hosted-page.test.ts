// The main job, in a real browser: a customer pays on the hosted page, and everything that customers do besides.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import {
  APPROVED,
  DECLINED,
  fillBilling,
  newCustomer,
  openCheckout,
  payWith,
  pressPay,
  typeCard,
  typeInto,
} from './customer.ts';
import { type CreatedSession, createSession, getSession, untilStatus } from './merchant.ts';
import { approvedSales } from './processor.ts';
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

async function newPage(): Promise<Page> {
  return (await newCustomer(browser)).newPage();
}

const approvedFor = (session: CreatedSession): number => approvedSales(system.dataDir, session.sessionId);

test('a customer pays and lands on the success page with the documented parameters', async () => {
  const session = await createSession(system.dev, { metadata: { cart: 'c-771' } });
  const page = await newPage();
  await payWith(page, session.checkoutUrl, APPROVED);
  await page.waitForURL(/\/e2e\/thanks/);
  const landed = new URL(page.url()).searchParams;
  expect([...landed.keys()]).toEqual([
    'order',
    'success',
    'sessionId',
    'checkoutMode',
    'transactionType',
    'transactionId',
    'amount',
    'currency',
    'ozuraMerchantId',
    'transDate',
    'cardLastFour',
    'cardExpMonth',
    'cardExpYear',
    'cardBrand',
    'metadata',
    'keyId',
    'signedAt',
    'signature',
  ]);
  expect(Object.fromEntries(landed)).toMatchObject({
    order: '7',
    success: 'true',
    sessionId: session.sessionId,
    amount: '18.40',
    currency: 'USD',
    cardLastFour: '4242',
    cardBrand: 'VISA',
    metadata: '{"cart":"c-771"}',
  });
  const read = await getSession(system.dev, session.sessionId);
  expect(read).toMatchObject({ status: 'completed', paymentState: null, payment: { amount: '18.40' } });
  expect(read.billing).toBeUndefined();
  expect((await getSession(system.dev, session.sessionId, true)).billing?.email).toBe('ines@example.com');
  expect(approvedFor(session)).toBe(1);
});

test('a declined card stays on the page and another one pays', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await payWith(page, session.checkoutUrl, DECLINED);
  await page.getByText('declined this card').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/checkout/${session.sessionId}`);
  expect((await getSession(system.dev, session.sessionId)).status).toBe('pending');
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
  expect(approvedFor(session)).toBe(1);
});

test('the fifth declined card ends the session at errorUrl', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await payWith(page, session.checkoutUrl, DECLINED);
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    await page
      .getByText(/declined this card/)
      .first()
      .waitFor();
    await page.locator('button[type=submit]:enabled').waitFor();
    await typeCard(page, DECLINED);
    await pressPay(page);
  }
  await page.waitForURL(/\/e2e\/error/);
  expect(new URL(page.url()).searchParams.get('errorCode')).toBe('FORBIDDEN');
  expect((await getSession(system.dev, session.sessionId)).status).toBe('failed');
});

test('cancel leads to cancelUrl with nothing appended', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  await page.waitForURL(/\/e2e\/cart/);
  expect(new URL(page.url()).search).toBe('');
  expect((await getSession(system.dev, session.sessionId)).status).toBe('cancelled');
});

test('a double click pays once', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await page.dblclick('button[type=submit]');
  await page.waitForURL(/\/e2e\/thanks/);
  expect(approvedFor(session)).toBe(1);
});

test('Enter in a card field pays', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/e2e\/thanks/);
  expect(approvedFor(session)).toBe(1);
});

test('a reload while paying waits for the outcome and leads to the success page', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  // The sandbox answers after three seconds.
  await fillBilling(page, { lastName: 'TEST slow:3' });
  await typeCard(page, APPROVED);
  await pressPay(page);
  await expect.poll(async () => (await getSession(system.dev, session.sessionId)).paymentState).toBe('processing');
  await page.reload();
  await page.waitForURL(/\/e2e\/thanks/);
  expect((await getSession(system.dev, session.sessionId)).status).toBe('completed');
  expect(approvedFor(session)).toBe(1);
});

test('a reload at the press of the button ends with one charge', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await payWith(page, session.checkoutUrl, APPROVED);
  await page.reload().catch(() => undefined);
  await untilStatus(system.dev, session.sessionId, 'completed', 5_000).catch(async () => {
    // The reload may have come before the call left; then nothing is charged and the page still offers to pay.
    const { status, paymentState } = await getSession(system.dev, session.sessionId);
    if (status === 'pending' && paymentState === null) await payWith(page, session.checkoutUrl, APPROVED);
    await untilStatus(system.dev, session.sessionId, 'completed');
  });
  expect(approvedFor(session)).toBe(1);
});

test('card fields that a reload or "back" brings again can be typed into', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await page.reload();
  await typeCard(page, APPROVED);
  await page.goto(`${system.dev.storeUrl}/`);
  await page.goBack();
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
  expect(approvedFor(session)).toBe(1);
});

test('the back button after paying shows that it is paid', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await page.goto(`${system.dev.storeUrl}/`);
  await payWith(page, session.checkoutUrl, APPROVED);
  await page.waitForURL(/\/e2e\/thanks/);
  await page.goto(session.checkoutUrl);
  await page.getByText('Already paid').first().waitFor();
  await page.goBack().catch(() => undefined);
  await page.goForward().catch(() => undefined);
  await page.getByText('Already paid').first().waitFor();
  expect(approvedFor(session)).toBe(1);
});

test('two tabs that pay the same session make one charge', async () => {
  const session = await createSession(system.dev);
  const customer = await newCustomer(browser);
  const tabs = [await customer.newPage(), await customer.newPage()];
  for (const tab of tabs) {
    await openCheckout(tab, session.checkoutUrl);
    await fillBilling(tab);
    await typeCard(tab, APPROVED);
  }
  await Promise.all(tabs.map(pressPay));
  await untilStatus(system.dev, session.sessionId, 'completed');
  await Promise.any(tabs.map((tab) => tab.waitForURL(/\/e2e\/thanks/)));
  expect(approvedFor(session)).toBe(1);
});

test('a connection that fails while the page loads is tried again, and card fields that come late take their warning away', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  let keys = 0;
  await page.route('**/session-key', (route) => {
    keys += 1;
    return keys === 1 ? route.abort() : route.continue();
  });
  let arrive = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(`${system.dev.elementsUrl}/v1/frame/*`, async (route) => {
    await late;
    await route.continue();
  });
  await page.clock.install();
  await page.goto(session.checkoutUrl, { waitUntil: 'commit' });
  await page.locator('#cardNumber iframe').waitFor();
  await page.clock.fastForward(10_000);
  await page.locator('#card-problem', { hasText: 'could not be loaded' }).waitFor();
  arrive();
  await page.locator('#card-problem', { hasText: /^$/ }).waitFor({ state: 'attached' });
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
  expect(keys).toBe(2);
});

test('a session that ended while nobody looked says so at the press of the button', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await fillBilling(page);
  await typeCard(page, APPROVED);
  const clock = (method: string, path: string, body = {}) =>
    fetch(`${system.dev.checkoutUrl}/api/test/clock${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-api-key': system.dev.vaultKey,
        'x-ozura-api-key': system.dev.merchantKey,
      },
      body: JSON.stringify(body),
    });
  // The page's own clock stands still, as in a computer that sleeps.
  await clock('POST', '/advance', { seconds: 1_801 });
  try {
    await pressPay(page);
    await page.getByText('This page has expired').waitFor();
  } finally {
    await clock('DELETE', '');
  }
});

test('a lost answer is settled by asking the processor', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await payWith(page, session.checkoutUrl, { number: '4012888888881881' });
  await page.waitForURL(/\/e2e\/thanks/, { timeout: 25_000 });
  expect(await getSession(system.dev, session.sessionId)).toMatchObject({ status: 'completed' });
  expect(approvedFor(session)).toBe(1);
});

test('a card that fails at the field never leaves the page', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await fillBilling(page);
  await typeCard(page, { number: '4242424242424241' });
  const calls: string[] = [];
  page.on('request', (request) => calls.push(new URL(request.url()).pathname));
  await pressPay(page);
  await page.locator('#cardNumber-error', { hasText: 'Enter a valid card number' }).waitFor();
  expect(calls).not.toContain(`/api/sessions/${session.sessionId}/pay`);
  await typeInto(page, 'cardNumber', APPROVED.number);
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
});

test('missing details are named beside their fields', async () => {
  const session = await createSession(system.dev);
  const page = await newPage();
  await openCheckout(page, session.checkoutUrl);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.getByText('E-mail is required').first().waitFor();
  await page.getByText('First name is required').first().waitFor();
  expect((await getSession(system.dev, session.sessionId)).status).toBe('pending');
});
