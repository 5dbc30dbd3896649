// What must hold after everything that was done to the cluster (contract 12.7), from the databases and the processor's
// journal. Each check has a name, and says what it counted and what is wrong.
import { type Database, sql } from '@ozura/kit/db/handle';
import type { Booked, Books, Check } from './books.ts';
import type { Cluster } from './cluster.ts';
import {
  amountsAreTold,
  auditLogIsWhole,
  everyEndIsTold,
  feedsHaveNoGaps,
  webhooksArrived,
} from './event-invariants.ts';
import { intruderLearnsNothing, merchantsAreApart } from './isolation-invariants.ts';
import { secretsOf } from './keys.ts';
import { nothingSecretIsSeen, type Place } from './secret-invariants.ts';
import { nothingIsTakenBack, nothingToldIsLost } from './told-invariants.ts';
import type { Intruder } from './traffic/intruder.ts';
import type { Shop } from './traffic/shop.ts';

export interface Witnesses {
  readonly cluster: Pick<Cluster, 'folder' | 'keys' | 'instances' | 'urls'>;
  readonly books: Books;
  readonly shops: readonly Shop[];
  /** In one of them. */
  readonly intruder: Intruder;
}

export async function checkAll({ cluster, books, shops, intruder }: Witnesses): Promise<Check[]> {
  const sales = await salesOf(books.pay);
  const booked = books.booked();
  return [
    await nothingToldIsLost(books, shops),
    nothingIsTakenBack(shops),
    await chargedIsApproved(books.pay, sales, booked),
    await sessionsAreSales(books.checkout, sales),
    await plansAreCharged(books.pay),
    await refundsAreCovered(books.pay, booked),
    await linksAreCounted(books.checkout),
    await amountsAreTold(books),
    await feedsHaveNoGaps(books),
    await everyEndIsTold(books.checkout),
    await webhooksArrived(
      books,
      shops.flatMap(({ receiver }) => receiver.received),
    ),
    await auditLogIsWhole(cluster),
    intruderLearnsNothing(intruder),
    await merchantsAreApart(books, shops),
    ...(await nothingSecretIsSeen(placeOf(cluster), books, shops)),
  ];
}

const placeOf = ({ folder, keys, instances }: Witnesses['cluster']): Place => ({
  folder,
  keyFiles: [keys.rootKeyFile, keys.payRootKeyFile],
  secrets: secretsOf(keys),
  logs: [...instances.map(({ process }) => `${process.name}.log`), 'told-to-cache'],
});

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

const lineOf = (row: Booked | Sale): string => `${row.reference} ${row.amount_minor} ${row.currency}`;
/** As a session says it. */
const paidLineOf = ({ transactionId, amount, currency }: Readonly<Record<string, string>>): string =>
  `${transactionId} ${Math.round(Number(amount) * 100)} ${currency}`;

/** By reference, amount and currency. */
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
  const theirs = new Set(standing.map(lineOf));
  const ours = new Set(sales.map(lineOf));
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
  return {
    rule: 'approved charges at the processor are the approved transactions',
    proves: [1, 2, 5, 7],
    counted,
    problems,
  };
}

type SessionRow = {
  readonly id: string;
  readonly status: string;
  readonly payment_state: string | null;
  readonly payment: string | null;
};

async function sessionsAreSales(checkout: Database, sales: readonly Sale[]): Promise<Check> {
  const sessions = await checkout.all<SessionRow>(sql`SELECT id, status, payment_state, payment FROM sessions`);
  const ofOrder = Map.groupBy(sales, (sale) => sale.order_id);
  const problems = sessions.flatMap(({ id, status, payment }) => {
    const own = ofOrder.get(id) ?? [];
    if (own.length !== (status === 'completed' ? 1 : 0)) return [`${id} is ${status}, with ${own.length} sales`];
    const says = JSON.parse(payment ?? '{}') as Readonly<Record<string, string>>;
    const [was, is] = [own[0] && lineOf(own[0]), payment === null ? undefined : paidLineOf(says)];
    return was === is ? [] : [`${id} was paid with ${is}, and charged with ${was}`];
  });
  const open = sessions
    .filter(({ payment_state: state }) => state !== null)
    .map(({ id }) => `${id} is still in flight`);
  const completed = sessions.filter(({ status }) => status === 'completed').length;
  const plans = sales.filter(({ plan_id: plan }) => plan !== null).length;
  const counted = `${completed} completed sessions + ${sales.length - completed - plans} direct sales + ${plans} cycles of plans = ${sales.length}`;
  return {
    rule: 'a session is completed exactly when it was charged, once',
    proves: [1, 3, 5],
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
  return {
    rule: 'each cycle of a plan is charged once',
    proves: [1],
    counted: `${rows.length} plans, ${cycles} cycles`,
    problems,
  };
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
  return { rule: 'refunds are booked once, and no more than was charged', proves: [2, 7], counted, problems };
}

async function linksAreCounted(checkout: Database): Promise<Check> {
  const rows = await checkout.all<{ id: string; used: number; reserved: number; completed: number; most: number }>(sql`
    SELECT id, used, reserved, usage_limit AS most, (SELECT count(*) FROM sessions
      WHERE payment_link_id = payment_links.id AND status = 'completed') AS completed FROM payment_links`);
  const problems = rows
    .filter((row) => row.used !== row.completed || row.reserved !== 0 || row.used > row.most)
    .map((row) => `${row.id}: ${row.used} used, ${row.completed} completed, ${row.reserved} reserved of ${row.most}`);
  const counted = rows.map((row) => `${row.used} of ${row.most} used`).join();
  return { rule: 'uses of a payment link are its completed sessions', proves: [6], counted, problems };
}
