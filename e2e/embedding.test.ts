// The checkout in a shop of another origin, opened by the code that the API gave for each mode: what the shop hears
// (contract 3.3), and where the customer goes (2.6).
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problemsIn } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { pay, preparePay } from './browserless.ts';
import { APPROVED, DECLINED, fillBilling, newCustomer, pressPay, typeCard, untilFields } from './customer.ts';
import { type EmbeddingShop, heardBy, openEmbeddingShop, untilHeard } from './embedding-shop.ts';
import { type CreatedSession, createSession, getSession } from './merchant.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;
let shop: EmbeddingShop;
let customer: BrowserContext;

beforeAll(async () => {
  [system, browser, shop] = await Promise.all([startSystem(), launchBrowser(), openEmbeddingShop()]);
});
beforeEach(async () => {
  customer = await newCustomer(browser);
});
afterEach(() => customer.close());
afterAll(async () => {
  await browser?.close();
  shop?.close();
  await system?.stop();
});

type Mode = 'redirect' | 'popup' | 'iframe' | 'new_tab';
interface Opened {
  readonly session: CreatedSession;
  readonly store: Page;
}

/** A customer in front of the shop's page with the code of a session. */
async function atShop(embedMode: Mode, more: Record<string, unknown> = {}): Promise<Opened> {
  const fields = { embedMode, metadata: { cart: 'c-771' }, ...shop.urls, ...more };
  const parent = embedMode === 'redirect' || 'parentOrigin' in more ? {} : { parentOrigin: shop.origin };
  const session = await createSession(system.dev, { ...fields, ...parent });
  shop.show(session.embedCode);
  const store = await customer.newPage();
  await store.goto(`${shop.origin}/`);
  return { session, store };
}

