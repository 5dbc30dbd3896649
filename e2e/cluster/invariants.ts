// What must hold after everything that was done to the cluster (contract 12.7), from the databases and the processor's
// journal. Each check has a name, and says what it counted and what is wrong.
import { type Database, sql } from '@ozura/kit/db/handle';
import type { Received } from '../receiver.ts';
import type { Booked, Books, Check } from './books.ts';
import { auditLogIsWhole, everyEndIsTold, feedHasNoGaps, webhooksArrived } from './event-invariants.ts';
import type { Urls } from './programs.ts';
import type { Acknowledged } from './traffic/shop.ts';

export interface Witnesses {
  readonly books: Books;
  readonly told: Acknowledged;
  readonly received: readonly Received[];
  readonly urls: Urls;
  readonly adminToken: string;
}

export async function checkAll(witnesses: Witnesses): Promise<Check[]> {
  const { books, told } = witnesses;
  const sales = await salesOf(books.pay);
  const booked = books.booked();
  return [
    await nothingToldIsLost(witnesses),
    { rule: 'nothing that was said was taken back', counted: '', problems: told.problems },
    await chargedIsApproved(books.pay, sales, booked),
    await sessionsAreSales(books.checkout, sales),
    await plansAreCharged(books.pay),
    await refundsAreCovered(books.pay, booked),
    await linksAreCounted(books.checkout),
    await feedHasNoGaps(books),
    await everyEndIsTold(books.checkout),
    await webhooksArrived(books, witnesses.received),
    await auditLogIsWhole(witnesses.urls, witnesses.adminToken),
  ];
}

type Sale = {
  readonly reference: string;
  readonly order_id: string | null;
  readonly plan_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  /** Of its row of money. */
  readonly transaction_minor: number | null;
};

const salesOf = (pay: Database): Promise<Sale[]> =>
  pay.all<Sale>(sql`
    SELECT a.attempt_id AS reference, c.order_id, c.plan_id, a.amount_minor, a.currency,
      (SELECT t.amount_minor FROM transactions t
        WHERE t.attempt_id = a.attempt_id AND t.transaction_type = 'CreditCardSale') AS transaction_minor
    FROM attempts a JOIN charges c USING (charge_id) WHERE a.state = 'APPROVED'`);

/** 12.7, 9: every 2xx that a client received is true. */
async function nothingToldIsLost({ books, told }: Witnesses): Promise<Check> {
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
  const problems = [
    ...told.sessions.filter((id) => !sessions.has(id)).map((id) => `session ${id} is lost`),
    ...told.paid
      .filter(({ sessionId, transactionId }) => {
        const session = sessions.get(sessionId);
        return session?.status !== 'completed' || paidAs(session) !== transactionId || !amounts.has(transactionId);
      })
      .map(({ sessionId }) => `${sessionId} was paid, and is ${sessions.get(sessionId)?.status ?? 'lost'}`),
    ...[...told.sales, ...told.refunds]
      .filter(({ transactionId, amount }) => amounts.get(transactionId) !== Math.round(Number(amount) * 100))
      .map(({ transactionId, amount }) => `${transactionId} over ${amount} is ${amounts.get(transactionId) ?? 'lost'}`),
    ...told.plans.filter((id) => !planIds.has(id)).map((id) => `plan ${id} is lost`),
  ];
  const { sessions: made, paid, sales, refunds, plans: started } = told;
  const counted = `${made.length} sessions, ${paid.length} paid, ${sales.length} sales, ${refunds.length} refunds, ${started.length} plans`;
  return { rule: 'everything that was acknowledged is there', counted, problems };
}

/** 12.7, 1, 2 and 5: by reference, amount and currency. */
async function chargedIsApproved(pay: Database, sales: readonly Sale[], booked: readonly Booked[]): Promise<Check> {
  const voids = new Set(booked.filter(({ kind }) => kind === 'void').map(({ original }) => original));
  const voidedByMerchant = new Set(
    (
      await pay.all<{ sale_id: string }>(sql`SELECT sale_id FROM refunds WHERE means = 'void' AND state = 'APPROVED'`)
    ).map((row) => row.sale_id),
  );
  const approved = booked.filter(({ kind, status }) => kind === 'sale' && status === 'approved');
  const standing = approved.filter(
    ({ transaction_id: id, reference }) => !voids.has(id) || voidedByMerchant.has(reference),
  );
  const line = (row: Booked | Sale): string => `${row.reference} ${row.amount_minor} ${row.currency}`;
  const theirs = new Set(standing.map(line));
  const ours = new Set(sales.map(line));
  const twice = approved.length - new Set(approved.map(({ reference }) => reference)).size;
  const problems = [
    ...[...theirs].filter((sale) => !ours.has(sale)).map((sale) => `${sale} is charged, and not in the ledger`),
    ...[...ours].filter((sale) => !theirs.has(sale)).map((sale) => `${sale} is in the ledger, and not charged`),
    ...(twice === 0 ? [] : [`${twice} references were charged twice`]),
    ...sales
      .filter((sale) => sale.amount_minor !== sale.transaction_minor)
      .map(({ reference }) => `${reference} has another amount in its row`),
  ];
  const counted = `${standing.length} charged, ${sales.length} approved, ${approved.length - standing.length} undone`;
  return { rule: 'approved charges at the processor are the approved transactions', counted, problems };
}

