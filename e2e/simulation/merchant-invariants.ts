// What must hold of a merchant's own calls, of refunds, debits and plans, when everything has come to rest (contract 12.7).
import type { Told } from './merchant-calls.ts';
import { comesBack } from './planned-refusals.ts';
import { isUndone } from './processor-books.ts';
import type { System } from './system.ts';

export function checkMerchant(system: System, told: readonly Told[]): void {
  checkRefunds(system);
  checkDebits(system);
  checkPlans(system);
  checkKeys(system);
  for (const one of told) checkTold(system, one);
  checkSameKeys(system, told);
}

/** 2: what the processor gave back is what the ledger says, by reference, amount and means; never more than was paid. */
function checkRefunds({ problems, processors, disks }: System): void {
  // What a processor hid for longer than it may is an alarm at least.
  const alarms = new Set(
    disks.pay
      .rows<{ at: string }>(
        "SELECT reference AS at FROM discrepancies WHERE kind IN ('refunds_differ', 'undone_at_processor')",
      )
      .map(({ at }) => at),
  );
  const theirs = processors
    .flatMap(({ bookings }) => bookings)
    .filter(({ reference }) => !alarms.has(reference))
    .filter((booking) => booking.status === 'approved' && !isUndone(booking))
    .flatMap(({ voidedBy, amount, refunds }) => [
      ...(voidedBy === undefined ? [] : [`${voidedBy} ${amount} void`]),
      ...refunds.filter(({ voided }) => !voided).map((refund) => `${refund.reference} ${refund.amount} refund`),
    ]);
  const rows = disks.pay.rows<{ refund_id: string; sale: string; amount_minor: number; means: string; state: string }>(
    'SELECT refund_id, sale_id AS sale, amount_minor, means, state FROM refunds',
  );
  const ours = rows.filter(({ state, sale }) => state === 'APPROVED' && !alarms.has(sale));
  const named = ours.map(({ refund_id: id, amount_minor, means }) => `${id} ${amount_minor} ${means}`);
  if (theirs.sort().join() !== named.sort().join())
    problems.push(`the processor gave back [${theirs}], the ledger says [${named}]`);
  for (const { refund_id: id, state } of rows) {
    if (['INTENT', 'SENT', 'UNKNOWN', 'REVIEW'].includes(state)) problems.push(`refund ${id} rests in ${state}`);
  }
  for (const sale of disks.pay.rows<{ id: string; amount: number; refunded: number; given: number; told: number }>(`
    SELECT transaction_id AS id, amount_minor AS amount, refunded_minor AS refunded,
      (SELECT COALESCE(sum(amount_minor), 0) FROM refunds WHERE sale_id = transaction_id AND state = 'APPROVED') AS given,
      (SELECT COALESCE(sum(t.amount_minor), 0) FROM transactions t JOIN refunds r ON r.refund_id = t.transaction_id
        WHERE r.sale_id = transactions.transaction_id) AS told
    FROM transactions WHERE transaction_type = 'CreditCardSale'`)) {
    const { id, amount, refunded, given, told } = sale;
    if (refunded !== given || told !== given || given > amount)
      problems.push(`sale ${id} over ${amount}: ${refunded} counted, ${given} given back, ${told} told`);
  }
}

/** A debit that was accepted is paid, or has come back with one row that says so. */
function checkDebits({ problems, processors, disks }: System): void {
  const bookings = processors.flatMap((processor) => processor.bookings);
  for (const { id, status, returns } of disks.pay.rows<{ id: string; status: string; returns: number }>(`
    SELECT transaction_id AS id, status, (SELECT count(*) FROM transactions t
      WHERE t.attempt_id = transactions.attempt_id AND t.transaction_type = 'AchReturn') AS returns
    FROM transactions WHERE transaction_type = 'AchSale'`)) {
    const booking = bookings.find(({ reference }) => reference === id);
    const right = booking?.returns === true ? 'returned 1' : 'approved 0';
    if (`${status} ${returns}` !== right)
      problems.push(`debit ${id} is ${status} with ${returns} returns, not ${right}`);
  }
}

type PlanRow = {
  id: string;
  status: string;
  cycles: number;
  open: number | null;
  charge_id: string;
  hold: string;
  charged: number;
  told: number;
};

