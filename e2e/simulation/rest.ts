// Lets a simulated installation come to rest: jobs run when something is due, the processor's people decide what they
// review, and an operator resolves what no evidence decides.
import { dayOf, defaultGraceMs, endOfDayMs } from '@ozura/core/attempt-evidence';
import type { PayContext } from '@ozura/pay/context';
import { openReviews, type ReviewDecision } from '@ozura/pay/review';
import { nextDue } from './due.ts';
import { type Booking, isRejected, isUndone } from './processor-books.ts';
import { runJobs, type System } from './system.ts';

const secondMs = 1_000;
const hourMs = 60 * 60 * secondMs;
const dayMs = 24 * hourMs;
/** Operators come by within so long of the hour when they are needed. */
const operatorMaxMs = 6 * hourMs;
/** Longer than somebody who compares keeps the others away. */
const againMs = 6 * 60 * secondMs;
/** A day that is long gone is not asked for any more. */
const comparisonsMax = 20;
const roundsMax = 3_000;

export async function comeToRest(system: System): Promise<void> {
  const { world } = system;
  await world.run();
  for (let rounds = 0; await goOn(system); rounds += 1) {
    if (rounds > roundsMax) throw new Error('the system does not come to rest');
    await world.run();
  }
}

/** `false` when there is nothing left to do. */
async function goOn(system: System): Promise<boolean> {
  const { world, appointments } = system;
  if (attemptsInReview(system).length > 0 || refundsInReview(system).length > 0) {
    world.at(world.nowMs() + world.chance.between(secondMs, operatorMaxMs), () => void resolveAll(system));
    return true;
  }
  const comparisonMs = comparisonDueAt(system) ?? Number.POSITIVE_INFINITY;
  const meetingMs = Math.min(...appointments.map(({ atMs }) => atMs));
  const dueMs = Math.min(nextDue(system) ?? Number.POSITIVE_INFINITY, meetingMs);
  if (dueMs === Number.POSITIVE_INFINITY) return false;
  const soonMs = Math.max(Math.min(dueMs, comparisonMs), world.nowMs()) + world.chance.between(1, secondMs);
  keepAppointments(system, soonMs);
  world.at(soonMs, () => {
    if (soonMs > system.busyUntilMs + hourMs) for (const processor of system.processors) processor.decideReviews();
    const isNight = comparisonMs <= soonMs;
    if (isNight) system.comparison.triedAtMs = soonMs;
    runJobs(system, isNight);
  });
  return true;
}

/** A charge of a plan takes about so long from the look at it to its reservation. */
const apartMs = 100;

/** Those of about the same moment: they meet what is due then. */
function keepAppointments({ world, appointments }: System, soonMs: number): void {
  for (const appointment of appointments.filter(({ atMs }) => atMs <= soonMs + secondMs)) {
    appointments.splice(appointments.indexOf(appointment), 1);
    world.at(Math.max(appointment.atMs, soonMs + world.chance.between(-apartMs, apartMs)), appointment.keep);
  }
}

/** In the night after a day on which something was sent or given back, and again until the books of that day are compared. */
function comparisonDueAt({ disks, world, comparison }: System): number | undefined {
  const [row] = disks.pay.rows<{ first: number | null }>(
    `SELECT min(at) AS first FROM (
       SELECT sent_at AS at FROM attempts WHERE sent_at > ?1 AND NOT EXISTS (
         SELECT 1 FROM comparisons WHERE comparisons.processor = attempts.processor AND compared_at IS NOT NULL
           AND day = date(sent_at / 1000, 'unixepoch'))
       UNION ALL SELECT reopened_at FROM comparisons
         WHERE reopened_at > ?1 AND (compared_at IS NULL OR compared_at < reopened_at + ${defaultGraceMs}))`,
    world.nowMs() - lookBackMs,
  );
  if (row?.first == null) return undefined;
  return Math.max(endOfDayMs(dayOf(row.first)) + hourMs, comparison.triedAtMs + againMs);
}

/** Days before that are not begun any more. */
const lookBackMs = 2 * dayMs;