/** 12.7, 1 and 3. */
async function sessionsAreSales(checkout: Database, sales: readonly Sale[]): Promise<Check> {
  const sessions = await checkout.all<{ id: string; status: string; payment_state: string | null }>(
    sql`SELECT id, status, payment_state FROM sessions`,
  );
  const salesOfOrder = new Map<string, number>();
  for (const { order_id: order } of sales)
    if (order !== null) salesOfOrder.set(order, (salesOfOrder.get(order) ?? 0) + 1);
  const problems = sessions
    .filter(({ id, status }) => (salesOfOrder.get(id) ?? 0) !== (status === 'completed' ? 1 : 0))
    .map(({ id, status }) => `${id} is ${status}, with ${salesOfOrder.get(id) ?? 0} sales`);
  const open = sessions
    .filter(({ payment_state: state }) => state !== null)
    .map(({ id }) => `${id} is still in flight`);
  const completed = sessions.filter(({ status }) => status === 'completed').length;
  const plans = sales.filter(({ plan_id: plan }) => plan !== null).length;
  const counted = `${completed} completed sessions + ${sales.length - completed - plans} direct sales + ${plans} cycles of plans = ${sales.length}`;
  return {
    rule: 'a session is completed exactly when it was charged, once',
    counted,
    problems: [...problems, ...open],
  };
}

async function plansAreCharged(pay: Database): Promise<Check> {
  const rows = await pay.all<{ plan_id: string; cycles_charged: number; charged: number; cycles: number }>(sql`
    SELECT p.plan_id, p.cycles_charged, count(a.attempt_id) AS charged, count(DISTINCT c.cycle) AS cycles
    FROM plans p LEFT JOIN charges c ON c.plan_id = p.plan_id
      LEFT JOIN attempts a ON a.charge_id = c.charge_id AND a.state = 'APPROVED'
    GROUP BY p.plan_id, p.cycles_charged`);
  const problems = rows
    .filter((row) => row.charged !== row.cycles_charged || row.charged > row.cycles)
    .map(
      (row) => `${row.plan_id} counts ${row.cycles_charged} cycles, and ${row.charged} of ${row.cycles} were charged`,
    );
  const cycles = rows.reduce((sum, row) => sum + row.charged, 0);
  return { rule: 'each cycle of a plan is charged once', counted: `${rows.length} plans, ${cycles} cycles`, problems };
}

async function refundsAreCovered(pay: Database, booked: readonly Booked[]): Promise<Check> {
  const given = await pay.all<{ refund_id: string; means: string }>(
    sql`SELECT refund_id, means FROM refunds WHERE state = 'APPROVED'`,
  );
  const ours = new Set(given.filter(({ means }) => means === 'refund').map((row) => row.refund_id));
  const theirs = booked.filter(({ kind, status }) => kind === 'refund' && status === 'approved');
  const undone = new Set(booked.filter(({ kind }) => kind === 'void').map(({ original }) => original));
  const standing = theirs.filter(({ transaction_id: id }) => !undone.has(id));
  const references = new Set(standing.map(({ reference }) => reference));
  const back = new Map<string, number>();
  for (const { original, amount_minor: minor } of standing)
    back.set(original ?? '', (back.get(original ?? '') ?? 0) + minor);
  const problems = [
    ...booked
      .filter(({ transaction_id: id, amount_minor: minor }) => (back.get(id) ?? 0) > minor)
      .map(({ reference }) => `more was given back of ${reference} than was charged`),
    ...[...references].filter((id) => !ours.has(id)).map((id) => `refund ${id} is booked, and not in the ledger`),
    ...[...ours].filter((id) => !references.has(id)).map((id) => `refund ${id} is in the ledger, and not booked`),
    ...(standing.length === references.size ? [] : ['a reference was given back twice']),
  ];
  const counted = `${references.size} refunds, ${given.length - ours.size} voids`;
  return { rule: 'refunds are booked once, and no more than was charged', counted, problems };
}

/** 12.7, 6. */
async function linksAreCounted(checkout: Database): Promise<Check> {
  const rows = await checkout.all<{ id: string; used: number; reserved: number; completed: number; most: number }>(sql`
    SELECT id, used, reserved, usage_limit AS most, (SELECT count(*) FROM sessions
      WHERE payment_link_id = payment_links.id AND status = 'completed') AS completed FROM payment_links`);
  const problems = rows
    .filter((row) => row.used !== row.completed || row.reserved !== 0 || row.used > row.most)
    .map((row) => `${row.id}: ${row.used} used, ${row.completed} completed, ${row.reserved} reserved of ${row.most}`);
  const counted = rows.map((row) => `${row.used} of ${row.most} used`).join();
  return { rule: 'uses of a payment link are its completed sessions', counted, problems };
}
