// What tools do not see of WCAG 2.2 AA on the hosted page: the keyboard, the focus, what is read out, zoom, spacing,
// motion and forced colours. `axe` looks at every state in `page-look.test.ts`; docs/accessibility.md tells what is claimed.
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { fillBilling, newCustomer, openCheckout, pressPay } from './customer.ts';
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

async function open(more: Record<string, unknown> = {}): Promise<Page> {
  const page = await (await newCustomer(browser)).newPage();
  await openCheckout(page, (await createSession(system.dev, more)).checkoutUrl);
  return page;
}

/** The name of what has the focus: an id of the page, or of the field whose frame has it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement instanceof HTMLIFrameElement
      ? (activeElement.closest('.frame')?.id ?? 'frame')
      : activeElement?.id || activeElement?.tagName || '';
  });

/** Whether somebody who looks at the page can see where the focus is. */
const focusIsSeen = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const active = document.activeElement;
    const drawn = active instanceof HTMLIFrameElement ? active.closest('.frame') : active;
    if (drawn === null) return false;
    const { outlineStyle, boxShadow } = getComputedStyle(drawn);
    const { top, bottom, left, width, height } = drawn.getBoundingClientRect();
    const onTop = document.elementFromPoint(left + width / 2, top + height / 2);
    const isUncovered = onTop !== null && (drawn.contains(onTop) || onTop.contains(drawn));
    return (outlineStyle !== 'none' || boxShadow !== 'none') && top >= 0 && bottom <= innerHeight && isUncovered;
  });

test('a customer pays with the keyboard alone, and always sees where the focus is', async () => {
  const page = await open();
  const order = ['email', 'phone', 'cardNumber', 'expirationDate', 'cvv', 'firstName', 'lastName', 'country'];
  const typed: Readonly<Record<string, string>> = {
    email: 'ines@example.com',
    phone: '(415) 555-0134',
    cardNumber: '4242424242424242',
    expirationDate: '1129',
    cvv: '123',
    firstName: 'Ines',
    lastName: 'Duarte',
    country: 'Canada',
    line1: '9 Pier Road',
    city: 'Ottawa',
    state: 'Ontario',
    zip: 'K1A 0B1',
  };
  const visited: string[] = [];
  while (visited.at(-1) !== 'pay') {
    await page.keyboard.press('Tab');
    // Into a frame of another origin and out of it the focus takes a moment.
    await expect.poll(() => focused(page)).not.toMatch(new RegExp(`^(BODY|${visited.at(-1)})$`));
    const name = await focused(page);
    // A card field tells the page around it that it has the focus, which takes a message.
    await expect.poll(() => focusIsSeen(page), { message: `the focus on ${name} is seen` }).toBe(true);
    visited.push(name);
    const text = typed[name];
    if (text !== undefined) await page.keyboard.type(text);
    if (name === 'country') await page.locator('#state-label', { hasText: 'Province' }).waitFor();
    if (visited.length > 30) throw new Error(`the focus never came to the button: ${visited}`);
  }
  expect(visited.filter((name) => name !== 'SUMMARY')).toEqual([
    ...order,
    ...['line1', 'line2', 'city', 'state', 'zip', 'pay'],
  ]);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/e2e\/thanks/);
});

test('every message has its place before it comes, and the errors are links to their fields', async () => {
  const page = await open();
  for (const [id, role] of [
    ['problem', 'alert'],
    ['card-problem', 'alert'],
    ['status', 'status'],
  ]) {
    expect(await page.getAttribute(`#${id}`, 'role')).toBe(role);
  }
  expect(await page.locator('#grand-total').getAttribute('aria-live')).toBe('polite');
  await pressPay(page);
  await expect.poll(() => focused(page)).toBe('email');
  expect(await page.getAttribute('#email', 'aria-invalid')).toBe('true');
  const describedBy = (await page.getAttribute('#email', 'aria-describedby')) ?? '';
  expect(await page.textContent(`#${describedBy}`)).toBe('E-mail is required');
  const links = page.locator('#problems a');
  expect(await links.count()).toBe(11);
  for (const name of ['zip', 'cardNumber']) {
    const link = page.locator(`#problems a[href="#${name}"]`);
    await link.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe(name);
  }
  const field = fieldOf(page, 'cardNumber');
  expect(await field.locator('input').getAttribute('aria-invalid')).toBe('true');
  expect(await field.locator('#error').textContent()).toBe('This field is required');
});

