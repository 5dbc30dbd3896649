// Lets a simulated installation come to rest: jobs run when something is due, the processor's people decide what they
// review, and an operator resolves what no evidence decides.
import type { PayContext } from '@ozura/pay/context';
import { openReviews, type ReviewDecision } from '@ozura/pay/review';
import type { Booking } from './processor-answers.ts';
import { nextDue, runJobs, type System } from './system.ts';

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
  const { world } = system;
  const inReview = attemptsInReview(system);
  if (inReview.length > 0) {
    world.at(world.nowMs() + world.chance.between(secondMs, operatorMaxMs), () => void resolveAll(system));
    return true;
  }
  const dueMs = nextDue(system);
  if (dueMs === undefined) return false;
  const soonMs = Math.max(dueMs, world.nowMs()) + world.chance.between(1, secondMs);
  world.at(soonMs, () => {
    if (soonMs > system.busyUntilMs + hourMs) for (const processor of system.processors) processor.decideReviews();
    runJobs(system);
  });
  return true;
}

type ReviewRow = { attempt_id: string; processor: string; undo: string | null; amount_minor: number; currency: string };

const attemptsInReview = ({ disks }: System): ReviewRow[] =>
  disks.pay.rows<ReviewRow>(
    "SELECT attempt_id, processor, undo, amount_minor, currency FROM attempts WHERE state = 'REVIEW'",
  );

/** What an honest operator does: he looks into the processor's books, undoes what must not stand, and says what he saw. */
async function resolveAll(system: System): Promise<void> {
  const [pay] = [...system.running].filter(([name]) => name.startsWith('pay')).map(([, running]) => running);
  if (pay === undefined) return;
  const reviews = openReviews(pay.context as PayContext);
  for (const row of attemptsInReview(system)) {
    const processor = system.processors.find(({ name }) => name === row.processor);
    processor?.decideReviews();
    const booking = processor?.bookings.find(({ reference }) => reference === row.attempt_id);
    const isRight = row.undo === null && booking !== undefined && isAsAsked(row, booking);
    if (booking?.status === 'approved' && !booking.voided && booking.refund === undefined && !isRight)
      processor?.undo(row.attempt_id);
    const answer = await reviews.resolve({ ...seen(row, booking), attemptId: row.attempt_id }).catch(() => undefined);
    if (answer?.kind === 'refused') system.problems.push(`the operator was refused: ${answer.reason}`);
  }
}

/** Over our amount, and with checks that the merchant accepts. */
const isAsAsked = (row: ReviewRow, { amount, currency, cvvResult, avsResult }: Booking): boolean =>
  amount === row.amount_minor && currency === row.currency && cvvResult === 'M' && avsResult === 'Y';

function seen({ undo }: ReviewRow, booking: Booking | undefined): Omit<ReviewDecision, 'attemptId'> {
  const said = { reason: 'seen in the books', evidence: 'the journal', by: 'ana' };
  if (booking?.voided === true || booking?.refund !== undefined || undo !== null)
    return { ...said, resolution: 'REVERSED' };
  if (booking === undefined) return { ...said, resolution: 'NOT_PROCESSED' };
  return booking.status === 'approved'
    ? { ...said, resolution: 'APPROVED', processorTransactionId: booking.transactionId }
    : { ...said, resolution: 'DECLINED' };
}

/** The day after: the books of all days are compared, again and again where a list could not be had. */
export async function compareAllBooks(system: System): Promise<void> {
  const { world, disks } = system;
  const isOpen = (): boolean => disks.pay.rows('SELECT 1 FROM comparisons WHERE compared_at IS NULL').length > 0;
  let waitMs = dayMs + hourMs;
  for (let tries = 0; tries === 0 || (isOpen() && tries < comparisonsMax); tries += 1) {
    world.at(world.nowMs() + waitMs, () => runJobs(system, true));
    await comeToRest(system);
    waitMs = againMs;
  }
}
