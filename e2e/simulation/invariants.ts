// What must hold (contract 12.7): some of it at every commit, the rest when everything has come to rest.
import type { Heard } from './customers.ts';
import { type Booking, isRejected, isUndone } from './processor-books.ts';
import type { Program } from './programs.ts';
import type { System } from './system.ts';

type SessionRow = { id: string; status: string; subtotal_minor: number; payment: string | null; link: string | null };

/** 1, 4 and 6, at every commit. */
export function openWatch() {
  const ends = new Map<string, string>();
  return (system: System, by: Program): void => {
    if (by === 'pay') watchLedger(system);
    else watchSessions(system, ends);
  };
}

function watchLedger({ disks, problems }: System): void {
  for (const { order_id: order } of disks.pay.rows<{ order_id: string }>(`
    SELECT order_id FROM charges JOIN attempts USING (charge_id) WHERE attempts.state = 'APPROVED'
      AND order_id IS NOT NULL GROUP BY order_id HAVING count(*) > 1`)) {
    problems.push(`two approved attempts for ${order}`);
  }
}

function watchSessions({ disks, problems }: System, ends: Map<string, string>): void {
  for (const { id, status } of disks.checkout.rows<{ id: string; status: string }>('SELECT id, status FROM sessions')) {
    const before = ends.get(id);
    if (before !== undefined && before !== status) problems.push(`session ${id} left ${before} for ${status}`);
    if (status !== 'pending') ends.set(id, status);
  }
  for (const { id } of disks.checkout.rows<{ id: string }>(`
    SELECT id FROM payment_links WHERE usage_limit IS NOT NULL AND used + reserved > usage_limit`)) {
    problems.push(`link ${id} is used more often than it may be`);
  }
}

/** At every moment: what others are asked meanwhile must not wait for us. */
export function noTransactionIsOpen({ disks, problems }: System): void {
  if (disks.checkout.isInTransaction() || disks.pay.isInTransaction()) {
    problems.push('a transaction is open across a call to another program');
  }
}

export function checkAtRest(system: System, heard: readonly Heard[]): void {
  const { problems, processors } = system;
  problems.push(...processors.flatMap(({ complaints }) => complaints));
  checkBooks(system);
  checkSessions(system);
  checkLinks(system);
  checkEvents(system);
  checkHeard(system, heard);
}

type SaleRow = {
  reference: string;
  order_id: string;
  amount_minor: number;
  currency: string;
  attempt_minor: number;
  transaction_minor: number | null;
};

/** Our approved attempts, with the rows of money that were written for them. */
const ledgerSales = ({ disks }: System): SaleRow[] =>
  disks.pay.rows<SaleRow>(`
    SELECT a.attempt_id AS reference, c.order_id, a.amount_minor, a.currency, a.amount_minor AS attempt_minor,
      (SELECT t.amount_minor FROM transactions t
        WHERE t.attempt_id = a.attempt_id AND t.transaction_type IN ('CreditCardSale', 'AchSale')) AS transaction_minor
    FROM attempts a JOIN charges c USING (charge_id) WHERE a.state = 'APPROVED'`);

/** Not so of a sale whose answer was lost at a processor that does not tell it twice. */
function hasHeardChecks({ disks }: System, reference: string): boolean {
  const [row] = disks.pay.rows<{ outcome: string | null }>(
    'SELECT outcome FROM attempts WHERE attempt_id = ?',
    reference,
  );
  const { avsResult = '', cvvResult = '' } = JSON.parse(row?.outcome ?? '{}') as Readonly<Record<string, string>>;
  return avsResult !== '' || cvvResult !== '';
}

/** 2 and 5: the books are equal, by reference, amount and currency. */
function checkBooks(system: System): void {
  const { problems, processors, disks } = system;
  const isStanding = (booking: Booking): boolean => booking.status === 'approved' && !isUndone(booking);
  const standing = processors.flatMap(({ bookings }) => bookings).filter(isStanding);
  for (const { bookings, repeatsChecks } of processors)
    for (const { reference } of bookings.filter(isStanding).filter(isRejected))
      if (repeatsChecks || hasHeardChecks(system, reference))
        problems.push(`${reference} stands though its checks were refused`);
  const theirs = standing.map(({ reference, amount, currency }) => `${reference} ${amount} ${currency}`).sort();
  const sales = ledgerSales(system);
  const ours = sales.map(({ reference, amount_minor, currency }) => `${reference} ${amount_minor} ${currency}`).sort();
  if (theirs.join() !== ours.join()) problems.push(`the processor has [${theirs}], the ledger [${ours}]`);
  for (const { reference, amount_minor, transaction_minor } of sales) {
    if (amount_minor !== transaction_minor) problems.push(`the row of ${reference} says ${transaction_minor}`);
  }
  const [rows] = disks.pay.rows<{ count: number }>(
    "SELECT count(*) AS count FROM transactions WHERE transaction_type IN ('CreditCardSale', 'AchSale')",
  );
  if (rows?.count !== sales.length) problems.push(`${rows?.count} rows of sales for ${sales.length} approved attempts`);
  for (const { attempt_id: id, state } of disks.pay.rows<{ attempt_id: string; state: string }>(`
    SELECT attempt_id, state FROM attempts
    WHERE state NOT IN ('APPROVED', 'DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED', 'REVERSED')`)) {
    problems.push(`attempt ${id} rests in ${state}`);
  }
}