function checkPlans(system: System): void {
  const { problems, disks } = system;
  for (const plan of disks.pay.rows<PlanRow>(`
    SELECT plan_id AS id, status, cycles_charged AS cycles, open_cycle AS open, charge_id, token_hold AS hold,
      (SELECT count(*) FROM attempts JOIN charges USING (charge_id)
        WHERE charges.plan_id = plans.plan_id AND attempts.state = 'APPROVED') AS charged,
      (SELECT count(*) FROM outbox WHERE type = 'plan.charged' AND subject LIKE plans.plan_id || '/%') AS told
    FROM plans`)) {
    const { id, status, cycles, open, told, hold } = plan;
    if (status !== 'completed' && status !== 'cancelled') problems.push(`plan ${id} rests as ${status}`);
    if (open !== null) problems.push(`plan ${id} rests with cycle ${open} open`);
    if (hold !== 'none') problems.push(`the Vault still keeps the token of plan ${id}`);
    if (told !== cycles) problems.push(`plan ${id}: ${cycles} cycles, ${told} told`);
    checkCycles(system, plan);
    checkPauses(system, id);
  }
}

interface Terms {
  readonly interval: string;
  readonly maxCycles: number;
  readonly initialAmountMinor?: string;
}

const dayMs = 24 * 60 * 60_000;

/** Each date is charged once at most, not before its time, and not after the merchant has cancelled. */
function checkCycles({ problems, disks }: System, plan: PlanRow): void {
  const [first] = disks.pay.rows<{ sale: string }>('SELECT sale FROM charges WHERE charge_id = ?', plan.charge_id);
  const { terms } = (JSON.parse(first?.sale ?? '{}') as { plan: { opening: { terms: Terms } } }).plan.opening;
  // A first cycle after the set-up fee that costs nothing counts without a charge.
  const isFree = terms.initialAmountMinor !== undefined && plan.cycles > 1 ? 1 : 0;
  if (plan.charged + isFree !== plan.cycles)
    problems.push(`plan ${plan.id}: ${plan.cycles} cycles, ${plan.charged} paid`);
  if (plan.cycles > terms.maxCycles) problems.push(`plan ${plan.id}: ${plan.cycles} cycles of ${terms.maxCycles}`);
  if (plan.status === 'completed' && plan.cycles !== terms.maxCycles)
    problems.push(`plan ${plan.id} is completed after ${plan.cycles} cycles of ${terms.maxCycles}`);
  const everyMs = terms.interval === 'daily' ? dayMs : 7 * dayMs;
  let anchorMs: number | undefined;
  for (const charge of disks.pay.rows<{ cycle: number; approved: number; first: number; sent: number }>(
    `SELECT cycle, sum(attempts.state = 'APPROVED') AS approved, min(attempts.created_at) AS first,
       max(attempts.sent_at) AS sent
     FROM charges JOIN attempts USING (charge_id) WHERE plan_id = ? GROUP BY charge_id ORDER BY cycle`,
    plan.id,
  )) {
    anchorMs ??= charge.sent;
    const about = `cycle ${charge.cycle} of ${plan.id}`;
    if (charge.approved > 1) problems.push(`${about} was charged ${charge.approved} times`);
    if (charge.cycle > 1 && charge.first < anchorMs + (charge.cycle - 1) * everyMs)
      problems.push(`${about} was charged before its time`);
  }
}