async function frameOf(store: Page): Promise<Frame> {
  const frame = await (await store.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no page');
  return frame;
}

async function windowOf(store: Page): Promise<Page> {
  const [opened] = await Promise.all([store.waitForEvent('popup'), store.click('a')]);
  await opened.waitForLoadState();
  return opened;
}

async function payIn(checkout: Frame | Page, card = APPROVED): Promise<void> {
  await untilFields(checkout);
  await fillBilling(checkout);
  await typeCard(checkout, card);
  await pressPay(checkout);
}

const ours = ({ sessionId }: CreatedSession) => ({ source: 'ozura-checkout', version: 1, sessionId });
const typesOf = async (store: Page): Promise<unknown[]> => (await heardBy(store)).map(({ message }) => message.type);
const expectPaid = async (session: CreatedSession, message: Readonly<Record<string, unknown>>): Promise<void> => {
  const { payment } = await getSession(system.dev, session.sessionId);
  expect(message).toEqual({
    ...ours(session),
    type: 'PAYMENT_SUCCESS',
    paymentData: {
      success: true,
      sessionId: session.sessionId,
      checkoutMode: 'payment',
      transactionType: 'sale',
      transactionId: payment?.transactionId,
      amount: '18.40',
      currency: 'USD',
      transDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      cardLastFour: '4242',
      cardExpMonth: '11',
      cardExpYear: '29',
      cardBrand: 'VISA',
      metadata: { cart: 'c-771' },
    },
  });
};

describe('in an iframe', () => {
  test('a declined card and a paid one are told to the shop, and the frame goes to successUrl', async () => {
    const { session, store } = await atShop('iframe');
    const frame = await frameOf(store);
    await payIn(frame, DECLINED);
    const failed = await untilHeard(store, 'PAYMENT_ERROR');
    expect(failed).toEqual({
      origin: system.dev.checkoutUrl,
      message: {
        ...ours(session),
        type: 'PAYMENT_ERROR',
        error: expect.stringMatching(/\w/),
        errorCode: 'CARD_DECLINED',
        attemptsLeft: 4,
      },
    });
    await typeCard(frame, APPROVED);
    await pressPay(frame);
    const paid = await untilHeard(store, 'PAYMENT_SUCCESS');
    await expectPaid(session, paid.message);
    await frame.waitForURL(/\/thanks\?order=7&success=true/);
    expect(await typesOf(store)).toEqual(['CHECKOUT_READY', 'PAYMENT_ERROR', 'PAYMENT_SUCCESS']);
    expect((await heardBy(store))[0]).toEqual({
      origin: system.dev.checkoutUrl,
      message: { ...ours(session), type: 'CHECKOUT_READY' },
    });
  });

  test('the shop makes the frame as high as its content, also when that gets lower again', async () => {
    const { session, store } = await atShop('iframe');
    const frame = await frameOf(store);
    await untilFields(frame);
    const fits = () => frame.evaluate(() => innerHeight - document.documentElement.getBoundingClientRect().height);
    await expect.poll(fits).toBeLessThan(1);
    const before = await frame.evaluate(() => innerHeight);
    await pressPay(frame);
    await expect.poll(() => frame.evaluate(() => innerHeight)).toBeGreaterThan(before);
    await fillBilling(frame);
    await pressPay(frame);
    await expect.poll(fits).toBeLessThan(1);
    const told = await store.evaluate(() => (globalThis as unknown as { heard: { message: object }[] }).heard);
    expect(told.map(({ message }) => message)).toContainEqual({
      ...ours(session),
      type: 'CHECKOUT_RESIZE',
      height: before,
    });
  });

  test('a page that is reopened during the payment tells its end', async () => {
    const { session, store } = await atShop('iframe');
    const frame = await frameOf(store);
    await untilFields(frame);
    await fillBilling(frame, { lastName: 'TEST slow:2' });
    await typeCard(frame, APPROVED);
    await pressPay(frame);
    await expect.poll(async () => (await getSession(system.dev, session.sessionId)).paymentState).toBe('processing');
    await store.reload();
    await expectPaid(session, (await untilHeard(store, 'PAYMENT_SUCCESS')).message);
    await (await frameOf(store)).waitForURL(/\/thanks/);
    await store.goto(`${shop.origin}/`);
    await (await frameOf(store)).getByText('Go to your confirmation').click();
    await expectPaid(session, (await untilHeard(store, 'PAYMENT_SUCCESS')).message);
  });

  test('cancel is told, and the frame goes to cancelUrl with nothing appended', async () => {
    const { session, store } = await atShop('iframe');
    const frame = await frameOf(store);
    await untilFields(frame);
    await frame.click('#cancel');
    expect((await untilHeard(store, 'CHECKOUT_CANCELLED')).message).toEqual({
      ...ours(session),
      type: 'CHECKOUT_CANCELLED',
    });
    await frame.waitForURL(`${shop.origin}/cart`);
    expect((await getSession(system.dev, session.sessionId)).status).toBe('cancelled');
  });

  test('another origin can neither hold the page nor hear it', async () => {
    const { store } = await atShop('iframe', { parentOrigin: 'https://shop.example' });
    await store.waitForTimeout(500);
    const frame = await frameOf(store);
    expect(await frame.locator('#form').count()).toBe(0);
    expect(await heardBy(store)).toEqual([]);
  });
});

describe.each(['popup', 'new_tab'] as const)('in mode %s', (mode) => {
  test('a payment is told to the shop, and the window closes', async () => {
    const { session, store } = await atShop(mode);
    const checkout = await windowOf(store);
    const closed = checkout.waitForEvent('close');
    await payIn(checkout);
    await closed;
    const paid = await untilHeard(store, 'PAYMENT_SUCCESS');
    expect(paid.origin).toBe(system.dev.checkoutUrl);
    await expectPaid(session, paid.message);
    expect(await typesOf(store)).toEqual(['CHECKOUT_READY', 'PAYMENT_SUCCESS']);
  });

  test('cancel is told, and a window that does not close goes to cancelUrl after half a second', async () => {
    await customer.addInitScript(() => {
      window.close = () => undefined;
    });
    const { store } = await atShop(mode);
    const checkout = await windowOf(store);
    await untilFields(checkout);
    const clickedAtMs = performance.now();
    await checkout.click('#cancel');
    await untilHeard(store, 'CHECKOUT_CANCELLED');
    await checkout.waitForURL(`${shop.origin}/cart`);
    expect(performance.now() - clickedAtMs).toBeGreaterThan(500);
    expect(await typesOf(store)).toEqual(['CHECKOUT_READY', 'CHECKOUT_CANCELLED']);
  });
});

test('a popup without the shop that opened it, or whose shop was closed, redirects as in redirect mode', async () => {
  const { session, store } = await atShop('popup');
  const alone = await customer.newPage();
  await alone.goto(session.checkoutUrl);
  const left = await windowOf(store);
  for (const page of [alone, left]) await untilFields(page);
  await store.close();
  for (const page of [left, alone]) {
    await page.click('#cancel');
    await page.waitForURL(`${shop.origin}/cart`);
  }
});

test('a shop of another origin than the session names hears nothing', async () => {
  const { store } = await atShop('popup', { parentOrigin: 'https://shop.example' });
  const checkout = await windowOf(store);
  await untilFields(checkout);
  const closed = checkout.waitForEvent('close');
  await checkout.click('#cancel');
  await closed;
  expect(await heardBy(store)).toEqual([]);
});

test('a popup that the browser blocks opens as a tab, in the same click', async () => {
  await customer.addInitScript(() => {
    window.open = () => null;
  });
  const { store } = await atShop('popup');
  const checkout = await windowOf(store);
  await untilFields(checkout);
  await untilHeard(store, 'CHECKOUT_READY');
});

test('a new tab without a parentOrigin tells nothing and redirects', async () => {
  const { store } = await atShop('new_tab', { parentOrigin: undefined });
  const checkout = await windowOf(store);
  await payIn(checkout);
  await checkout.waitForURL(/\/thanks\?order=7&success=true/);
  expect(await heardBy(store)).toEqual([]);
});

test('in redirect mode the customer goes there and back in one window', async () => {
  const { session, store } = await atShop('redirect');
  await store.click('a');
  await payIn(store);
  await store.waitForURL(/\/thanks\?order=7&success=true/);
  expect(new URL(store.url()).searchParams.get('sessionId')).toBe(session.sessionId);
});

describe('a session that has failed', () => {
  const decline = async ({ sessionId }: CreatedSession, times: number): Promise<void> => {
    for (let attempt = 0; attempt < times; attempt += 1) {
      await pay(system.dev, await preparePay(system.dev, sessionId, DECLINED.number));
    }
  };
  const fail = async (session: CreatedSession): Promise<void> => {
    await decline(session, 5);
    expect((await getSession(system.dev, session.sessionId)).status).toBe('failed');
  };
  const error = { type: 'CHECKOUT_ERROR', error: 'This checkout session has failed', errorCode: 'SESSION_FAILED' };

  test('is told to the shop that opens it in an iframe, and the frame goes to errorUrl', async () => {
    const { session, store } = await atShop('iframe');
    await fail(session);
    await store.reload();
    expect((await untilHeard(store, 'CHECKOUT_ERROR')).message).toEqual({ ...ours(session), ...error });
    await (await frameOf(store)).waitForURL(/\/sorry\?success=false&errorCode=SESSION_FAILED/);
    expect(await typesOf(store)).toEqual(['CHECKOUT_ERROR']);
  });

  test('is told at the fifth declined card, and our own error page leads back from inside the frame', async () => {
    const { session, store } = await atShop('iframe', { errorUrl: `${system.dev.checkoutUrl}/error` });
    const frame = await frameOf(store);
    await untilFields(frame);
    await decline(session, 4);
    await payIn(frame, DECLINED);
    const forbidden = { error: 'Too many failed payment attempts', errorCode: 'FORBIDDEN' };
    expect((await untilHeard(store, 'CHECKOUT_ERROR')).message).toEqual({
      ...ours(session),
      type: 'CHECKOUT_ERROR',
      ...forbidden,
    });
    await frame.waitForURL(/\/error\?success=false&errorCode=FORBIDDEN/);
    await frame.getByText(forbidden.error).waitFor();
    expect(await problemsIn(frame)).toEqual([]);
    await frame.getByRole('link', { name: 'Return to Store' }).click();
    await frame.waitForURL(`${shop.origin}/cart`);
    expect(await typesOf(store)).toEqual(['CHECKOUT_READY', 'CHECKOUT_ERROR']);
  });

  test('is told to the shop that opens it in a popup, and the window closes', async () => {
    const { session, store } = await atShop('popup');
    await fail(session);
    const [checkout] = await Promise.all([store.waitForEvent('popup'), store.click('a')]);
    if (!checkout.isClosed()) await checkout.waitForEvent('close');
    expect((await untilHeard(store, 'CHECKOUT_ERROR')).message).toEqual({ ...ours(session), ...error });
  });

  test('leaves at once in redirect mode', async () => {
    const { session, store } = await atShop('redirect');
    await fail(session);
    await store.click('a');
    await store.waitForURL(/\/sorry\?success=false&errorCode=SESSION_FAILED/);
  });
});

describe('where the iframe cannot show the card fields', () => {
  /** As an extension does, in frames only: in a window of its own the fields work. */
  async function withBlockedFields(more: Record<string, unknown> = {}): Promise<Opened & { readonly frame: Frame }> {
    await customer.route(`${system.dev.elementsUrl}/**`, (route) => {
      const checkout = route.request().frame().parentFrame();
      return checkout?.parentFrame() === null ? route.continue() : route.abort();
    });
    await customer.clock.install();
    const { session, store } = await atShop('iframe', more);
    const frame = await frameOf(store);
    await frame.locator('#cardNumber iframe').waitFor();
    await customer.clock.fastForward(10_000);
    await frame.locator('#blocked').waitFor();
    expect(await frame.locator('#cardNumber').isVisible()).toBe(false);
    return { session, store, frame };
  }

  test('a popup takes the payment, and the shop hears all of it from the iframe', async () => {
    const { session, store, frame } = await withBlockedFields();
    const [popup] = await Promise.all([store.waitForEvent('popup'), frame.click('#open-window')]);
    await frame.getByText('Please go on in the window').waitFor();
    expect(await problemsIn(frame)).toEqual([]);
    await payIn(popup, DECLINED);
    await untilHeard(store, 'PAYMENT_ERROR');
    await typeCard(popup, APPROVED);
    const closed = popup.waitForEvent('close');
    await pressPay(popup);
    await closed;
    await expectPaid(session, (await untilHeard(store, 'PAYMENT_SUCCESS')).message);
    await frame.waitForURL(/\/thanks\?order=7&success=true/);
    expect(await typesOf(store)).toEqual(['CHECKOUT_READY', 'PAYMENT_ERROR', 'PAYMENT_SUCCESS']);
  });

  test('a window that the browser keeps apart redirects by itself, and the shop hears of its end all the same', async () => {
    await customer.addInitScript(() => {
      if (parent === window) window.opener = null;
    });
    const { session, store, frame } = await withBlockedFields();
    const [popup] = await Promise.all([store.waitForEvent('popup'), frame.click('#open-window')]);
    await payIn(popup);
    await popup.waitForURL(/\/thanks\?order=7&success=true/);
    await expectPaid(session, (await untilHeard(store, 'PAYMENT_SUCCESS')).message);
    await frame.waitForURL(/\/thanks\?order=7&success=true/);
    expect(await typesOf(store)).toEqual(['PAYMENT_SUCCESS']);
  });

  test('a message that looks like ours and comes from elsewhere is not passed on', async () => {
    const { session, store, frame } = await withBlockedFields();
    const forged = { ...ours(session), type: 'PAYMENT_SUCCESS', paymentData: {} };
    await store.evaluate(
      (message) => document.querySelector('iframe')?.contentWindow?.postMessage(message, '*'),
      forged,
    );
    await store.waitForTimeout(300);
    expect(await heardBy(store)).toEqual([]);
    await frame.locator('#form').waitFor();
  });

  test('the blocked popup becomes a tab, and a blocked tab the whole window', async () => {
    const { session, store, frame } = await withBlockedFields();
    await frame.evaluate(() => {
      const open = window.open.bind(window);
      window.open = (url, target) => (target === '_blank' ? open(url) : null);
    });
    const [tab] = await Promise.all([store.waitForEvent('popup'), frame.click('#open-window')]);
    await untilFields(tab);
    await untilHeard(store, 'CHECKOUT_READY');
    await tab.close();
    await frame.evaluate(() => {
      window.open = () => null;
    });
    await frame.click('#open-window');
    await store.waitForURL(session.checkoutUrl);
    await untilFields(store);
  });

  test('fields that were merely slow are shown when they come, and the payment goes on inside', async () => {
    let arrive = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await customer.route(`${system.dev.elementsUrl}/v1/frame/*`, async (route) => {
      await late;
      await route.continue();
    });
    await customer.clock.install();
    // The shop's page has not loaded either before its frames have.
    const opened = customer.waitForEvent('page');
    const opening = atShop('iframe');
    const store = await opened;
    const frame = await frameOf(store);
    await frame.locator('#cardNumber iframe').waitFor();
    await customer.clock.fastForward(10_000);
    await frame.locator('#blocked').waitFor();
    arrive();
    const { session } = await opening;
    await frame.locator('#cardNumber').waitFor();
    expect(await frame.locator('#blocked').isVisible()).toBe(false);
    await payIn(frame);
    await expectPaid(session, (await untilHeard(store, 'PAYMENT_SUCCESS')).message);
  });

  test('without allowPopup it says so, and leads to cancelUrl', async () => {
    const { store, frame } = await withBlockedFields({ allowPopup: false });
    expect(await frame.locator('#open-window').count()).toBe(0);
    await frame.click('#blocked a');
    await frame.waitForURL(`${shop.origin}/cart`);
    expect(await heardBy(store)).toEqual([]);
  });
});
