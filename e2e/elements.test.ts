// Card fields in a real browser, on a page of another origin: what a customer types, and what the page gets to know.

import { bundle } from '@ozura/kit/bundle';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import {
  createToken,
  eventsOf,
  inFrame,
  inputOf,
  openFields,
  openShop,
  type Shop,
  type ShopPage,
  typeCard,
} from './elements-shop.ts';

let browser: Browser;
let shop: Shop;
let page: Page;
let trouble: string[];

beforeAll(async () => {
  [browser, shop] = await Promise.all([launchBrowser(), openShop()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  trouble = [];
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
});
afterEach(() => page.close());

const number = () => inputOf(page, 'Card number');
const expiry = () => inputOf(page, 'Expiration date');
const code = () => inputOf(page, 'Security code');

describe('a customer', () => {
  beforeEach(() => openFields(page, shop));

  it('types a card, and the page gets a token and facts of the card', async () => {
    await typeCard(page);
    expect([await number().inputValue(), await expiry().inputValue()]).toEqual(['4242 4242 4242 4242', '11 / 35']);
    expect(await createToken(page)).toEqual({
      ok: true,
      response: {
        token: expect.stringMatching(/^tok_/),
        cvcSession: expect.stringMatching(/^cvc_/),
        card: { last4: '4242', brand: 'VISA', bin: '424242', expMonth: '11', expYear: '2035' },
      },
    });
    expect(trouble).toEqual([]);
  });

  it('goes from field to field with the Tab key, and back', async () => {
    await page.locator('#before').focus();
    for (const field of [number(), expiry(), code()]) {
      await page.keyboard.press('Tab');
      await expect
        .poll(() => field.evaluate((input) => document.hasFocus() && document.activeElement === input))
        .toBe(true);
    }
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('after');
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => code().evaluate(() => document.hasFocus())).toBe(true);
  });

  it('edits the middle of a number without losing the place', async () => {
    await number().pressSequentially('42424242');
    for (let step = 0; step < 4; step += 1) await number().press('ArrowLeft');
    await number().press('Backspace');
    expect(await number().inputValue()).toBe('4244 242');
    await page.keyboard.type('9');
    expect(await number().inputValue()).toBe('4249 4242');
  });

  it('pastes a number with spaces', async () => {
    await number().focus();
    await page.keyboard.insertText(' 5555 5555-5555 4444 ');
    expect(await number().inputValue()).toBe('5555 5555 5555 4444');
  });

  it('deletes the expiry with the Backspace key', async () => {
    await expiry().pressSequentially('11');
    expect(await expiry().inputValue()).toBe('11 / ');
    await expiry().press('Backspace');
    expect(await expiry().inputValue()).toBe('1');
  });

  it('types the four digits of an Amex code only once the number says so', async () => {
    await number().pressSequentially('4242');
    await code().pressSequentially('7391');
    expect(await code().inputValue()).toBe('739');
    await number().fill('378282246310005');
    expect(await number().inputValue()).toBe('3782 822463 10005');
    await expect.poll(() => code().getAttribute('aria-invalid')).toBe('true');
    await code().fill('7391');
    expect(await code().inputValue()).toBe('7391');
  });

  it('hears what is wrong when a field is left, and no longer once it is mended', async () => {
    await number().pressSequentially('4242424242424241');
    expect(await number().getAttribute('aria-invalid')).not.toBe('true');
    await number().press('Tab');
    await expect.poll(() => number().getAttribute('aria-invalid')).toBe('true');
    const note = inFrame(page, 'Card number').locator(`#${await number().getAttribute('aria-describedby')}`);
    expect(await note.textContent()).toBe('Invalid card number');
    await number().press('End');
    await number().press('Backspace');
    expect([await number().getAttribute('aria-invalid'), await note.textContent()]).toEqual(['false', '']);
  });

  it('sends the form with the Enter key', async () => {
    await code().press('Enter');
    await expect.poll(() => eventsOf(page)).toContainEqual({ name: 'submit', type: 'cvv' });
  });
});

describe('the page', () => {
  it('gets no token of fields that are not complete, and they say why', async () => {
    await openFields(page, shop);
    await number().pressSequentially('4242');
    expect(await createToken(page)).toMatchObject({ ok: false, errorCode: 'validation', retryable: false });
    for (const field of [number(), expiry(), code()]) {
      await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    }
  });

  it('hears of brand and completeness, and of no digit', async () => {
    await openFields(page, shop);
    await number().pressSequentially('4242424242424242');
    const changes = (await eventsOf(page)).filter(({ name }) => name === 'change');
    // Not an event for every key: their number would tell how long the value is.
    expect(changes).toHaveLength(3);
    expect(changes.at(-1)).toEqual({
      name: 'change',
      type: 'cardNumber',
      empty: false,
      complete: true,
      valid: true,
      cardBrand: 'VISA',
    });
    expect(JSON.stringify(changes)).not.toMatch(/[0-9]/);
  });

  it('clears, disables, dresses and removes its fields', async () => {
    await openFields(page, shop);
    await typeCard(page);
    await page.evaluate(() => {
      const { vault } = globalThis as unknown as ShopPage;
      vault.getElement('cardNumber')?.update({
        style: { base: { color: 'rgb(1, 2, 3)', position: 'fixed' }, placeholder: { color: 'rgb(4, 5, 6)' } },
        label: 'Number of your card',
        placeholder: '1234',
      });
      vault.getElement('expirationDate')?.update({ disabled: true });
      vault.getElement('cvv')?.clear();
    });
    const dressed = inputOf(page, 'Number of your card');
    await expect.poll(() => dressed.getAttribute('aria-label')).toBe('Number of your card');
    const look = await dressed.evaluate((input) => {
      const { color, position } = getComputedStyle(input);
      return [color, position, getComputedStyle(input, '::placeholder').color];
    });
    expect(look).toEqual(['rgb(1, 2, 3)', 'static', 'rgb(4, 5, 6)']);
    expect(await expiry().isDisabled()).toBe(true);
    await expect.poll(() => code().inputValue()).toBe('');
    await page.evaluate(() => (globalThis as unknown as ShopPage).vault.reset());
    await expect.poll(() => dressed.inputValue()).toBe('');
    await page.evaluate(() => (globalThis as unknown as ShopPage).vault.destroy());
    expect(await page.locator('iframe').count()).toBe(0);
  });

  it('gets billing details back as Pay reads them, or hears of the first that is wrong before anything is sent', async () => {
    await openFields(page, shop);
    await typeCard(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const tokenize = (zip: string): Promise<unknown> =>
      page.evaluate((code) => {
        // As a framework hands it over that watches its objects.
        const watched = (target: object) => new Proxy(target, {}) as never;
        const address = { line1: ' 9 Pier Road', city: 'Oakland', state: 'california', zip: code, country: 'us' };
        const person = { firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+1 (415) 555-0134' };
        return (globalThis as unknown as ShopPage).vault
          .createToken({ billing: watched({ ...person, address: watched(address) }) })
          .then(
            ({ billing }) => billing,
            ({ errorCode, message }) => `${errorCode}: ${message}`,
          );
      }, zip);
    expect(await tokenize('9460')).toBe('validation: billing.address.zip: must be like 12345 or 12345-6789');
    expect(asked).toEqual([]);
    expect(await tokenize('94607')).toEqual({
      ...{ firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+14155550134' },
      address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
    });
  });

  it('makes a token of a field that was taken out and put back', async () => {
    await openFields(page, shop);
    await page.evaluate(() => {
      const element = (globalThis as unknown as ShopPage).vault.getElement('cvv');
      element?.unmount();
      return new Promise((resolve) => element?.once('ready', resolve).mount('#accountNumber'));
    });
    await typeCard(page);
    expect(await createToken(page)).toMatchObject({ ok: true, response: { cvcSession: expect.any(String) } });
  });

  it('makes a token of a bank account', async () => {
    await openFields(page, shop);
    await page.evaluate(async () => {
      const { vault } = globalThis as unknown as ShopPage;
      for (const type of ['accountNumber', 'routingNumber'] as const) {
        const element = vault.createBankElement(type).mount(`#${type}`);
        await new Promise((resolve) => element.once('ready', resolve));
      }
    });
    await inputOf(page, 'Account number').fill('000123456789');
    await inputOf(page, 'Routing number').fill('110000000');
    const made = await page.evaluate(() =>
      (globalThis as unknown as ShopPage).vault.createBankToken({ firstName: 'Ada', lastName: 'Lovelace' }),
    );
    expect(made).toEqual({
      token: expect.stringMatching(/^tok_/),
      bank: { last4: '6789', routingNumber: '110000000' },
    });
  });
});

describe('the session key', () => {
  afterEach(() => {
    shop.mint = () => shop.vault.mintSession('ozu_shop');
  });

  it('is renewed once when it is used up, and the call repeated', async () => {
    let minted = 0;
    shop.mint = () => {
      minted += 1;
      return shop.vault.mintSession('ozu_shop', { session_limit: 1 });
    };
    await openFields(page, shop);
    await typeCard(page);
    expect([await createToken(page), await createToken(page)]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(minted).toBe(2);
  });

  it('is fetched ahead after the last use of one', async () => {
    let minted = 0;
    shop.mint = () => {
      minted += 1;
      return shop.vault.mintSession('ozu_shop', { session_limit: 1 });
    };
    await openFields(page, shop, { sessionLimit: 1 });
    await typeCard(page);
    await createToken(page);
    await expect.poll(() => minted).toBe(2);
  });

  it('that is refused twice ends the attempt, and what was typed stays', async () => {
    shop.mint = async () => 'vs_madeup';
    await openFields(page, shop);
    await typeCard(page);
    expect(await createToken(page)).toMatchObject({ ok: false, errorCode: 'auth' });
    expect(await number().inputValue()).toBe('4242 4242 4242 4242');
  });
});

describe('failures', () => {
  it('of the Vault say what to do', async () => {
    await openFields(page, shop);
    await typeCard(page, '4539578763621486');
    expect(await createToken(page)).toMatchObject({
      ok: false,
      errorCode: 'validation',
      message: 'Only test cards are accepted here.',
    });
  });

  it.each([
    ['a page of HTML', 502, '<h1>Bad gateway</h1>', { errorCode: 'server', retryable: true }],
    ['too many calls', 429, '{"success":false,"error":"x","message":"Rate limit exceeded"}', { errorCode: 'server' }],
    ['half an answer', 201, '{"token":"tok_', { errorCode: 'unknown', retryable: false }],
    ['nothing', 201, 'null', { errorCode: 'unknown' }],
    ['a refusal without words', 403, '', { errorCode: 'auth' }],
  ])('tell %s apart, and what was typed stays', async (_what, status, body, expected) => {
    await openFields(page, shop);
    await typeCard(page);
    const headers = { 'access-control-allow-origin': shop.elementsUrl };
    await page.route('**/tokenize', (route) => route.fulfill({ status, body, headers }));
    expect(await createToken(page)).toMatchObject({ ok: false, ...expected });
    expect(await number().inputValue()).toBe('4242 4242 4242 4242');
  });

  it('leave nothing behind when the page goes in the middle of a call', async () => {
    await openFields(page, shop);
    await typeCard(page);
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    await page.route('**/tokenize', () => undefined);
    const asked = page.waitForRequest('**/tokenize');
    void createToken(page).catch(() => undefined);
    await asked;
    await page.goto(`${shop.url}/?later`);
    expect(failed).toContainEqual(expect.stringContaining('/tokenize'));
    expect(page.frames()).toHaveLength(1);
    expect(await page.context().storageState()).toEqual({ cookies: [], origins: [] });
  });

  it('of a creation that is called off reject, and no frame stays', async () => {
    await page.goto(shop.url);
    shop.mint = () => new Promise(() => undefined);
    const outcome = await page.evaluate(async (frameBaseUrl) => {
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), 50);
      return (globalThis as unknown as ShopPage).OzVault.create(
        { frameBaseUrl, sessionUrl: '/session' },
        leaving.signal,
      ).then(
        () => 'created',
        ({ errorCode }) => `${errorCode}, ${document.querySelectorAll('iframe').length} frames`,
      );
    }, shop.elementsUrl);
    shop.mint = () => shop.vault.mintSession('ozu_shop');
    expect(outcome).toBe('config, 0 frames');
  });

  it('of the network may be tried again', async () => {
    await openFields(page, shop);
    await typeCard(page);
    await page.route('**/tokenize', (route) => route.abort());
    expect(await createToken(page)).toMatchObject({ ok: false, errorCode: 'network', retryable: true });
    await page.unroute('**/tokenize');
    expect(await createToken(page)).toMatchObject({ ok: true });
  });
});

// The script tag has all of it, the texts of a sale included.
it('keeps what a page without a bundler loads within 8 KB, compressed', () => {
  const { gzipped } = bundle(new URL(import.meta.resolve('@ozura/elements/script-tag')));
  expect(gzipped.length).toBeLessThanOrEqual(8 * 1024);
});
