// How the hosted page looks and weighs: every state at three widths, light and dark. Pictures for people are taken when
// SHOTS_DIR names a folder for them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { weighHostedPage } from '@ozura/bench/page-weight';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { openCheckout } from './customer.ts';
import { createSession } from './merchant.ts';
import { PAGE_STATES } from './page-states.ts';
import { type System, startSystem } from './system.ts';

const WIDTHS = [320, 768, 1280];
const SCHEMES = ['light', 'dark'] as const;
const weightMaxBytes = 25 * 1024;
/** Smallest target of a finger (WCAG 2.5.8). */
const targetMinPx = 24;

const shots = process.env.SHOTS_DIR;
let system: System;
let browser: Browser;

beforeAll(async () => {
  if (shots !== undefined) mkdirSync(shots, { recursive: true });
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

test.each(Object.keys(PAGE_STATES))(
  'the page "%s" fits, keeps its policy and can be used by everybody',
  async (state) => {
    const customer = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
    const page = await customer.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => /policy|refused|blocked/i.test(message.text()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await PAGE_STATES[state]?.(page, system.dev);
    for (const colorScheme of SCHEMES) {
      // Colours that are still on their way are nobody's; the frames hear of theirs a moment later.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(150);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        if (shots !== undefined) {
          await page.screenshot({ path: join(shots, `${state}-${width}-${colorScheme}.png`), fullPage: true });
        }
        // What a scheme changes is colours, which no width does.
        const seen = colorScheme === 'light' || width === WIDTHS.at(-1) ? await axeProblems(page) : [];
        const found = [...(await overflow(page)), ...(await smallTargets(page)), ...seen];
        complaints.push(...found.map((problem) => `${width} px, ${colorScheme}: ${problem}`));
      }
    }
    // Chromium does not know one of the features that the page switches off, and says so.
    expect(complaints.filter((text) => !text.includes("Unrecognized feature: 'bluetooth'"))).toEqual([]);
    await customer.close();
  },
);

const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const tooWidePx = document.documentElement.scrollWidth - innerWidth;
    return tooWidePx > 0 ? [`${tooWidePx} px too wide`] : [];
  });

const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(
    (min) =>
      [...document.querySelectorAll('a, button, input, select, .frame')]
        .filter((target) => target.checkVisibility())
        .filter((target) => Math.min(target.clientHeight, target.getBoundingClientRect().height) < min)
        .map((target) => `too small: ${target.id || target.textContent || target.tagName}`),
    targetMinPx,
  );

test('words that nothing breaks leave the page as it is', async () => {
  const word = 'Donaudampfschifffahrtsgesellschaft'.repeat(6).slice(0, 190);
  const item = {
    name: word,
    price: '99999.99',
    originalPrice: '100000',
    quantity: 1,
    discountLabel: word.slice(0, 40),
  };
  const appearance = { cancelButtonText: 'W'.repeat(40), fontSize: 'xl' };
  const items = Array.from({ length: 8 }, () => ({ ...item, description: word }));
  const session = await createSession(system.dev, { merchantName: word, amount: undefined, items, appearance });
  const page = await browser.newPage({ locale: 'de-DE' });
  await page.goto(session.checkoutUrl);
  await page.click('.why summary');
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 600 });
    const found = await page.evaluate(() => {
      const [card, form, footer] = ['main', 'form', 'footer'].map(
        (part) => document.querySelector(part) as HTMLElement,
      );
      return {
        // Of what the card cuts off.
        tooWidePx: (card?.scrollWidth ?? 0) - (card?.clientWidth ?? 0),
        formPart: Math.round(((form?.clientWidth ?? 0) / (card?.clientWidth ?? 1)) * 100),
        belowPx: document.documentElement.scrollHeight - scrollY - (footer?.getBoundingClientRect().bottom ?? 0),
      };
    });
    expect([width, found.tooWidePx, found.formPart]).toEqual([width, 0, width === 320 ? 100 : 56]);
    expect(found.belowPx).toBeLessThan(50);
  }
  await page.close();
});

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
