// Card fields when something is in their way: frames that do not load, answers that do not come, a vault that is gone,
// and fonts from elsewhere.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { createToken, inputOf, openFields, openShop, type Shop, type ShopPage, typeCard } from './elements-shop.ts';
import { freePortBase } from './system.ts';

let browser: Browser;
let shop: Shop;
let page: Page;
let thrown: string[];

beforeAll(async () => {
  [browser, shop] = await Promise.all([launchBrowser(), openShop()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  thrown = [];
  page.on('pageerror', (error) => thrown.push(error.message));
});
afterEach(() => page.close());

describe('frames that do not load are told, and nothing is thrown', () => {
  it.each([
    ['their origin cannot be reached', '/open', async () => `http://127.0.0.1:${await freePortBase()}`],
    ['the policy of the page blocks them', '/frameless', async () => shop.elementsUrl],
    [
      'their origin answers 500',
      '/',
      async () => {
        await page.route('**/v1/frame/**', (route) => route.fulfill({ status: 500, body: '<h1>Sorry</h1>' }));
        return shop.elementsUrl;
      },
    ],
  ])('because %s', async (_why, path, prepare) => {
    const frameBaseUrl = await prepare();
    await page.goto(shop.url + path);
    const told = await page.evaluate(async (base) => {
      const { OzVault } = globalThis as unknown as ShopPage;
      let loadErrors = 0;
      const options = { frameBaseUrl: base, sessionUrl: '/session', loadTimeoutMs: 200 };
      const vault = await OzVault.create({ ...options, onLoadError: () => (loadErrors += 1) });
      const field = vault.createElement('cardNumber', { loadTimeoutMs: 400 }).mount('#cardNumber');
      const event = await new Promise((resolve) => field.on('loaderror', resolve));
      const refused = await vault.createToken().catch(({ errorCode, message }) => `${errorCode}: ${message}`);
      const frames = document.querySelectorAll('iframe').length;
      vault.destroy();
      return {
        loadErrors,
        event,
        refused,
        isReady: vault.isReady,
        frames,
        left: document.querySelectorAll('iframe').length,
      };
    }, frameBaseUrl);
    expect(told).toEqual({
      loadErrors: 1,
      event: { type: 'cardNumber' },
      refused: 'config: not ready',
      isReady: false,
      frames: 2,
      left: 0,
    });
    expect(thrown).toEqual([]);
  });
});

describe('an answer that does not come', () => {
  it('of the Vault ends the call after 30 seconds and is waited for no longer; the card stays, and may be tried again', async () => {
    await page.clock.install();
    await openFields(page, shop);
    await typeCard(page);
    const stopped = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/tokenize'));
    await page.route('**/tokenize', () => undefined);
    const asked = page.waitForRequest('**/tokenize');
    const outcome = createToken(page);
    await asked;
    await page.clock.fastForward(29_000);
    expect(await page.evaluate(() => (globalThis as unknown as ShopPage).vault.debugState().tokenizing)).toBe(true);
    await page.clock.fastForward(1_000);
    expect(await outcome).toMatchObject({ ok: false, errorCode: 'timeout', retryable: true });
    await stopped;
    await page.unroute('**/tokenize');
    expect(await createToken(page)).toMatchObject({ ok: true });
  });

  it('of the page’s own function for session keys ends the creation after as long, and no frame stays', async () => {
    await page.clock.install();
    await page.goto(shop.url);
    const outcome = page.evaluate(
      (frameBaseUrl) =>
        (globalThis as unknown as ShopPage).OzVault.create({
          frameBaseUrl,
          getSessionKey: () => new Promise<string>(() => undefined),
        }).catch(({ errorCode, retryable }) => [errorCode, retryable, document.querySelectorAll('iframe').length]),
      shop.elementsUrl,
    );
    await page.waitForSelector('iframe', { state: 'attached' });
    await page.clock.fastForward(30_000);
    expect(await outcome).toEqual(['timeout', true, 0]);
  });
});

it('after it was destroyed a vault refuses by name what it cannot do any more, and lets the rest pass', async () => {
  await openFields(page, shop);
  await typeCard(page);
  await page.route('**/tokenize', () => undefined);
  const asked = page.waitForRequest('**/tokenize');
  const running = createToken(page);
  await asked;
  const told = await page.evaluate(async () => {
    const { vault } = globalThis as unknown as ShopPage;
    const field = vault.getElement('cardNumber');
    vault.destroy();
    const said = (work: () => unknown) =>
      Promise.resolve()
        .then(work)
        .then(
          (value) => (value === field ? 'itself' : value),
          ({ errorCode, message }) => `${errorCode}: ${message}`,
        );
    return Promise.all(
      [
        () => vault.createToken(),
        () => vault.createBankToken({ firstName: 'Ada', lastName: 'Lovelace' }),
        () => vault.createElement('cvv'),
        () => vault.createBankElement('accountNumber'),
        () => field?.mount('#cardNumber'),
        () => vault.getElement('cardNumber'),
        () => vault.getBankElement('accountNumber'),
        () => vault.reset(),
        () => vault.destroy(),
        () => [field?.focus(), field?.blur(), field?.clear(), field?.unmount(), field?.destroy(), field?.update({})],
        () =>
          field
            ?.on('change', () => undefined)
            .off('change', () => undefined)
            .once('blur', () => undefined),
        () => [vault.isReady, field?.isMounted, field?.isReady, vault.debugState().mounted.length],
        () => document.querySelectorAll('iframe').length,
      ].map(said),
    );
  });
  const nothing = undefined;
  expect(told).toEqual([
    'config: the vault was destroyed',
    'config: the vault was destroyed',
    'config: the vault was destroyed',
    'config: the vault was destroyed',
    'config: this cardNumber element was destroyed: create another one',
    ...[nothing, nothing, nothing, nothing],
    Array(6).fill(nothing),
    'itself',
    [false, false, false, 0],
    0,
  ]);
  expect(await running).toMatchObject({ ok: false, errorCode: 'config', message: 'the vault was destroyed' });
  expect(thrown).toEqual([]);
});

describe('a font of the merchant', () => {
  const abel = dirname(createRequire(import.meta.url).resolve('@fontsource/abel/package.json'));
  const home = 'https://fonts.example';

  beforeEach(async () => {
    await page.context().route(/^https:\/\/(fonts|other)\.example\//, async (route) => {
      const path = new URL(route.request().url()).pathname;
      const headers = { 'access-control-allow-origin': '*' };
      await route.fulfill({ headers, body: readFileSync(join(abel, path)) });
    });
  });

  const facesIn = () =>
    inputOf(page, 'Card number').evaluate(() => [...document.fonts].map(({ family, status }) => `${family} ${status}`));
  /** The width of the same text: in the font of the field, and in the one it has without. */
  const widths = () =>
    inputOf(page, 'Card number').evaluate((input) => {
      const canvas = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
      return [getComputedStyle(input).fontFamily, 'monospace'].map((family) => {
        canvas.font = `32px ${family}`;
        return canvas.measureText('4242 4242 4242 4242').width;
      });
    });

  it.each([
    ['a style sheet', { cssSrc: `${home}/index.css` }],
    ['a file', { family: 'Abel', src: `${home}/files/abel-latin-400-normal.woff2` }],
  ])('from %s is what the field is written in', async (_what, font) => {
    const { pubKey } = await shop.vault.createApplication('ozu_shop', { origins: [shop.url, home] });
    const appearance = { variables: { fontFamily: 'Abel, monospace' } };
    await openFields(page, shop, { path: '/open', pubKey, fonts: [font], appearance });
    await expect.poll(facesIn).toEqual(['Abel loaded']);
    const [own, without] = await widths();
    expect(own).not.toBe(without);
  });

  it('from a host that is not registered for the pub key is not loaded, and the next one of the list is taken', async () => {
    const { pubKey } = await shop.vault.createApplication('ozu_shop', { origins: [shop.url, home] });
    const fonts = [{ family: 'Abel', src: 'https://other.example/files/abel-latin-400-normal.woff2' }];
    await openFields(page, shop, {
      path: '/open',
      pubKey,
      fonts,
      appearance: { variables: { fontFamily: 'Abel, monospace' } },
    });
    await expect.poll(facesIn).toEqual(['Abel error']);
    const [own, without] = await widths();
    expect(own).toBe(without);
    expect(thrown).toEqual([]);
  });
});
