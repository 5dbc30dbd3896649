// The React entry in a real browser, with React 18 and 19, in development and under strict mode.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { inputOf, openShop, type Shop, typeCard } from './elements-shop.ts';
import type { ReactPage } from './react-page.ts';

// Each of the two workspaces has its own React.
const VERSIONS = [
  ['18', import.meta.url],
  ['19', import.meta.resolve('@ozura/elements/react')],
] as const;

function bundleWith(home: string) {
  const { resolve } = createRequire(home);
  const folderOf = (name: string): string => dirname(resolve(`${name}/package.json`));
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./react-page.ts', import.meta.url))],
    alias: { react: folderOf('react'), 'react-dom': folderOf('react-dom') },
    define: { 'process.env.NODE_ENV': '"development"' },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  const bytes = Buffer.from(outputFiles[0]?.contents ?? []);
  const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
  return { url: '/assets/react-page.js', type: 'text/javascript; charset=utf-8', integrity, bytes };
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe.each(VERSIONS)('with React %s', (version, home) => {
  let shop: Shop;
  let page: Page;
  let trouble: string[];
  let minted: number;

  beforeAll(async () => {
    shop = await openShop(bundleWith(home));
  });
  afterAll(() => shop?.stop());
  beforeEach(async () => {
    minted = 0;
    shop.mint = () => {
      minted += 1;
      return shop.vault.mintSession('ozu_shop');
    };
    page = await browser.newPage();
    trouble = [];
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.goto(shop.url);
  });
  afterEach(() => page.close());

  const isReady = () => page.evaluate(() => (globalThis as unknown as ReactPage).handle.ready);
  const show = async (): Promise<void> => {
    await page.evaluate((url) => (globalThis as unknown as ReactPage).show(url), shop.elementsUrl);
    await expect.poll(isReady).toBe(true);
  };
  const frames = () => page.locator('iframe').count();

  it('opens one vault under strict mode, and takes it away with the component', async () => {
    expect(await page.evaluate(() => (globalThis as unknown as ReactPage).reactVersion)).toMatch(`${version}.`);
    await show();
    // Three fields and the tokenizer.
    expect([minted, await frames()]).toEqual([1, 4]);
    const events = await page.evaluate(() => (globalThis as unknown as ReactPage).events);
    expect(events.filter(({ name }) => name === 'ready')).toEqual([{ name: 'ready' }]);
    await page.evaluate(() => (globalThis as unknown as ReactPage).leave());
    await expect.poll(frames).toBe(0);
    expect([minted, trouble]).toEqual([1, []]);
    await show();
    expect([minted, await frames(), trouble]).toEqual([2, 4, []]);
  });

  it('makes tokens, counts them, and passes events on', async () => {
    await show();
    await typeCard(page);
    const made = await page.evaluate(() => (globalThis as unknown as ReactPage).handle.createToken());
    expect(made).toMatchObject({ token: expect.stringMatching(/^tok_/), card: { last4: '4242', brand: 'VISA' } });
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as ReactPage).handle.tokenizeCount)).toBe(1);
    const events = await page.evaluate(() => (globalThis as unknown as ReactPage).events);
    for (const [name, type] of [
      ['focus', 'cardNumber'],
      ['change', 'cardNumber'],
      ['blur', 'cardNumber'],
      ['change', 'cvv'],
    ]) {
      expect(events).toContainEqual({ name, type });
    }
    expect(trouble).toEqual([]);
  });

  it('gives new properties to a field that is typed into, and mounts one that comes later once', async () => {
    await show();
    await typeCard(page);
    await page.evaluate(() => (globalThis as unknown as ReactPage).dress('Your number'));
    await expect.poll(() => inputOf(page, 'Card number').getAttribute('placeholder')).toBe('Your number');
    expect(await inputOf(page, 'Card number').inputValue()).toBe('4242 4242 4242 4242');
    await page.evaluate(() => (globalThis as unknown as ReactPage).toggleBank());
    await expect.poll(frames).toBe(6);
    await expect.poll(isReady).toBe(true);
    await inputOf(page, 'Account number').fill('000123456789');
    await inputOf(page, 'Routing number').fill('110000000');
    const { bank } = await page.evaluate(() =>
      (globalThis as unknown as ReactPage).handle.createBankToken({ firstName: 'Ada', lastName: 'Lovelace' }),
    );
    expect(bank).toEqual({ last4: '6789', routingNumber: '110000000' });
    await page.evaluate(() => (globalThis as unknown as ReactPage).toggleBank());
    await expect.poll(frames).toBe(4);
    expect([minted, await isReady(), trouble]).toEqual([1, true, []]);
  });

  it('takes over what a server has drawn, without a word', async () => {
    const fields = ['cardNumber', 'expirationDate', 'cvv'].map((type) => `<div data-oz-field="${type}"></div>`);
    const drawn = `<form><div role="group" aria-label="Card">${fields.join('')}</div></form>`;
    await page.goto(`${shop.url}/open`);
    await page.evaluate(([url, html]) => (globalThis as unknown as ReactPage).hydrate(url, html), [
      shop.elementsUrl,
      drawn,
    ] as const);
    await expect.poll(isReady).toBe(true);
    expect([minted, await frames(), trouble]).toEqual([1, 4, []]);
  });

  it('says that the frames did not load in time', async () => {
    await page.clock.install();
    await page.goto(`${shop.url}/frameless`);
    await page.evaluate((url) => (globalThis as unknown as ReactPage).show(url), shop.elementsUrl);
    await expect.poll(frames).toBe(4);
    await page.clock.fastForward(10_000);
    const { initError, ready } = await page.evaluate(() => {
      const { initError: error, ready: isReady } = (globalThis as unknown as ReactPage).handle;
      return { initError: error?.errorCode, ready: isReady };
    });
    expect([initError, ready]).toEqual(['timeout', false]);
  });

  it('says why there is no vault', async () => {
    await page.evaluate((url) => (globalThis as unknown as ReactPage).show(url, '/open'), shop.elementsUrl);
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as ReactPage).handle.initError?.errorCode))
      .toBe('unknown');
    expect(await frames()).toBe(0);
    const refused = page.evaluate(() => (globalThis as unknown as ReactPage).handle.createToken());
    await expect(refused).rejects.toThrow('not ready');
  });
});
