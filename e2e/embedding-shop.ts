// A merchant's page on an origin of its own that holds an `embedCode` as the API gave it, and keeps what it hears.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

export interface EmbeddingShop {
  readonly origin: string;
  /** `successUrl`, `cancelUrl` and `errorUrl` on this origin. */
  readonly urls: Record<'successUrl' | 'cancelUrl' | 'errorUrl', string>;
  /** What the page at `/` holds from now on. */
  show(embedCode: string): void;
  /** Everything that this origin was asked for. */
  readonly requests: readonly string[];
  close(): void;
}

export interface HeardMessage {
  readonly origin: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const LISTENER = `window.heard = [];
addEventListener('message', ({ origin, data }) => {
  heard.push({ origin, message: data });
  const frame = document.querySelector('iframe');
  if (data.type === 'CHECKOUT_RESIZE' && frame) frame.style.height = data.height + 'px';
});`;

export async function openEmbeddingShop(): Promise<EmbeddingShop> {
  let code = '';
  const requests: string[] = [];
  const server: Server = createServer(({ url = '' }, response) => {
    requests.push(url);
    const body = url === '/' ? `<script>${LISTENER}</script><h1>Shop</h1>${code}` : `<h1>${url.split('?')[0]}</h1>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><body>${body}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    urls: { successUrl: `${origin}/thanks?order=7`, cancelUrl: `${origin}/cart`, errorUrl: `${origin}/sorry` },
    show(embedCode) {
      code = embedCode;
    },
    requests,
    close: () => server.closeAllConnections(),
  };
}

/** What the shop's page has heard, without the heights. */
export const heardBy = async (page: Page): Promise<HeardMessage[]> =>
  (await page.evaluate(() => (globalThis as unknown as { heard: HeardMessage[] }).heard)).filter(
    ({ message }) => message.type !== 'CHECKOUT_RESIZE',
  );

export async function untilHeard(page: Page, type: string): Promise<HeardMessage> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = (await heardBy(page)).find(({ message }) => message.type === type);
    if (found !== undefined) return found;
    await page.waitForTimeout(50);
  }
  throw new Error(`the shop did not hear ${type}`);
}
