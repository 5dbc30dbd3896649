// The developers' page: a person watches how a payment whose answer is lost is settled, and who has no keys sees nothing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { pay, preparePay } from './browserless.ts';
import { newCustomer } from './customer.ts';
import { createSession } from './merchant.ts';
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

const waitMs = 20_000;
const untilFirst = (page: Page, list: string, text: string): Promise<void> =>
  page.locator(`#${list} li`).first().filter({ hasText: text }).waitFor({ timeout: waitMs });

test('a payment whose answer is lost is seen unknown, and settled when the clock has moved', async () => {
  const page = await (await newCustomer(browser)).newPage();
  await page.setViewportSize({ width: 320, height: 800 });
  const addresses = new Set<string>();
  page.on('request', (request) => addresses.add(request.url()));
  await page.goto(`${system.dev.checkoutUrl}/sandbox`);
  expect(await page.locator('#watched').isVisible()).toBe(false);

  await page.fill('#merchant-key', system.dev.merchantKey);
  await page.fill('#vault-key', 'vk_wrong');
  await page.keyboard.press('Enter');
  await page.locator('#problem:not(:empty)').waitFor();
  expect(await page.locator('#watched').isVisible()).toBe(false);
  await page.fill('#vault-key', system.dev.vaultKey);
  await page.keyboard.press('Enter');
  await page.locator('#watched').waitFor();

  await page.fill('#steps', 'nonsense');
  await page.keyboard.press('Enter');
  await page.locator('#problem', { hasText: 'steps[0]: unknown step nonsense' }).waitFor();
  // Also after the next looks.
  await page.waitForTimeout(1_200);
  expect(await page.textContent('#problem')).toContain('unknown step nonsense');
  await page.fill('#steps', 'timeout_after_accept');
  await page.fill('#card', '4242');
  await page.keyboard.press('Enter');
  await untilFirst(page, 'programs', 'timeout_after_accept');

  expect(await page.textContent('#problem')).toBe('');

  // Time stands still, so that nothing but the person settles it.
  await page.click('#freeze');
  await page.locator('#time', { hasText: 'stopped' }).waitFor();
  const { sessionId } = await createSession(system.dev);
  await untilFirst(page, 'sessions', sessionId);
  const paid = pay(system.dev, await preparePay(system.dev, sessionId, '4242424242424242'));
  await untilFirst(page, 'attempts', 'unknown');
  await untilFirst(page, 'journal', 'sale, approved');
  await untilFirst(page, 'sessions', 'pending, processing');
  await paid;

  await page.fill('#seconds', '3600');
  await page.keyboard.press('Enter');
  await untilFirst(page, 'attempts', 'approved');
  await untilFirst(page, 'sessions', 'completed');
  await page.locator('#events li', { hasText: 'session.completed' }).waitFor();

  await page.click('#settle');
  await untilFirst(page, 'journal', 'settled');
  await page.click('#forget');
  await untilFirst(page, 'programs', 'No programs');
  await page.click('#reset');
  await page.locator('#news', { hasText: 'Real time.' }).waitFor();

  expect(await axeProblems(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  for (const text of [stored, ...addresses]) {
    expect(text).not.toContain(system.dev.merchantKey);
    expect(text).not.toContain(system.dev.vaultKey);
  }
  expect([...addresses].filter((address) => !address.startsWith(`${system.dev.checkoutUrl}/`))).toEqual([]);
  await page.context().close();
});
