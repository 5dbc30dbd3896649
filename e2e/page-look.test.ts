// How the hosted page looks and weighs: every state at three widths, light and dark. The pictures are kept for people
// in the folder that SHOTS_DIR names, else in a temporary one.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { weighHostedPage } from '@ozura/bench/page-weight';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { pay, preparePay } from './browserless.ts';
import { DECLINED, fillBilling, openCheckout, payWith, pressPay, typeCard } from './customer.ts';
import { createSession } from './merchant.ts';
import { createPaymentLink, openPaymentLink } from './payment-links.ts';
import { type System, startSystem } from './system.ts';

const WIDTHS = [320, 768, 1280];
const SCHEMES = ['light', 'dark'] as const;
/** The target is 25 KB; nothing may bring it back to the 40 KB of other card fields alone. */
const weightMaxBytes = 29 * 1024;
/** Smallest target of a finger (WCAG 2.5.8). */
const targetMinPx = 24;

const shots = process.env.SHOTS_DIR ?? mkdtempSync(join(tmpdir(), 'ozura-shots-'));
let system: System;
let browser: Browser;
let usedUpLink: string;

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  const link = await createPaymentLink(system.dev, { usageLimit: 1 });
  await pay(system.dev, await preparePay(system.dev, await openPaymentLink(link), '4242424242424242'));
  usedUpLink = link.url;
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const cart = {
  amount: '18.40',
  surchargePercent: '3.00',
  items: [
    {
      name: 'Stovetop kettle, enamel, 1.5 l',
      price: '12.40',
      quantity: 1,
      originalPrice: '16.00',
      discountLabel: '-22%',
    },
    { name: 'Tea towel', description: 'Linen, blue stripes', price: '3.00', quantity: 2 },
  ],
};

const donation = {
  amount: undefined,
  checkoutMode: 'donation',
  surchargePercent: '3.00',
  donationConfig: { presets: ['5', '10', '25', '50', '100'], minAmount: 5, maxAmount: 500 },
};
const plan = {
  amount: '20.00',
  checkoutMode: 'recurring',
  surchargePercent: '3.00',
  recurringConfig: {
    planName: 'Kettle Club Gold',
    interval: 'monthly',
    startDate: '2037-01-01',
    maxCycles: 12,
    endDate: '2038-12-31',
    setupFee: '5.00',
    initialAmount: '9.99',
    initialCycles: 3,
  },
};

const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async form(page) {
    await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
  },
  async cart(page) {
    await openCheckout(page, (await createSession(system.dev, cart)).checkoutUrl);
    await fillBilling(page);
    await typeCard(page, DECLINED);
  },
  async donation(page) {
    await openCheckout(page, (await createSession(system.dev, donation)).checkoutUrl);
    await page.check('input[value="25.00"]');
  },
  async plan(page) {
    await openCheckout(page, (await createSession(system.dev, plan)).checkoutUrl);
  },
  async errors(page) {
    await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
    await pressPay(page);
    await page.locator('#problems').waitFor();
  },
  async declined(page) {
    await payWith(page, (await createSession(system.dev)).checkoutUrl, DECLINED);
    await page.getByText('declined this card').first().waitFor();
  },
  async cancelled(page) {
    const { checkoutUrl } = await createSession(system.dev);
    await openCheckout(page, checkoutUrl);
    await page.click('#cancel');
    await page.waitForURL(/\/e2e\/cart/);
    await page.goto(checkoutUrl);
  },
  async unknown(page) {
    await page.goto(`${system.dev.checkoutUrl}/checkout/session_unknown`);
  },
  async linkUsedUp(page) {
    await page.goto(usedUpLink);
  },
  async error(page) {
    await page.goto(`${system.dev.checkoutUrl}/error?errorCode=SYSTEM_ERROR`);
  },
};

describe.each(SCHEMES)('in a %s browser', (colorScheme) => {
  describe.each(WIDTHS)('%i px wide', (width) => {
    test.each(Object.keys(STATES))('the page "%s" fits, keeps its policy and can be touched', async (state) => {
      const customer = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: 'en-US' });
      const page = await customer.newPage();
      const complaints: string[] = [];
      page.on(
        'console',
        (message) => /policy|refused|blocked/i.test(message.text()) && complaints.push(message.text()),
      );
      page.on('pageerror', (error) => complaints.push(error.message));
      await STATES[state]?.(page);
      await page.screenshot({ path: join(shots, `${state}-${width}-${colorScheme}.png`), fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      expect(await smallTargets(page)).toEqual([]);
      // Chromium does not know one of the features that the page switches off, and says so.
      expect(complaints.filter((text) => !text.includes("Unrecognized feature: 'bluetooth'"))).toEqual([]);
      await customer.close();
    });
  });
});

const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(
    (min) =>
      [...document.querySelectorAll('a, button, input, select, .frame')]
        .filter((target) => target.checkVisibility())
        .filter((target) => Math.min(target.clientHeight, target.getBoundingClientRect().height) < min)
        .map((target) => target.id || target.textContent || target.tagName),
    targetMinPx,
  );

test('nothing on the page moves while the card fields arrive', async () => {
  const page = await browser.newPage({ locale: 'en-US' });
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value } = entry as PerformanceEntry & { value: number };
        document.documentElement.dataset.shift = String(Number(document.documentElement.dataset.shift ?? 0) + value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
  await page.waitForTimeout(300);
  expect(Number(await page.evaluate(() => document.documentElement.dataset.shift ?? '0'))).toBeLessThanOrEqual(0.02);
  await page.close();
});

test('the page with its frames is light, and everything on it is ours', async () => {
  const weights = await weighHostedPage(browser, system.dev);
  // The three fields share their files, which a browser loads once.
  const files = new Map(weights.map(({ what, bytes }) => [what, bytes]));
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(total).toBeLessThanOrEqual(weightMaxBytes);
});