/** 1, 3 and 5. */
function checkSessions(system: System): void {
  const { problems, disks } = system;
  const sales = ledgerSales(system);
  for (const { id, status, payment } of disks.checkout.rows<SessionRow>(
    'SELECT id, status, subtotal_minor, payment, payment_link_id AS link FROM sessions',
  )) {
    const own = sales.filter(({ order_id }) => order_id === id);
    if (status === 'pending') problems.push(`session ${id} is still pending`);
    if (own.length !== (status === 'completed' ? 1 : 0))
      problems.push(`session ${id} is ${status} with ${own.length} sales`);
    const [sale] = own;
    if (sale === undefined || payment === null) continue;
    const { transactionId, amount } = JSON.parse(payment) as { transactionId: string; amount: string };
    if (transactionId !== sale.reference || Math.round(Number(amount) * 100) !== sale.amount_minor) {
      problems.push(`session ${id} says ${transactionId} over ${amount}, the ledger ${sale.reference}`);
    }
  }
  for (const { id } of disks.checkout.rows<{ id: string }>("SELECT id FROM charges WHERE outcome = 'open'")) {
    problems.push(`charge ${id} is still open`);
  }
}

/** 6: the uses of a link are its completed sessions, and at rest nothing is reserved. */
function checkLinks({ problems, disks }: System): void {
  for (const link of disks.checkout.rows<{ id: string; used: number; reserved: number; completed: number }>(`
    SELECT id, used, reserved, (SELECT count(*) FROM sessions
      WHERE payment_link_id = payment_links.id AND status = 'completed') AS completed FROM payment_links`)) {
    if (link.used !== link.completed) problems.push(`link ${link.id}: ${link.used} used, ${link.completed} completed`);
    if (link.reserved !== 0) problems.push(`link ${link.id} keeps ${link.reserved} slots`);
  }
}

/** 10: one event for each end of a session, one for each end of an attempt under review. */
function checkEvents({ problems, disks }: System): void {
  for (const { id, status, told } of disks.checkout.rows<{ id: string; status: string; told: number }>(`
    SELECT id, status, (SELECT count(*) FROM events WHERE subject = sessions.id
      AND type = 'session.' || sessions.status) AS told FROM sessions`)) {
    if (told !== 1) problems.push(`session ${id} is ${status}, which was told ${told} times`);
  }
  for (const { attempt_id: id, reviewed, resolved } of disks.pay.rows<{
    attempt_id: string;
    reviewed: number;
    resolved: number;
  }>(`
    SELECT attempt_id, (SELECT count(*) FROM outbox WHERE subject = attempt_id AND type = 'payment.review') AS reviewed,
      (SELECT count(*) FROM outbox WHERE subject = attempt_id AND type = 'payment.resolved') AS resolved FROM attempts`)) {
    if (reviewed !== resolved) problems.push(`attempt ${id}: ${reviewed} times in review, ${resolved} times resolved`);
  }
}

/** 7 and 9: what a customer was told about a press stays as it is, and is true. */
function checkHeard({ problems, disks }: System, heard: readonly Heard[]): void {
  const stored = new Map(
    disks.checkout
      .rows<{ key: string; outcome: string; code: string | null; left: number | null }>(
        'SELECT attempt_key AS key, outcome, answer_code AS code, attempts_left AS left FROM charges',
      )
      .map((charge) => [charge.key, charge]),
  );
  for (const { attemptKey, status, errorCode, attemptsLeft } of heard) {
    const charge = stored.get(attemptKey);
    if (status === 200 && charge?.outcome !== 'approved') problems.push(`${attemptKey} was told that it is paid`);
    if (status !== 402) continue;
    const now = `${charge?.code} ${charge?.left}`;
    if (now !== `${errorCode} ${attemptsLeft}`) problems.push(`${attemptKey} was told ${errorCode}, and it is ${now}`);
  }
}
