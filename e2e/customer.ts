// What a customer does on the hosted page: types, clicks, waits.
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';

/** The checkout alone, or inside the frame of a shop. */
export type Checkout = Page | Frame;

export interface Card {
  readonly number: string;
  readonly expiry?: string;
  readonly cvc?: string;
}

const BILLING = {
  email: 'ines@example.com',
  phone: '+1 415 555 0134',
  firstName: 'Ines',
  lastName: 'Duarte',
  line1: '9 Pier Road',
  city: 'Oakland',
  zip: '94607',
} as const;

export const APPROVED: Card = { number: '4242424242424242' };
export const DECLINED: Card = { number: '4000000000000002' };

/** A customer of their own: no cookies, no cache, an American browser. */
export const newCustomer = (browser: Browser): Promise<BrowserContext> => browser.newContext({ locale: 'en-US' });

/** Opens the page and waits until card fields can be typed into. */
export async function openCheckout(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await untilFields(page);
}

export async function untilFields(page: Checkout): Promise<void> {
  for (const field of ['cardNumber', 'expirationDate', 'cvv']) await inputOf(page, field);
}

export async function fillBilling(
  page: Checkout,
  more: Partial<Record<keyof typeof BILLING, string>> = {},
): Promise<void> {
  for (const [name, value] of Object.entries({ ...BILLING, ...more })) await page.fill(`#${name}`, value);
  await page.selectOption('#country', 'US');
  await page.selectOption('#state', 'CA');
}

export async function typeCard(page: Checkout, { number, expiry = '1129', cvc = '123' }: Card): Promise<void> {
  await typeInto(page, 'cardNumber', number);
  await typeInto(page, 'expirationDate', expiry);
  await typeInto(page, 'cvv', cvc);
}

export async function typeInto(page: Checkout, field: string, text: string): Promise<void> {
  const input = (await inputOf(page, field)).locator('input').first();
  await input.fill('');
  await input.pressSequentially(text);
}

export const pressPay = (page: Checkout): Promise<void> => page.click('button[type=submit]');

/** The whole way: from the URL to the press of the button. */
export async function payWith(page: Page, url: string, card: Card): Promise<void> {
  await openCheckout(page, url);
  await fillBilling(page);
  await typeCard(page, card);
  await pressPay(page);
}

/** The frame of a field, once its input is there. */
async function inputOf(page: Checkout, field: string): Promise<Frame> {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    const frame = framesOf(page).find((candidate) => candidate.url().includes(field));
    // A frame that is just moving into a process of its own has nothing yet.
    if (
      ((await frame
        ?.locator('input')
        .count()
        .catch(() => 0)) ?? 0) > 0
    )
      return frame as Frame;
    await page.waitForTimeout(50);
  }
  throw new Error(
    `the field ${field} did not appear; frames: ${framesOf(page).map((frame) => new URL(frame.url()).pathname)}`,
  );
}

const framesOf = (page: Checkout): Frame[] => ('frames' in page ? page.frames() : page.childFrames());