/** While a plan is paused, past due or cancelled nothing is begun on it. */
function checkPauses({ problems, disks }: System, id: string): void {
  const moves = disks.pay.rows<{ type: string; at: number; subject: string }>(
    `SELECT type, created_at AS at, subject FROM outbox WHERE subject LIKE ? || '/%'
       AND type IN ('plan.paused', 'plan.past_due', 'plan.cancelled', 'plan.resumed')`,
    id,
  );
  moves.sort((one, other) => Number(one.subject.split('/')[1]) - Number(other.subject.split('/')[1]));
  // A charge that is under way goes on to the next processor.
  const tries = disks.pay.rows<{ at: number }>(
    `SELECT a.created_at AS at FROM attempts a JOIN charges USING (charge_id) WHERE plan_id = ? AND NOT EXISTS (
       SELECT 1 FROM attempts b
       WHERE b.charge_id = a.charge_id AND b.ordinal = a.ordinal - 1 AND b.ended_at = a.created_at)`,
    id,
  );
  moves.forEach(({ type, at }, i) => {
    const untilMs = moves[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    if (type !== 'plan.resumed' && tries.some((begun) => begun.at > at && begun.at < untilMs))
      problems.push(`plan ${id} was charged after ${type}`);
  });
}

/** 1: one approval for each key, whatever it was sent with. */
function checkKeys({ problems, disks }: System): void {
  for (const { charge_id: id } of disks.pay.rows<{ charge_id: string }>(`
    SELECT charge_id FROM attempts WHERE state = 'APPROVED' GROUP BY charge_id HAVING count(*) > 1`))
    problems.push(`charge ${id} was approved twice`);
}

const NO_SALE = new Set([402, 502, 503]);

/** 9: what the merchant was told is true. */
function checkTold(system: System, one: Told): void {
  const isSale = one.operation === 'cardSale' || one.operation === 'achSale' || one.operation === 'createPlan';
  if (isSale) checkSold(system, one);
  else if (one.operation === 'cardRefund' || one.operation === 'cardVoid') checkGivenBack(system, one);
  else checkPlanMove(system, one);
}

function checkSold({ problems, disks }: System, { operation, about, status, errorCode, data }: Told): void {
  const approved = disks.pay.rows<{ id: string; amount: number }>(
    `SELECT attempt_id AS id, amount_minor AS amount FROM attempts JOIN charges USING (charge_id)
     WHERE order_id = ? AND attempts.state = 'APPROVED'`,
    about,
  );
  if (status === 200) {
    const { transactionId, amount } = ((data.firstTransaction as unknown) ?? data) as Told['data'];
    const is = approved.map((sale) => `${sale.id} ${sale.amount}`).join();
    const was = `${transactionId} ${Math.round(Number(amount) * 100)}`;
    if (is !== was) problems.push(`${operation} ${about} was told ${was}, and it is ${is || 'nothing'}`);
  } else if (NO_SALE.has(status) && !comesBack({ errorCode }) && approved.length > 0) {
    problems.push(`${operation} ${about} was told ${errorCode}, and it is paid`);
  }
}

function checkGivenBack({ problems, disks }: System, { operation, about, key, status, errorCode, data }: Told): void {
  if (status === 200) {
    const [row] = disks.pay.rows<{ state: string; amount: number; sale: string }>(
      'SELECT state, amount_minor AS amount, sale_id AS sale FROM refunds WHERE refund_id = ?',
      data.transactionId ?? '',
    );
    const is = `${row?.state} ${row?.amount} of ${row?.sale}`;
    const was = `APPROVED ${Math.round(Number(data.amount) * 100)} of ${about}`;
    if (is !== was) problems.push(`${operation} ${data.transactionId} was told ${was}, and it is ${is}`);
    return;
  }
  if (key === undefined || !NO_SALE.has(status) || comesBack({ errorCode })) return;
  const given = disks.pay.rows(
    "SELECT 1 FROM refunds WHERE operation = ? AND idempotency_key = ? AND state = 'APPROVED'",
    operation,
    key,
  );
  if (given.length > 0) problems.push(`${operation} ${key} was told ${errorCode}, and it was given back`);
}

function checkPlanMove({ problems, disks }: System, { about, status, data }: Told): void {
  if (status !== 200 || data.status !== 'cancelled') return;
  const [plan] = disks.pay.rows<{ status: string }>('SELECT status FROM plans WHERE plan_id = ?', about);
  if (plan?.status !== 'cancelled')
    problems.push(`plan ${about} was told that it is cancelled, and is ${plan?.status}`);
}

/** 7: one effect, and one answer from when it is known. */
function checkSameKeys({ problems }: System, told: readonly Told[]): void {
  const first = new Map<string, string>();
  for (const { operation, key, status, data } of told) {
    if (key === undefined || status !== 200) continue;
    const name = `${operation} ${key}`;
    const answer = JSON.stringify(data);
    if ((first.get(name) ?? answer) !== answer) problems.push(`${name} was told ${first.get(name)}, then ${answer}`);
    first.set(name, answer);
  }
}
