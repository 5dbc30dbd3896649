// A session whose time is up while the customer looks at it, and one that is opened too late.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeProblems } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { openPage, pageCall } from './browserless.ts';
import { newCustomer, openCheckout } from './customer.ts';
import { heardBy, openEmbeddingShop, untilHeard } from './embedding-shop.ts';
import { createSession, getSession } from './merchant.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ SESSION_LIFETIME_SECONDS: '12' }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

test.concurrent('an open page says that it has expired, and its button leads to cancelUrl', async () => {
  const session = await createSession(system.dev);
  const page = await (await newCustomer(browser)).newPage();
  await openCheckout(page, session.checkoutUrl);
  await page.getByText('This page has expired').waitFor();
  expect(await axeProblems(page)).toEqual([]);
  expect((await getSession(system.dev, session.sessionId)).status).toBe('expired');
  const reopened = await page.goto(session.checkoutUrl);
  expect(reopened?.status()).toBe(410);
  await page.getByRole('link', { name: /Return to/ }).click();
  await page.waitForURL(/\/e2e\/cart/);
  expect(new URL(page.url()).search).toBe('');
});

test.concurrent('a shop that embeds the page hears once that it has expired, and again when it opens it too late', async () => {
  const shop = await openEmbeddingShop();
  const fields = { embedMode: 'iframe', parentOrigin: shop.origin };
  const session = await createSession(system.dev, fields);
  shop.show(session.embedCode);
  const page = await (await newCustomer(browser)).newPage();
  const expired = {
    origin: system.dev.checkoutUrl,
    message: { source: 'ozura-checkout', version: 1, sessionId: session.sessionId, type: 'CHECKOUT_EXPIRED' },
  };
  await page.goto(shop.origin);
  expect(await untilHeard(page, 'CHECKOUT_EXPIRED')).toEqual(expired);
  expect((await heardBy(page)).map(({ message }) => message.type)).toEqual(['CHECKOUT_READY', 'CHECKOUT_EXPIRED']);
  await page.reload();
  expect(await untilHeard(page, 'CHECKOUT_EXPIRED')).toEqual(expired);
  shop.close();
});

describe('two minutes before its end', () => {
  let patient: System;
  beforeAll(async () => {
    patient = await startSystem({ SESSION_LIFETIME_SECONDS: '130' });
  });
  afterAll(() => patient?.stop());

  const endOf = async (sessionId: string): Promise<number> =>
    Date.parse((await getSession(patient.dev, sessionId)).expiresAt);

  test.concurrent('the page offers more time, keeps what is typed, and offers again before the new end', async () => {
    const { sessionId, checkoutUrl } = await createSession(patient.dev);
    const page = await (await newCustomer(browser)).newPage();
    await openCheckout(page, checkoutUrl);
    await page.fill('#firstName', 'Ines');
    const dialog = page.getByRole('dialog', { name: 'Do you need more time?' });
    const before = await endOf(sessionId);
    await dialog.waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('extend');
    expect(await axeProblems(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('You have more time now.').waitFor({ state: 'attached' });
    expect(await dialog.isVisible()).toBe(false);
    expect(await endOf(sessionId)).toBeGreaterThan(before);
    expect(await page.inputValue('#firstName')).toBe('Ines');
    await dialog.waitFor();
  });

  test.concurrent('a page that cannot be kept open any longer says so, and the other button cancels', async () => {
    const { sessionId, checkoutUrl } = await createSession(patient.dev);
    const credential = await openPage(patient.dev, sessionId);
    const extend = () => pageCall(patient.dev, { sessionId, credential, body: {} }, 'extend');
    const page = await (await newCustomer(browser)).newPage();
    await openCheckout(page, checkoutUrl);
    for (let count = 0; count < 10; count += 1) expect((await extend()).status).toBe(200);
    await page.click('#extend');
    await page.getByText('This page cannot be kept open any longer').waitFor();
    const other = await page.context().newPage();
    await openCheckout(other, checkoutUrl);
    await other.click('#leave');
    await other.waitForURL(/\/e2e\/cart$/);
    expect((await getSession(patient.dev, sessionId)).status).toBe('cancelled');
  });
});
