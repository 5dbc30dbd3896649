// The address form follows the country that a customer chooses, and takes what people of that country write.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { APPROVED, newCustomer, openCheckout, pressPay, typeCard } from './customer.ts';
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

async function open(): Promise<Page> {
  const page = await (await newCustomer(browser)).newPage();
  await openCheckout(page, (await createSession(system.dev)).checkoutUrl);
  return page;
}

/** Labels of the address fields, as they stand on the page. */
const labels = (page: Page): Promise<string[]> =>
  page.$$eval('fieldset:last-of-type .field:not([hidden]) label', (found) =>
    found.map(({ textContent }) => textContent?.trim() ?? '').slice(3),
  );

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await page.fill(`#${name}`, value);
}

test('the fields are those of the country, under the names that they have there', async () => {
  const page = await open();
  const line2 = 'Flat, floor or company (optional)';
  expect(await labels(page)).toEqual(['Address', line2, 'City', 'State', 'ZIP code']);
  await page.selectOption('#country', 'DE');
  await expect.poll(() => labels(page)).toEqual(['Address', line2, 'Postal code', 'City']);
  await page.selectOption('#country', 'AU');
  await expect.poll(() => labels(page)).toEqual(['Address', line2, 'Suburb', 'State', 'Postal code']);
  await page.selectOption('#state', 'NSW');
  await page.selectOption('#country', 'MX');
  await expect.poll(() => labels(page)).toEqual(['Address', line2, 'Postal code', 'City', 'State (optional)']);
});

test('a customer pays with address and phone number as they are written at home', async () => {
  const page = await open();
  await page.selectOption('#country', 'DE');
  await expect.poll(() => labels(page)).toContain('Postal code');
  await fill(page, { email: 'ines@example.com', phone: '030 901820', firstName: 'Ines', lastName: 'Duarte' });
  await fill(page, { line1: 'Hafenstr. 9', city: 'Berlin', zip: '1011' });
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.locator('#zip-error', { hasText: 'Postal code: please check this, for example 26133' }).waitFor();
  await page.fill('#zip', '10115');
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
});

test('a phone number is put in order while it is typed, and the caret stays where it is', async () => {
  const page = await open();
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  const phone = page.locator('#phone');
  const value = (): Promise<string> => phone.inputValue();
  await page.focus('#email');
  expect(loaded.filter((path) => path.includes('phone'))).toEqual([]);
  await phone.focus();
  await expect.poll(() => loaded.some((path) => /\/phone\.[0-9a-f]+\.js/.test(path))).toBe(true);
  await phone.pressSequentially('4155550134');
  await expect.poll(value).toBe('(415) 555-0134');
  await phone.press('Home');
  for (const key of ['ArrowRight', 'ArrowRight', 'Delete', '2', '9']) await phone.press(key);
  // Too long for the country now: as it was typed. Without the 9 it is in order again.
  await phone.press('Backspace');
  await phone.pressSequentially('1');
  await phone.press('Backspace');
  expect((await value()).replace(/\D/g, '')).toBe('4255550134');
  expect(await phone.evaluate((input: HTMLInputElement) => input.value.slice(0, input.selectionStart ?? 0))).toMatch(
    /42$/,
  );
  await page.selectOption('#country', 'DE');
  await phone.fill('');
  await phone.pressSequentially('+493090182');
  await expect.poll(value).toBe('+49 30 90182');
  await phone.pressSequentially('ext. 5');
  expect(await value()).toBe('+49 30 90182ext. 5');
  await page.context().close();
});

test('a phone number that is none is named beside its field by the server', async () => {
  const page = await open();
  await fill(page, { email: 'ines@example.com', phone: '555 01', firstName: 'Ines', lastName: 'Duarte' });
  await fill(page, { line1: '9 Pier Road', city: 'Oakland', zip: '94607' });
  await page.selectOption('#state', 'CA');
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.locator('#phone-error', { hasText: 'Phone: please check this, for example (201) 555-0123' }).waitFor();
  await page.fill('#phone', '(415) 555-0134');
  await pressPay(page);
  await page.waitForURL(/\/e2e\/thanks/);
});

test('who types on while the form of another country arrives keeps the field and what is in it', async () => {
  const page = await open();
  await page.route(/\/assets\/address-JP/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.selectOption('#country', 'JP');
  await page.focus('#city');
  await page.keyboard.type('Shibu');
  await expect.poll(() => labels(page)).toContain('Prefecture');
  await page.keyboard.type('ya');
  expect(await page.inputValue('#city')).toBe('Shibuya');
});