test('browsers and password managers know every field', async () => {
  const page = await open();
  const tokens = await page.$$eval('form :is(input, select)', (fields) =>
    fields.map((field) => `${field.id}: ${field.getAttribute('autocomplete')}`),
  );
  expect(tokens).toEqual([
    'email: email',
    'phone: tel',
    'firstName: billing given-name',
    'lastName: billing family-name',
    'country: billing country',
    'line1: billing address-line1',
    'line2: billing address-line2',
    'city: billing address-level2',
    'state: billing address-level1',
    'zip: billing postal-code',
  ]);
  for (const [name, token] of [
    ['cardNumber', 'cc-number'],
    ['expirationDate', 'cc-exp'],
    ['cvv', 'cc-csc'],
  ] as const) {
    expect(await fieldOf(page, name).locator('input').getAttribute('autocomplete')).toBe(token);
  }
});

test('the dialog for more time keeps the focus, and Escape gives it back', async () => {
  const page = await open();
  await page.focus('#zip');
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  const seen = new Set<string>();
  for (let count = 0; count < 4; count += 1) {
    seen.add(await focused(page));
    await page.keyboard.press('Tab');
  }
  expect([...seen].filter((name) => !['extend', 'leave', 'BODY'].includes(name))).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await focused(page)).toBe('zip');
});

test('text may be spaced out and doubled in size without losing any of it', async () => {
  const page = await open();
  // WCAG 1.4.12, and 1.4.4 as a browser does it: half as many CSS pixels.
  for (const [width, spaced] of [
    [640, false],
    [1280, true],
    [320, true],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate((isSpaced) => {
      const sheet = new CSSStyleSheet();
      if (isSpaced) {
        sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
          word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
      }
      document.adoptedStyleSheets = [sheet];
    }, spaced);
    expect([width, await page.evaluate(cutTexts)]).toEqual([width, []]);
  }
});

/** Runs in the page. */
const cutTexts = (): string[] =>
  [...document.querySelectorAll('h1, h2, p, label, legend, button, a, dt, dd, summary')]
    .filter((element) => element.checkVisibility() && !element.closest('.unseen'))
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
    .map(({ textContent }) => textContent ?? '');

test('nothing moves for who wants no motion', async () => {
  const page = await (await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' })).newPage();
  await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
  await page.evaluate(() => document.getElementById('confirming')?.removeAttribute('hidden'));
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await page.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0);
});

test('with forced colours fields, buttons and the focus keep an outline', async () => {
  const page = await (await browser.newContext({ locale: 'en-US', forcedColors: 'active' })).newPage();
  await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
  for (const id of ['email', 'pay', 'cancel', 'cardNumber']) {
    const style = await page.$eval(`#${id}`, (element) => getComputedStyle(element).borderStyle);
    expect([id, style]).toEqual([id, 'solid']);
  }
  await page.focus('#email');
  expect(await page.$eval('#email', (element) => getComputedStyle(element).outlineStyle)).toBe('solid');
});

test('the page and its frames say in which language and direction they are', async () => {
  const page = await open({ locale: 'ar' });
  for (const frame of [page.mainFrame(), fieldOf(page, 'cardNumber')]) {
    expect(await frame.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
      'ar',
      'rtl',
    ]);
  }
  const number = fieldOf(page, 'cardNumber').locator('input');
  expect(await number.getAttribute('aria-label')).toBe('رقم البطاقة');
  expect(await page.getAttribute('#cardNumber iframe', 'title')).toBe('رقم البطاقة');
  await fillBilling(page);
  await pressPay(page);
  await expect.poll(() => fieldOf(page, 'cardNumber').locator('#error').textContent()).toBe('هذا الحقل مطلوب');
});

test('digits of the keyboard that a customer has are digits of a card', async () => {
  const page = await open({ locale: 'fa' });
  const number = fieldOf(page, 'cardNumber').locator('input');
  await number.pressSequentially('۴۲۴۲۴۲۴۲۴۲۴۲۴۲۴۲');
  expect(await number.inputValue()).toBe('4242 4242 4242 4242');
  await expect.poll(() => page.getAttribute('#cardNumber img', 'alt')).toBe('Visa');
});

function fieldOf(page: Page, name: string): Frame {
  const frame = page.frames().find((candidate) => candidate.url().includes(`/${name}?`));
  if (frame === undefined) throw new Error(`no frame of ${name}`);
  return frame;
}
