// A merchant's page with card fields, on an origin of its own and under a strict policy, and the Vault behind it.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { OzVault, VaultOptions } from '@ozura/elements';
import { type BrowserFile, bundle } from '@ozura/kit/bundle';
import type { FrameLocator, Page } from 'playwright-core';
import { freePortBase } from './ports.ts';
import { startTestVault, type TestVault } from './vault.ts';

export interface Shop {
  readonly vault: TestVault;
  readonly url: string;
  readonly elementsUrl: string;
  /** What the session route answers; a fresh key by default. */
  mint: () => Promise<string>;
  stop(): Promise<void>;
}

/** Globals of the page. */
export interface ShopPage {
  OzVault: typeof OzVault;
  vault: OzVault;
  events: unknown[];
  heard: unknown[];
}

type Script = Pick<BrowserFile, 'url' | 'type' | 'integrity' | 'bytes'>;

const plain = bundle(new URL('./elements-page.ts', import.meta.url));

export async function openShop(script: Script = plain): Promise<Shop> {
  const base = await freePortBase();
  // Another site than the shop's: its frames run in another process.
  const urls = {
    checkoutUrl: `http://localhost:${base + 10}`,
    vaultUrl: `http://127.0.0.1:${base + 1}`,
    payUrl: `http://localhost:${base + 2}`,
    elementsUrl: `http://127.0.0.1:${base + 3}`,
  };
  const vault = await startTestVault({ port: base + 1, elementsPort: base + 3, urls });
  const mint = (): Promise<string> => vault.mintSession('ozu_shop');
  const shop: Shop = { vault, url: `http://localhost:${base}`, elementsUrl: urls.elementsUrl, mint, stop };
  const server = createServer((request, response) => answer({ shop, script }, request.url ?? '/', response)).listen(
    base,
  );
  await once(server, 'listening');
  return shop;

  async function stop(): Promise<void> {
    await Promise.all([closeServer(server), vault.stop()]);
  }
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

interface Served {
  readonly shop: Shop;
  readonly script: Script;
}

async function answer({ shop, script }: Served, path: string, response: ServerResponse): Promise<void> {
  if (path === '/session') return void response.end(JSON.stringify({ sessionKey: await shop.mint() }));
  if (path === script.url) return void response.setHeader('content-type', script.type).end(script.bytes);
  // The same page without a policy, for tests that put frames of attackers into it.
  const isOpen = path === '/open';
  const policy = [
    "default-src 'none'",
    `script-src '${script.integrity}'`,
    `frame-src ${path === '/frameless' ? "'none'" : shop.elementsUrl}`,
    "connect-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  response.writeHead(200, {
    'content-type': 'text/html',
    ...(isOpen ? {} : { 'content-security-policy': policy.join('; '), 'cross-origin-embedder-policy': 'require-corp' }),
  });
  response.end(`<!doctype html><title>Shop</title>
    <button id="before">Before</button><div id="cardNumber"></div><div id="expirationDate"></div><div id="cvv"></div>
    <div id="accountNumber"></div><div id="routingNumber"></div><div id="root"></div><button id="after">Pay</button>
    <script src="${script.url}" integrity="${script.integrity}"></script>`);
}

export const inFrame = (page: Page, label: string): FrameLocator =>
  page.frameLocator(`iframe[title="Secure field: ${label}"]`);

export const inputOf = (page: Page, label: string) => inFrame(page, label).locator('input');

type Options = Pick<VaultOptions, 'sessionLimit' | 'appearance' | 'pubKey' | 'fonts'> & { readonly path?: string };

/** Opens the shop's page with its three card fields, ready to be typed into. */
export async function openFields(
  page: Page,
  { url, elementsUrl }: Shop,
  { path = '/', ...options }: Options = {},
): Promise<void> {
  await page.goto(url + path);
  await page.evaluate(
    async ([frameBaseUrl, more]) => {
      const shop = globalThis as unknown as ShopPage;
      shop.events = [];
      shop.vault = await shop.OzVault.create({ frameBaseUrl, sessionUrl: '/session', ...more });
      const ready = (['cardNumber', 'expirationDate', 'cvv'] as const).map((type) => {
        const element = shop.vault.createElement(type).mount(`#${type}`);
        for (const name of ['change', 'focus', 'blur', 'submit', 'ready', 'loaderror'] as const) {
          element.on(name, (event) => shop.events.push({ name, ...event }));
        }
        return new Promise<unknown>((resolve) => element.once('ready', resolve));
      });
      await Promise.all(ready);
    },
    [elementsUrl, options] as const,
  );
}

export async function typeCard(page: Page, number = '4242424242424242', expiry = '1135', code = '739'): Promise<void> {
  await inputOf(page, 'Card number').pressSequentially(number);
  await inputOf(page, 'Expiration date').pressSequentially(expiry);
  await inputOf(page, 'Security code').pressSequentially(code);
}

export type Outcome =
  | { readonly ok: true; readonly response: Awaited<ReturnType<OzVault['createToken']>> }
  | { readonly ok: false; readonly errorCode: string; readonly message: string; readonly retryable: boolean };

export const createToken = (page: Page): Promise<Outcome> =>
  page.evaluate(() =>
    (globalThis as unknown as ShopPage).vault.createToken().then(
      (response) => ({ ok: true as const, response }),
      ({ errorCode, message, retryable }) => ({ ok: false as const, errorCode, message, retryable }),
    ),
  );

export const eventsOf = (page: Page): Promise<{ name: string; type: string; [member: string]: unknown }[]> =>
  page.evaluate(() => (globalThis as unknown as ShopPage).events as never);
