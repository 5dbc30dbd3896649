// What a merchant's `appearance` does to the page in a real browser, the frames of the card fields included (contract 4).
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newCustomer, openCheckout, typeCard } from './customer.ts';
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

async function open(appearance: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<Page> {
  const page = await (await newCustomer(browser)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => /refused|violates/i.test(message.text()) && complaints.push(message.text()));
  await openCheckout(page, (await createSession(system.dev, { appearance, ...more })).checkoutUrl);
  expect(complaints).toEqual([]);
  expect(await page.content()).not.toMatch(/<body[^>]*>[\s\S]*<(?!iframe)[a-z]+ [^>]*style=/);
  return page;
}

const styleOf = (place: Page | Frame, selector: string, property: string): Promise<string> =>
  place.evaluate(
    ([query = '', name = '']) => getComputedStyle(document.querySelector(query) as Element).getPropertyValue(name),
    [selector, property],
  );

const fieldOf = (page: Page, name: string): Frame => {
  const frame = page.frames().find((candidate) => candidate.url().includes(`/${name}`));
  if (frame === undefined) throw new Error(`no frame of ${name}`);
  return frame;
};

test('every colour, size and font of the merchant is where it belongs', async () => {
  const page = await open({
    primaryColor: '#010101',
    primaryHoverColor: '#020202',
    secondaryColor: '#030303',
    backgroundColor: '#fafafa',
    textColor: '#040404',
    borderColor: '#050505',
    buttonBackgroundColor: '#060606',
    buttonHoverColor: '#070707',
    buttonTextColor: '#f8f8f8',
    inputBackgroundColor: '#f9f9f9',
    inputBorderColor: '#0a0a0a',
    inputFocusBorderColor: '#0b0b0b',
    cancelButtonText: 'Back to the kettles',
    cancelButtonTextColor: '#0c0c0c',
    cancelButtonBackgroundColor: '#fdfdfd',
    borderRadius: 'xl',
    fontFamily: "'DejaVu Serif', serif",
    fontSize: 'xl',
    cssVariables: { 'page-background': '#0e0e0e', '--grand': '1' },
  });
  const wanted: readonly (readonly [selector: string, property: string, value: string])[] = [
    ['body', 'background-color', 'rgb(14, 14, 14)'],
    ['main', 'background-color', 'rgb(250, 250, 250)'],
    ['main', 'border-top-color', 'rgb(5, 5, 5)'],
    ['#email', 'color', 'rgb(4, 4, 4)'],
    ['#email', 'background-color', 'rgb(249, 249, 249)'],
    ['#email', 'border-top-color', 'rgb(10, 10, 10)'],
    ['#email', 'border-top-left-radius', '16px'],
    ['#email', 'font-size', '20px'],
    ['#cardNumber', 'border-top-color', 'rgb(10, 10, 10)'],
    ['#cardNumber', 'background-color', 'rgb(249, 249, 249)'],
    ['#pay', 'background-color', 'rgb(6, 6, 6)'],
    ['#pay', 'color', 'rgb(248, 248, 248)'],
    ['#cancel', 'color', 'rgb(12, 12, 12)'],
    ['#cancel', 'background-color', 'rgb(253, 253, 253)'],
    ['.secured', 'color', 'rgb(3, 3, 3)'],
    ['html', 'font-family', '"DejaVu Serif", serif'],
    ['html', '--accent', '#010101'],
    ['html', '--accent-hover', '#020202'],
    ['html', '--grand', '1'],
    ['html', 'color-scheme', 'light'],
  ];
  for (const [selector, property, value] of wanted) {
    expect(await styleOf(page, selector, property), `${selector} ${property}`).toBe(value);
  }
  expect(await page.textContent('#cancel')).toBe('Back to the kettles');
  await page.hover('#pay');
  await expect.poll(() => styleOf(page, '#pay', 'background-color')).toBe('rgb(7, 7, 7)');
  await page.focus('#email');
  await expect.poll(() => styleOf(page, '#email', 'border-top-color')).toBe('rgb(11, 11, 11)');
});

test('card fields have the fonts and colours of the other fields, in either theme', async () => {
  for (const [theme, textColor] of [
    ['light', '#123456'],
    ['dark', '#fedcba'],
  ] as const) {
    const page = await open({ theme, textColor, fontFamily: 'DejaVu Serif', fontSize: 'lg' });
    await typeCard(page, { number: '4242424242424242' });
    for (const name of ['cardNumber', 'expirationDate', 'cvv']) {
      for (const property of ['color', 'font-family', 'font-size', 'caret-color']) {
        const beside = await styleOf(page, '#email', property === 'caret-color' ? 'color' : property);
        expect(await styleOf(fieldOf(page, name), 'input', property), `${name} ${property}`).toBe(beside);
      }
    }
    expect(await styleOf(page, 'html', 'color-scheme')).toBe(theme);
    await page.close();
  }
});

test('logo, name, header and brand line are shown as the merchant says', async () => {
  const logoUrl = `${system.dev.checkoutUrl}/logo.svg`;
  const top = await open({
    logoUrl,
    logoPosition: 'top',
    logoMaxHeight: 96,
    showMerchantName: false,
    hideBranding: true,
  });
  expect(await styleOf(top, '.shop', 'flex-direction')).toBe('column');
  expect(await styleOf(top, '.logo', 'height')).toBe('96px');
  expect(await top.getAttribute('.logo', 'alt')).toBe('Blue Kettle');
  expect(await top.locator('.shop-name').count()).toBe(0);
  expect(await top.getByRole('heading', { level: 1 }).textContent()).toBe('Your order');
  expect(await top.locator('.brand').count()).toBe(0);
  const bare = await open({ logoUrl }, { hideHeader: true });
  expect(await bare.locator('.shop').count()).toBe(0);
  expect(await bare.getByRole('heading', { level: 1 }).textContent()).toBe('Pay Blue Kettle');
  expect(await bare.locator('.brand').count()).toBe(1);
});
