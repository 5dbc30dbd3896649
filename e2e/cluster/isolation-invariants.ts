// That merchants are kept apart (contract 12.7, 8): what an intruder was told, whose rows are whose, and that what he was
// after is as it was.
import { type Database, type Statement, sql } from '@ozura/kit/db/handle';
import type { Check, Databases } from './books.ts';
import type { Intruder } from './traffic/intruder.ts';
import type { Shop } from './traffic/shop.ts';

export function intruderLearnsNothing({ answered, problems }: Intruder): Check {
  const tries = [...answered.values()].reduce((sum, count) => sum + count, 0);
  const never = [...answered].filter(([, count]) => count === 0).map(([name]) => name);
  return {
    rule: 'who asks for what is of another merchant is told what the contract says, never data',
    proves: [8],
    counted: `${tries} tries of ${answered.size} kinds`,
    problems: [
      ...problems,
      ...never.map((name) => `nobody was answered who tried to ${name}`),
      ...(answered.size === 0 ? ['nothing was tried'] : []),
    ],
  };
}

export async function merchantsAreApart(books: Databases, shops: readonly Shop[]): Promise<Check> {
  const problems = [...(await mixedRows(books.checkout, ofCheckout)), ...(await mixedRows(books.pay, ofPay))];
  problems.push(...(await mixedRows(books.vault, ofVault)));
  for (const shop of shops) {
    const changed = [...(await changedAtCheckout(books, shop)), ...(await changedAtPay(books, shop))];
    problems.push(...changed, ...(await changedAtVault(books, shop)));
    const { merchantId, receiver } = shop;
    for (const { event } of receiver.received)
      if (event.merchantId !== merchantId) problems.push(`${merchantId} was sent ${event.id} of ${event.merchantId}`);
  }
  const counted = shops.map(({ merchantId, told, own }) => {
    const { sessions, sales, plans } = told;
    return `${merchantId}: ${sessions.length} sessions, ${sales.length} sales, ${plans.length} plans, ${own.cards.length} cards`;
  });
  const rule = 'each row is of the merchant of what it belongs to, and what is of one was changed by nobody else';
  return { rule, proves: [8], counted: counted.join('; '), problems };
}

async function mixedRows(db: Database, statement: Statement): Promise<string[]> {
  const rows = await db.all<{ what: string; n: number }>(statement);
  return rows.filter(({ n }) => n > 0).map(({ what, n }) => `${n} ${what} are of another merchant`);
}

const ofCheckout = sql`
  SELECT 'charges' AS what, count(*) AS n FROM charges o JOIN sessions s ON s.id = o.session_id
    WHERE o.merchant_id <> s.merchant_id
  UNION ALL SELECT 'page credentials', count(*) FROM page_credentials o JOIN sessions s ON s.id = o.session_id
    WHERE o.merchant_id <> s.merchant_id
  UNION ALL SELECT 'sessions', count(*) FROM sessions o JOIN payment_links l ON l.id = o.payment_link_id
    WHERE o.merchant_id <> l.merchant_id
  UNION ALL SELECT 'events', count(*) FROM events o JOIN sessions s ON s.id = o.subject
    WHERE o.merchant_id <> s.merchant_id
  UNION ALL SELECT 'deliveries', count(*) FROM webhook_deliveries o JOIN webhook_endpoints e ON e.id = o.endpoint_id
    JOIN events v ON v.id = o.event_id WHERE o.merchant_id <> e.merchant_id OR v.merchant_id <> e.merchant_id`;

const ofPay = sql`
  SELECT 'attempts' AS what, count(*) AS n FROM attempts o JOIN charges c ON c.charge_id = o.charge_id
    WHERE o.merchant_id <> c.merchant_id
  UNION ALL SELECT 'transactions', count(*) FROM transactions o JOIN charges c ON c.charge_id = o.charge_id
    WHERE o.merchant_id <> c.merchant_id
  UNION ALL SELECT 'refunds', count(*) FROM refunds o JOIN transactions t ON t.transaction_id = o.sale_id
    WHERE o.merchant_id <> t.merchant_id
  UNION ALL SELECT 'charges', count(*) FROM charges o JOIN plans p ON p.plan_id = o.plan_id
    WHERE o.merchant_id <> p.merchant_id`;

const ofVault = sql`
  SELECT 'security codes' AS what, count(*) AS n FROM cvc_entries o JOIN tokens t ON t.token = o.token
    WHERE o.merchant_id <> t.merchant_id`;

async function changedAtCheckout(
  { checkout }: Databases,
  { merchantId, told, own, receiver }: Shop,
): Promise<string[]> {
  const sessions = await idsOf(checkout, sql`SELECT id FROM sessions WHERE merchant_id = ${merchantId}`);
  const links = await idsOf(
    checkout,
    sql`SELECT id FROM payment_links WHERE merchant_id = ${merchantId} AND deactivated_at IS NULL`,
  );
  const endpoints = await idsOf(
    checkout,
    sql`SELECT id FROM webhook_endpoints WHERE merchant_id = ${merchantId} AND status = 'enabled'
      AND url = ${new URL(receiver.url).href} AND retired_secrets = '[]'`,
  );
  return [
    ...missing('session', told.sessions, sessions),
    ...missing('link', own.links, links),
    ...missing('webhook endpoint', [own.endpointId], endpoints),
    ...(endpoints.size === 1 ? [] : [`${merchantId} has ${endpoints.size} webhook endpoints`]),
  ];
}

async function changedAtPay({ pay }: Databases, { merchantId, told }: Shop): Promise<string[]> {
  const rows = await idsOf(pay, sql`SELECT transaction_id AS id FROM transactions WHERE merchant_id = ${merchantId}`);
  const plans = await idsOf(
    pay,
    sql`SELECT plan_id AS id FROM plans WHERE merchant_id = ${merchantId} AND status NOT IN ('paused', 'cancelled')`,
  );
  const money = [...told.paid, ...told.sales, ...told.refunds].map(({ transactionId }) => transactionId);
  return [...missing('transaction', money, rows), ...missing('plan', told.plans, plans)];
}

async function changedAtVault({ vault }: Databases, { merchantId, own }: Shop): Promise<string[]> {
  const tokens = await idsOf(
    vault,
    sql`SELECT token AS id FROM tokens WHERE merchant_id = ${merchantId} AND deleted_at IS NULL`,
  );
  const revoked = await idsOf(
    vault,
    sql`SELECT key_hash AS id FROM sessions WHERE merchant_id = ${merchantId} AND revoked_at IS NOT NULL`,
  );
  const kept = own.cards.map(({ token }) => token);
  return [
    ...missing('token', kept, tokens),
    ...(revoked.size === 0
      ? []
      : [`${revoked.size} session keys of ${merchantId} are revoked, and he has revoked none`]),
  ];
}

const idsOf = async (db: Database, statement: Statement): Promise<ReadonlySet<string>> =>
  new Set((await db.all<{ id: string }>(statement)).map(({ id }) => id));

const missing = (what: string, ids: readonly string[], there: ReadonlySet<string>): string[] =>
  ids.filter((id) => !there.has(id)).map((id) => `the ${what} ${id} is gone, changed, or of somebody else`);
