// What must hold of everything that is told and logged: the feed, the webhooks, the Vault's audit log (contract 12.7, 13.2).
import { type Database, sql } from '@ozura/kit/db/handle';
import type { Received } from '../receiver.ts';
import type { Books, Check } from './books.ts';
import type { Cluster } from './cluster.ts';

/** One for each merchant. */
export async function feedsHaveNoGaps({ checkout, pay }: Books): Promise<Check> {
  const rows = await checkout.all<{ id: string; merchant_id: string; sequence: number }>(
    sql`SELECT id, merchant_id, sequence FROM events WHERE sequence > 0 ORDER BY merchant_id, sequence`,
  );
  const ids = new Set(rows.map(({ id }) => id));
  const written = await pay.all<{ event_id: string }>(sql`SELECT event_id FROM outbox`);
  const lastOf = new Map<string, number>();
  const problems = written
    .filter(({ event_id: id }) => !ids.has(id))
    .map(({ event_id: id }) => `${id} of Pay is not in the feed`);
  for (const { merchant_id: merchant, sequence } of rows) {
    const last = lastOf.get(merchant) ?? 0;
    if (sequence !== last + 1) problems.push(`after number ${last} of ${merchant} comes ${sequence}`);
    lastOf.set(merchant, sequence);
  }
  return { rule: 'the feed has every event, without gaps', proves: [10], counted: `${rows.length} events`, problems };
}

/** Each sale and each refund is told once, with its amount; what the redirect says is compared when it comes. */
export async function amountsAreTold({ checkout, pay }: Books): Promise<Check> {
  const events = await checkout.all<{ type: string; body: string }>(
    sql`SELECT type, body FROM events WHERE type IN ('payment.approved', 'refund.succeeded')`,
  );
  const rows = await pay.all<{ transaction_id: string; amount_minor: number; currency: string }>(sql`
    SELECT t.transaction_id, t.amount_minor, a.currency FROM transactions t JOIN attempts a ON a.attempt_id = t.attempt_id
    WHERE t.transaction_type = 'CreditCardSale'
    UNION ALL SELECT refund_id, amount_minor, currency FROM refunds WHERE state = 'APPROVED'`);
  const told = events.map(({ body }) => {
    const { transactionId, amount, currency } = JSON.parse(body) as Readonly<Record<string, string>>;
    return `${transactionId} ${Math.round(Number(amount) * 100)} ${currency}`;
  });
  const due = new Set(rows.map((row) => `${row.transaction_id} ${row.amount_minor} ${row.currency}`));
  const once = new Set(told);
  const problems = [
    ...[...once].filter((line) => !due.has(line)).map((line) => `${line} was told, and is not so`),
    ...[...due].filter((line) => !once.has(line)).map((line) => `${line} was not told`),
    ...(once.size === told.length ? [] : [`${told.length - once.size} were told twice`]),
  ];
  return {
    rule: 'each sale and refund is told once, with its amount',
    proves: [5, 10],
    counted: `${told.length} told`,
    problems,
  };
}

export async function everyEndIsTold(checkout: Database): Promise<Check> {
  const rows = await checkout.all<{ id: string; status: string; told: number }>(sql`
    SELECT id, status, (SELECT count(*) FROM events WHERE subject = sessions.id
      AND type = 'session.' || sessions.status) AS told FROM sessions WHERE status <> 'pending'`);
  const problems = rows
    .filter(({ told }) => told !== 1)
    .map(({ id, status, told }) => `${id} is ${status}, which was told ${told} times`);
  return { rule: 'each end of a session has one event', proves: [10], counted: `${rows.length} ended`, problems };
}

/** Each at least once, and of one object in their order. */
export async function webhooksArrived({ checkout }: Books, received: readonly Received[]): Promise<Check> {
  const wanted = await checkout.all<{ event_id: string; object: string; sequence: number }>(
    sql`SELECT event_id, object, sequence FROM webhook_deliveries ORDER BY sequence`,
  );
  const first = new Map<string, number>();
  for (const [index, { event }] of received.entries()) if (!first.has(event.id)) first.set(event.id, index);
  const problems: string[] = [];
  const lastOf = new Map<string, number>();
  for (const { event_id: id, object } of wanted) {
    const at = first.get(id);
    if (at === undefined) problems.push(`${id} never arrived`);
    else if (at < (lastOf.get(object) ?? 0)) problems.push(`${id} of ${object} overtook the one before it`);
    lastOf.set(object, at ?? lastOf.get(object) ?? 0);
  }
  const counted = `${wanted.length} events, ${received.length} deliveries`;
  return { rule: 'every webhook arrived, in the order of its object', proves: [10], counted, problems };
}

/** Read by the Vault itself, which has the key of the chain. */
export async function auditLogIsWhole({ urls, keys }: Pick<Cluster, 'urls' | 'keys'>): Promise<Check> {
  const answer = await fetch(`${urls.vaultUrl}/audit/verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { data } = (await answer.json()) as { data?: { records: number; damage?: { kind: string; sequence: number } } };
  const { records = 0, damage } = data ?? {};
  const problems = [
    ...(answer.ok ? [] : [`the Vault answers ${answer.status}`]),
    ...(damage === undefined ? [] : [`record ${damage.sequence}: ${damage.kind}`]),
  ];
  return { rule: "the Vault's log of uses of cards is whole", proves: [], counted: `${records} records`, problems };
}
