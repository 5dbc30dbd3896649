// A small shop that takes payments as any merchant would: with `@ozura/elements/server`, on a hosted page.
// `ozura start` runs it. Alone: `node examples/store/src/main.ts data/dev.json [webhook secret]`, beside a running
// installation; `ozura listen --forward-to` its `/webhooks` tells the secret.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Ozura } from '@ozura/elements/server';
import { openApp } from './app.ts';
import { followEvents } from './fulfil.ts';
import { type Order, openOrders } from './orders.ts';

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
  /** Of the endpoint that leads to `/webhooks`. */
  readonly webhookSecret?: string | undefined;
  /** How often the feed of events is read while an order waits; default: once a minute. */
  readonly readEventsEveryMs?: number;
  /** Tells the warehouse; once for each order. */
  readonly ship?: (order: Order) => void;
  /** Where failures of the shop itself are told; standard error when absent. */
  readonly report?: (problem: string) => void;
}

export interface RunningStore {
  readonly url: string;
  stop(): Promise<void>;
}

/** A customer is waiting: one more try, a second later, and then the page says so. */
const timeoutMs = 10_000;
/** For those whom no webhook tells of. */
const readEventsDefaultMs = 60_000;

export async function startStore(config: StoreConfig): Promise<RunningStore> {
  const { checkoutUrl, merchantId, merchantKey: apiKey, vaultKey } = config;
  const ozura = new Ozura({ checkoutUrl, merchantId, apiKey, vaultKey, timeoutMs, retries: 1 });
  const { webhookSecret, ship = () => undefined, report = console.error } = config;
  const shop = { url: '', orders: openOrders(), ozura, merchantId, checkoutUrl, webhookSecret, ship };
  const server = openApp(shop, report);
  server.listen(config.port, config.host);
  await once(server, 'listening');
  shop.url = config.storeUrl ?? `http://localhost:${(server.address() as AddressInfo).port}`;
  const following = followEvents(shop, config.readEventsEveryMs ?? readEventsDefaultMs, report);
  return {
    url: shop.url,
    async stop() {
      following.stop();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

if (import.meta.main) {
  const keys = JSON.parse(readFileSync(process.argv[2] ?? 'data/dev.json', 'utf8')) as Keys;
  const ship = ({ id }: Order): void => console.log(`Order ${id} goes out`);
  const { url } = await startStore({ ...keys, webhookSecret: process.argv[3], ship, host: '127.0.0.1', port: 0 });
  console.log(`The store is open on ${url}`);
}
