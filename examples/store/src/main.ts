// A small shop that takes payments as any merchant would: with `@ozura/elements/server`, on a hosted page.
// `ozura start` runs it. Alone: `node examples/store/src/main.ts data/dev.json`, beside a running installation.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Ozura } from '@ozura/elements/server';
import { openApp } from './app.ts';
import { openOrders } from './orders.ts';

interface Keys {
  readonly checkoutUrl: string;
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
}

export interface StoreConfig extends Keys {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where customers find the shop; `http://localhost:{port}` when absent. */
  readonly storeUrl?: string;
  /** Where failures of the shop itself are told; standard error when absent. */
  readonly report?: (problem: string) => void;
}

export interface RunningStore {
  readonly url: string;
  stop(): Promise<void>;
}

/** A customer is waiting: one more try, a second later, and then the page says so. */
const timeoutMs = 10_000;

export async function startStore(config: StoreConfig): Promise<RunningStore> {
  const { checkoutUrl, merchantId, merchantKey: apiKey, vaultKey } = config;
  const ozura = new Ozura({ checkoutUrl, merchantId, apiKey, vaultKey, timeoutMs, retries: 1 });
  const shop = { url: '', orders: openOrders(), ozura, merchantId, checkoutUrl };
  const server = openApp(shop, config.report ?? console.error);
  server.listen(config.port, config.host);
  await once(server, 'listening');
  shop.url = config.storeUrl ?? `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: shop.url,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

if (import.meta.main) {
  const keys = JSON.parse(readFileSync(process.argv[2] ?? 'data/dev.json', 'utf8')) as Keys;
  const { url } = await startStore({ ...keys, host: '127.0.0.1', port: 0 });
  console.log(`The store is open on ${url}`);
}
