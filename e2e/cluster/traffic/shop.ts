// One merchant of the cluster: his keys, his endpoint for webhooks, and what he and his customers were told for certain.
import type { Receiver } from '../../receiver.ts';
import { openReceiver } from '../../receiver.ts';
import type { Urls } from '../programs.ts';
import { type Calls, openCalls } from './calls.ts';

export interface Paid {
  readonly sessionId: string;
  readonly transactionId: string;
}

/** Amounts as written. */
export interface Sold {
  readonly transactionId: string;
  readonly amount: string;
}

export interface Refunded extends Sold {
  readonly originalTransactionId: string;
}

/** What 2xx answers have said. It stays true, whatever happens (contract 12.7). */
export interface Acknowledged {
  readonly sessions: string[];
  readonly paid: Paid[];
  readonly sales: Sold[];
  readonly refunds: Refunded[];
  readonly plans: string[];
  readonly declines: string[];
  /** What must not have been said. */
  readonly problems: string[];
}

export interface Shop {
  readonly urls: Urls;
  readonly merchantId: string;
  /** For Checkout. */
  readonly keys: Readonly<Record<string, string>>;
  /** For Pay. */
  readonly payKeys: Readonly<Record<string, string>>;
  readonly vaultKey: string;
  readonly calls: Calls;
  readonly receiver: Receiver;
  readonly told: Acknowledged;
}

const merchantId = 'ozu_bluekettle';

export async function openShop(urls: Urls, adminToken: string): Promise<Shop> {
  const authorization = `Bearer ${adminToken}`;
  const made = await post<{ merchantKey: string }>(
    `${urls.payUrl}/admin/merchants`,
    { merchantId, name: 'Blue Kettle', by: 'cluster test' },
    { authorization },
  );
  const application = await post<{ api_key: string }>(
    `${urls.vaultUrl}/api/applications`,
    { name: 'Blue Kettle', permissions: { tokenization: { allowed: true } } },
    { authorization, 'x-merchant-id': merchantId },
  );
  const keys = { 'x-api-key': application.api_key, 'x-ozura-api-key': made.merchantKey };
  const receiver = await openReceiver();
  await post(`${urls.checkoutUrl}/api/webhook-endpoints`, { url: receiver.url, events: ['*'] }, keys);
  return {
    urls,
    merchantId,
    keys,
    payKeys: { 'x-api-key': made.merchantKey, 'vault-api-key': application.api_key },
    vaultKey: application.api_key,
    calls: openCalls(),
    receiver,
    told: { sessions: [], paid: [], sales: [], refunds: [], plans: [], declines: [], problems: [] },
  };
}

async function post<Data>(url: string, body: object, headers: Record<string, string>): Promise<Data> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const told = (await answer.json()) as { data: Data };
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(told)}`);
  return told.data;
}
