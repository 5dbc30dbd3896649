// Card fields on a page of a merchant's own: how long until they can be typed into, and what a token costs the page.
import { openPlainShop } from '@ozura/e2e/sdk/plain-page';
import type { DevFile } from '@ozura/e2e/system';
import type * as OzElements from '@ozura/elements';
import { Ozura } from '@ozura/elements/server';
import { fillCard } from '@ozura/elements/testing';
import { version } from '@ozura/elements/version';
import type { Browser, Page } from 'playwright-core';

export interface ElementsResult {
  /** From the script of the page to the last of three fields that is ready; medians of fresh browser profiles. */
  readonly usableMs: number;
  /** The same where the browser has the files already. */
  readonly usableAgainMs: number;
  /** JavaScript on the page's main thread for one `createToken` with billing details. */
  readonly tokenScriptMs: number;
}

interface BenchPage {
  readonly OzElements: typeof OzElements;
  vault: OzElements.OzVault;
}

const openings = 9;
/** Fewer than the most that any session key is good for. */
const tokens = 40;
const person = { firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+14155550134' };
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'California', zip: '94607', country: 'US' };

export async function benchElements(browser: Browser, dev: DevFile): Promise<ElementsResult> {
  const { merchantId, merchantKey: apiKey, vaultKey, payUrl: apiUrl, vaultUrl, elementsUrl } = dev;
  const ozura = new Ozura({ merchantId, apiKey, vaultKey, apiUrl, vaultUrl });
  const scriptTag = `<script src="${elementsUrl}/v1/${version}/oz-elements.js"></script>`;
  const shop = await openPlainShop({ ozura, elementsUrl, scriptTag });
  try {
    const first: number[] = [];
    const again: number[] = [];
    for (let opening = 0; opening < openings; opening += 1) {
      const context = await browser.newContext();
      for (const times of [first, again]) {
        const page = await context.newPage();
        await page.goto(shop.url);
        times.push(await openFields(page, elementsUrl));
        await page.close();
      }
      await context.close();
    }
    // The fields of this page are asked for more tokens than a session key is good for by default.
    const { sessionKey } = await ozura.createSession({ sessionLimit: null });
    const page = await browser.newPage();
    await page.goto(shop.url);
    await openFields(page, elementsUrl, sessionKey);
    const tokenScriptMs = await scriptOfTokens(page);
    await page.close();
    return { usableMs: median(first), usableAgainMs: median(again), tokenScriptMs };
  } finally {
    await shop.stop();
  }
}

/** In ms. With a `sessionKey` the merchant's session route is not asked. */
const openFields = (page: Page, frameBaseUrl: string, sessionKey?: string): Promise<number> =>
  page.evaluate(
    async ([base, key]) => {
      const here = globalThis as unknown as BenchPage;
      const startedAt = performance.now();
      const source = key === undefined ? { sessionUrl: '/api/oz-session' } : { getSessionKey: async () => key };
      here.vault = await here.OzElements.OzVault.create({ ...source, frameBaseUrl: base, sessionLimit: null });
      const places = [
        ['cardNumber', '#number'],
        ['expirationDate', '#date'],
        ['cvv', '#code'],
      ] as const;
      const ready = places.map(
        ([type, place]) => new Promise((resolve) => here.vault.createElement(type).once('ready', resolve).mount(place)),
      );
      await Promise.all(ready);
      return performance.now() - startedAt;
    },
    [frameBaseUrl, sessionKey] as const,
  );

/** Of the page alone: the frames are in processes of their own. */
async function scriptOfTokens(page: Page): Promise<number> {
  await fillCard(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const scriptMs = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1_000;
  };
  const makeTokens = (count: number): Promise<void> =>
    page.evaluate(
      async ([times, billing]) => {
        for (let made = 0; made < times; made += 1) {
          await (globalThis as unknown as BenchPage).vault.createToken({ billing });
        }
      },
      [count, { ...person, address }] as const,
    );
  await makeTokens(1);
  const before = await scriptMs();
  await makeTokens(tokens);
  return ((await scriptMs()) - before) / tokens;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
