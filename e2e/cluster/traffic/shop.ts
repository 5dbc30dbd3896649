// One merchant of the cluster: his keys, his endpoint for webhooks, and what he and his customers were told for certain.
import type { Receiver } from '../../receiver.ts';
import { openReceiver } from '../../receiver.ts';
import type { TokenizedCard } from '../../tokens.ts';
import type { Urls } from '../programs.ts';
import { type Calls, openCalls } from './calls.ts';
import { type Heard, openHeard } from './heard.ts';

/** Amounts as written. */
export interface Sold {
  readonly transactionId: string;
  readonly amount: string;
}

/** The amount is that of the redirect to the shop. */
export interface Paid extends Sold {
  readonly sessionId: string;
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

/** What nobody else has any business with. */
export interface Own {
  readonly links: string[];
  readonly cards: TokenizedCard[];
  readonly idempotencyKeys: string[];
  readonly endpointId: string;
  /** Keys and secrets, with what they are. */
  readonly secrets: ReadonlyMap<string, string>;
}

export interface Shop {
  readonly name: string;
  readonly urls: Urls;
  readonly merchantId: string;
  /** For Checkout. */
  readonly keys: Readonly<Record<string, string>>;
  /** For Pay. */
  readonly payKeys: Readonly<Record<string, string>>;
  readonly vaultKey: string;
  readonly calls: Calls;
  readonly heard: Heard;
  readonly receiver: Receiver;
  readonly told: Acknowledged;
  readonly own: Own;
}

export interface Named {
  readonly name: string;
  readonly merchantId: string;
}

export async function openShop(urls: Urls, adminToken: string, { name, merchantId }: Named): Promise<Shop> {
  const authorization = `Bearer ${adminToken}`;
  const { merchantKey } = await post<{ merchantKey: string }>(
    `${urls.payUrl}/admin/merchants`,
    { merchantId, name, by: 'cluster test' },
    { authorization },
  );
  // Whoever may see his own numbers in clear is the one who must not see another's.
  const permissions = { tokenization: { allowed: true }, detokenization: { allowed: true } };
  const { api_key: vaultKey } = await post<{ api_key: string }>(
    `${urls.vaultUrl}/api/applications`,
    { name, permissions },
    { authorization, 'x-merchant-id': merchantId },
  );
  const keys = { 'x-api-key': vaultKey, 'x-ozura-api-key': merchantKey };
  const receiver = await openReceiver();
  const hook = { url: receiver.url, events: ['*'] };
  const endpoint = await post<{ id: string; secret: string }>(`${urls.checkoutUrl}/api/webhook-endpoints`, hook, keys);
  const secrets = new Map([
    [merchantKey, 'a merchant key'],
    [vaultKey, 'a vault key'],
    [endpoint.secret, 'the secret of a webhook endpoint'],
  ]);
  const heard = openHeard();
  return {
    name,
    urls,
    merchantId,
    keys,
    payKeys: { 'x-api-key': merchantKey, 'vault-api-key': vaultKey },
    vaultKey,
    calls: openCalls(heard.hear),
    heard,
    receiver,
    told: { sessions: [], paid: [], sales: [], refunds: [], plans: [], declines: [], problems: [] },
    own: { links: [], cards: [], idempotencyKeys: [], endpointId: endpoint.id, secrets },
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
