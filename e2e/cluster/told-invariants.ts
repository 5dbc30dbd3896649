// That what clients were told is so, and stays so (contract 12.7, 7 and 9).
import { sql } from '@ozura/kit/db/handle';
import type { Books, Check } from './books.ts';
import type { Shop } from './traffic/shop.ts';

/** Every 2xx that a client received is true. */
export async function nothingToldIsLost(books: Books, shops: readonly Shop[]): Promise<Check> {
  const sessions = new Map(
    (
      await books.checkout.all<{ id: string; status: string; payment: string | null }>(
        sql`SELECT id, status, payment FROM sessions`,
      )
    ).map((row) => [row.id, row]),
  );
  const rows = await books.pay.all<{ transaction_id: string; amount_minor: number }>(
    sql`SELECT transaction_id, amount_minor FROM transactions`,
  );
  const amounts = new Map(rows.map((row) => [row.transaction_id, row.amount_minor]));
  const plans = await books.pay.all<{ plan_id: string }>(sql`SELECT plan_id FROM plans WHERE status <> 'incomplete'`);
  const planIds = new Set(plans.map((row) => row.plan_id));
  const paidAs = ({ payment }: { payment: string | null }): string | undefined =>
    (JSON.parse(payment ?? '{}') as { transactionId?: string }).transactionId;
  const made = shops.flatMap(({ told }) => told.sessions);
  const paid = shops.flatMap(({ told }) => told.paid);
  const sales = shops.flatMap(({ told }) => told.sales);
  const refunds = shops.flatMap(({ told }) => told.refunds);
  const started = shops.flatMap(({ told }) => told.plans);
  const problems = [
    ...made.filter((id) => !sessions.has(id)).map((id) => `session ${id} is lost`),
    ...paid
      .filter(({ sessionId, transactionId }) => {
        const session = sessions.get(sessionId);
        return session?.status !== 'completed' || paidAs(session) !== transactionId || !amounts.has(transactionId);
      })
      .map(({ sessionId }) => `${sessionId} was paid, and is ${sessions.get(sessionId)?.status ?? 'lost'}`),
    ...[...paid, ...sales, ...refunds]
      .filter(({ transactionId, amount }) => amounts.get(transactionId) !== Math.round(Number(amount) * 100))
      .map(({ transactionId, amount }) => `${transactionId} over ${amount} is ${amounts.get(transactionId) ?? 'lost'}`),
    ...started.filter((id) => !planIds.has(id)).map((id) => `plan ${id} is lost`),
  ];
  const counted = `${made.length} sessions, ${paid.length} paid, ${sales.length} sales, ${refunds.length} refunds, ${started.length} plans`;
  return { rule: 'everything that was acknowledged is there', proves: [9], counted, problems };
}

/** What was looked at again was still so, and the same call again was told the same. */
export function nothingIsTakenBack(shops: readonly Shop[]): Check {
  const names = shops.flatMap(({ calls }) => calls.made.map(({ name }) => name));
  const looks = names.filter((name) => name === 'get session' || name === 'query').length;
  const repeats = names.filter((name) => name.endsWith(' again')).length;
  return {
    rule: 'nothing that was said was taken back',
    proves: [7, 9],
    counted: `${looks} looks, ${repeats} repeated calls`,
    problems: shops.flatMap(({ told }) => told.problems),
  };
}