type ReviewRow = { attempt_id: string; processor: string; undo: string | null; amount_minor: number; currency: string };

const attemptsInReview = ({ disks }: System): ReviewRow[] =>
  disks.pay.rows<ReviewRow>(
    "SELECT attempt_id, processor, undo, amount_minor, currency FROM attempts WHERE state = 'REVIEW'",
  );

type RefundReviewRow = { refund_id: string; means: string };

const refundsInReview = ({ disks }: System): RefundReviewRow[] =>
  disks.pay.rows<RefundReviewRow>("SELECT refund_id, means FROM refunds WHERE state = 'REVIEW'");

/** What an honest operator does: he looks into the processor's books, undoes what must not stand, and says what he saw. */
async function resolveAll(system: System): Promise<void> {
  const [pay] = [...system.running].filter(([name]) => name.startsWith('pay')).map(([, running]) => running);
  if (pay === undefined) return;
  const { resolve } = openReviews(pay.context as PayContext);
  const say = async (decision: ReviewDecision): Promise<void> => {
    const answer = await resolve(decision).catch(() => undefined);
    if (answer?.kind === 'refused') system.problems.push(`the operator was refused: ${answer.reason}`);
  };
  for (const row of refundsInReview(system)) await say(seenRefund(system, row));
  for (const row of attemptsInReview(system)) {
    const processor = system.processors.find(({ name }) => name === row.processor);
    processor?.decideReviews();
    const booking = processor?.bookings.find(({ reference }) => reference === row.attempt_id);
    const isRight = row.undo === null && booking !== undefined && isAsAsked(row, booking);
    if (booking?.status === 'approved' && !isUndone(booking) && !isRight) processor?.undo(row.attempt_id);
    await say({ ...seen(row, booking), attemptId: row.attempt_id });
  }
}

const said = { reason: 'seen in the books', evidence: 'the journal', by: 'ana' };

function seenRefund({ processors }: System, { refund_id: id, means }: RefundReviewRow): ReviewDecision {
  const bookings = processors.flatMap((processor) => processor.bookings);
  const isThere =
    means === 'void'
      ? bookings.some(({ voidedBy }) => voidedBy === id)
      : bookings.some(({ refunds }) => refunds.some(({ reference, voided }) => reference === id && !voided));
  return isThere
    ? { ...said, attemptId: id, resolution: 'APPROVED', processorTransactionId: `${id}-seen` }
    : { ...said, attemptId: id, resolution: 'NOT_PROCESSED' };
}

/** Over our amount, and with checks that the merchant accepts. */
const isAsAsked = (row: ReviewRow, { amount, currency, ...booking }: Booking): boolean =>
  amount === row.amount_minor && currency === row.currency && !isRejected(booking);

function seen({ undo }: ReviewRow, booking: Booking | undefined): Omit<ReviewDecision, 'attemptId'> {
  if (undo !== null || (booking !== undefined && isUndone(booking))) return { ...said, resolution: 'REVERSED' };
  if (booking === undefined) return { ...said, resolution: 'NOT_PROCESSED' };
  return booking.status === 'approved'
    ? { ...said, resolution: 'APPROVED', processorTransactionId: booking.transactionId }
    : { ...said, resolution: 'DECLINED' };
}

/** The day after: the books of all days are compared, again and again where a list could not be had, or who compares has died. */
export async function compareAllBooks(system: System): Promise<void> {
  const { world, disks } = system;
  const open = `SELECT 1 FROM comparisons
    WHERE compared_at IS NULL OR (reopened_at IS NOT NULL AND compared_at < reopened_at + ${defaultGraceMs})`;
  const isOpen = (): boolean => disks.pay.rows(open).length > 0 || comparisonDueAt(system) !== undefined;
  let waitMs = dayMs + hourMs;
  for (let tries = 0; tries === 0 || (isOpen() && tries < comparisonsMax); tries += 1) {
    world.at(world.nowMs() + waitMs, () => runJobs(system, true));
    await comeToRest(system);
    waitMs = againMs;
  }
}
