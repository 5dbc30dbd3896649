// Card fields when something is in their way: frames that do not load, answers that do not come, a vault that is gone,
// fonts from elsewhere, and pages of other kinds than ours.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { createToken, inputOf, openFields, openShop, type Shop, type ShopPage, typeCard } from './elements-shop.ts';
import { freePortBase } from './ports.ts';

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
    await page.clock.fastForward(20_000);
    expect(await page.evaluate(() => (globalThis as unknown as ShopPage).vault.debugState().tokenizing)).toBe(true);
    await page.clock.fastForward(10_000);
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

  it('in a file for each digit is fetched before any is typed: its server does not learn which', async () => {
    const { pubKey } = await shop.vault.createApplication('ozu_shop', { origins: [shop.url, home] });
    const asked = new Set<string>();
    page.on('request', (request) => request.url().startsWith(home) && asked.add(new URL(request.url()).search));
    const fonts = [...'0123456789 /'].map((character, index) => ({
      family: 'Abel',
      src: `${home}/files/abel-latin-400-normal.woff2?${index}`,
      unicodeRange: `U+${character.charCodeAt(0).toString(16)}`,
    }));
    const appearance = { variables: { fontFamily: 'Abel, monospace' } };
    await openFields(page, shop, { path: '/open', pubKey, fonts, appearance });
    await expect.poll(() => asked.size).toBe(fonts.length);
    asked.clear();
    await typeCard(page);
    await expect.poll(facesIn).toEqual(fonts.map(() => 'Abel loaded'));
    expect([...asked]).toEqual([]);
  });
});

describe('a page', () => {
  it('without types may write null for what it has not', async () => {
    const none = null as never;
    await openFields(page, shop, { appearance: none, fonts: none });
    await page.evaluate(() => {
      const absent = { style: null, placeholder: null, disabled: null, label: null } as never;
      (globalThis as unknown as ShopPage).vault.getElement('cardNumber')?.update({ placeholder: '1234' });
      (globalThis as unknown as ShopPage).vault.getElement('cardNumber')?.update(absent);
    });
    await typeCard(page);
    expect(await inputOf(page, 'Card number').getAttribute('placeholder')).toBe('');
    expect(await createToken(page)).toMatchObject({ ok: true });
    expect(thrown).toEqual([]);
  });

  it('with two vaults makes a token of the fields of each', async () => {
    await openFields(page, shop);
    const titles = ['Card number', 'Expiration date', 'Security code'];
    await page.evaluate(async (frameBaseUrl) => {
      const here = globalThis as unknown as ShopPage & { other: ShopPage['vault'] };
      here.other = await here.OzVault.create({ frameBaseUrl, sessionUrl: '/session' });
      const types = ['cardNumber', 'expirationDate', 'cvv'] as const;
      const ready = types.map((type) => {
        const field = here.other.createElement(type, { label: `Other ${type}` });
        return new Promise((resolve) => field.once('ready', resolve).mount('#root'));
      });
      await Promise.all(ready);
    }, shop.elementsUrl);
    await typeCard(page);
    for (const [type, text] of [
      ['cardNumber', '5555555555554444'],
      ['expirationDate', '1236'],
      ['cvv', '321'],
    ] as const) {
      await inputOf(page, `Other ${type}`).fill(text);
    }
    const made = await page.evaluate(async () => {
      const { vault, other } = globalThis as unknown as ShopPage & { other: ShopPage['vault'] };
      const both = await Promise.all([vault.createToken(), other.createToken()]);
      other.destroy();
      return [...both, await vault.createToken()].map(({ card }) => card.last4);
    });
    expect(made).toEqual(['4242', '4444', '4242']);
    for (const title of titles) expect(await inputOf(page, title).count()).toBe(1);
    expect(thrown).toEqual([]);
  });

  it('in a sandboxed frame of another page, over plain http, has fields as any other', async () => {
    // As in browsers on a page that is neither https nor of this machine.
    await page.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID'));
    await page.goto(`${shop.url}/open`);
    await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
      frame.src = '/?inner';
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
    });
    const inner = page.frames().find((frame) => frame.url().endsWith('/?inner')) as Frame;
    const outcome = await inner.evaluate(async (frameBaseUrl) => {
      const { OzVault } = globalThis as unknown as ShopPage;
      const vault = await OzVault.create({ frameBaseUrl, sessionUrl: '/session' });
      const field = vault.createElement('cardNumber');
      await new Promise((resolve) => field.once('ready', resolve).mount('#cardNumber'));
      const refused = await vault.createToken().catch(({ errorCode }) => errorCode);
      return [refused, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(vault.vaultId)];
    }, shop.elementsUrl);
    expect(outcome).toEqual(['validation', true]);
  });

  it('whose own functions throw is told so by its browser, and the card is paid all the same', async () => {
    shop.mint = () => shop.vault.mintSession('ozu_shop', { session_limit: 1 });
    await page.goto(shop.url);
    await page.evaluate(async (frameBaseUrl) => {
      const here = globalThis as unknown as ShopPage;
      const fail = (name: string) => () => {
        throw new Error(name);
      };
      here.vault = await here.OzVault.create({
        frameBaseUrl,
        sessionUrl: '/session',
        onReady: fail('onReady'),
        onSessionRefresh: fail('onSessionRefresh'),
      });
      const ready = (['cardNumber', 'expirationDate', 'cvv'] as const).map((type) => {
        const field = here.vault.createElement(type).mount(`#${type}`);
        field.on('change', fail('change'));
        return new Promise((resolve) => field.on('ready', fail('ready')).on('ready', resolve));
      });
      await Promise.all(ready);
    }, shop.elementsUrl);
    await typeCard(page);
    expect([await createToken(page), await createToken(page)]).toMatchObject([{ ok: true }, { ok: true }]);
    shop.mint = () => shop.vault.mintSession('ozu_shop');
    expect(new Set(thrown)).toEqual(new Set(['onReady', 'ready', 'change', 'onSessionRefresh']));
  });
});
