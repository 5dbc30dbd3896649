// SIGKILL at every step of a payment (contract 12.2). After a restart the system comes to rest by itself, a session is
// completed if and only if the processor approved it, and its link has counted it if and only if it is completed.
import { join } from 'node:path';
import { openDatabase } from '@ozura/kit/db/open';
import { expect, test } from 'vitest';
import { type PagePay, pay, preparePay } from './browserless.ts';
import { getSession, type SessionView } from './merchant.ts';
import { ageAttempts, untilAllAsked } from './pay-ledger.ts';
import { type CreatedLink, createPaymentLink, getPaymentLink, openPaymentLink } from './payment-links.ts';
import { approvedSales, standingBookings } from './processor.ts';
import { type System, startSystem } from './system.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';
/** Of the link that is paid while the system is killed again and again. */
const usageLimit = 25;

/** What must be true at rest, and what the page hears when it repeats its call, with the same key, for want of an answer. */
interface Step {
  readonly label: string;
  readonly ends: 'completed' | 'pending';
  readonly repeated: object;
}

const paid = { status: 200, body: { data: { status: 'completed' } } };
const notSent = { status: 503, body: { errorCode: 'OVERLOADED' } };

const STEPS: readonly Step[] = [
  // Nothing was written: it is the first call.
  { label: 'C1-before', ends: 'pending', repeated: paid },
  { label: 'C1-after', ends: 'pending', repeated: notSent },
  { label: 'P1-before', ends: 'pending', repeated: notSent },
  // Half a minute passes until Pay may say that its intent will never be sent.
  { label: 'P1-after', ends: 'pending', repeated: notSent },
  // The mark is on disk and nothing was sent: only time and the processor's word can tell that from a lost answer.
  { label: 'P2-after', ends: 'pending', repeated: { status: 402, body: { errorCode: 'CARD_DECLINED' } } },
  { label: 'P3-after', ends: 'completed', repeated: paid },
  { label: 'P4-after', ends: 'completed', repeated: paid },
  { label: 'C2-before', ends: 'completed', repeated: paid },
  { label: 'C2-after', ends: 'completed', repeated: paid },
];

/** An attempt that was never marked as sent is given up after 30 s; the customer is told to wait for a review after 60. */
const restMs = 70_000;
const testTimeoutMs = 300_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function atRest(system: System, sessionId: string): Promise<SessionView> {
  const until = Date.now() + restMs;
  for (;;) {
    const session = await getSession(system.dev, sessionId);
    if (session.paymentState === null || Date.now() > until) return session;
    await pause(100);
  }
}

/** Time enough for every inquiry, and for two misses after the grace time. */
async function letTimePass(system: System): Promise<void> {
  const ledger = await openDatabase({ url: join(system.dataDir, 'pay.db'), poolMax: 1 });
  try {
    for (const minutes of [1, 16, 60]) {
      await ageAttempts(ledger, minutes * 60_000);
      await untilAllAsked(ledger);
    }
  } finally {
    await ledger.close();
  }
}

const unknownBookings = (system: System) =>
  standingBookings(system.dataDir).filter((booking) => booking.sessionId === undefined);

test.concurrent.for(STEPS)(
  'killed at $label: the session says what the processor did',
  { timeout: testTimeoutMs },
  async ({ label, ends, repeated }, { onTestFinished }) => {
    const system = await startSystem({ CRASH_AT: label });
    onTestFinished(() => system.stop());
    const link = await createPaymentLink(system.dev, { usageLimit: 1 });
    const sessionId = await openPaymentLink(link);
    const prepared = await preparePay(system.dev, sessionId, APPROVED);
    expect((await pay(system.dev, prepared)).status).toBe(0);
    await system.restart({ CRASH_AT: '' });
    if (label === 'P2-after') {
      // The first inquiry comes after five seconds. That it finds nothing is no proof.
      await pause(8_000);
      expect(await getSession(system.dev, sessionId)).toMatchObject({ status: 'pending', paymentState: 'processing' });
      await letTimePass(system);
    }
    expect(await atRest(system, sessionId)).toMatchObject({ status: ends, paymentState: null });
    expect(approvedSales(system.dataDir, sessionId)).toBe(ends === 'completed' ? 1 : 0);
    expect(await getPaymentLink(system.dev, link.paymentLinkId)).toMatchObject({
      used: ends === 'completed' ? 1 : 0,
      reserved: 0,
    });
    expect(await pay(system.dev, prepared)).toMatchObject(repeated);
    expect(approvedSales(system.dataDir, sessionId)).toBe(repeated === paid ? 1 : 0);
    expect(unknownBookings(system)).toEqual([]);
  },
);

test.concurrent('a system killed at random moments under load loses nothing and doubles nothing', {
  timeout: testTimeoutMs,
}, async ({ onTestFinished, expect }) => {
  const system = await startSystem();
  onTestFinished(() => system.stop());
  const link = await createPaymentLink(system.dev, { usageLimit });
  const payments: PagePay[] = [];
  const answers: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    // A fast machine pays for all that the link gives before the last kills.
    if ((await getPaymentLink(system.dev, link.paymentLinkId)).used === usageLimit) break;
    const prepared = await Promise.all(Array.from({ length: 12 }, (_none, i) => prepare(system, link, i)));
    let heard = 0;
    const paying = prepared.map(async (one) => {
      const answer = await pay(system.dev, one);
      heard += 1;
      return answer;
    });
    // From the first request on its way to half of them answered, on a slow machine too.
    await expect.poll(() => heard, { interval: 5 }).toBeGreaterThanOrEqual(round);
    await pause(Math.random() * 80);
    await system.restart();
    payments.push(...prepared);
    answers.push(...(await Promise.all(paying)).map(({ status }) => status));
  }
  await letTimePass(system);
  const ends = await Promise.all(payments.map(({ sessionId }) => atRest(system, sessionId)));
  expect(ends.map(({ paymentState }) => paymentState)).toEqual(ends.map(() => null));
  const booked = standingBookings(system.dataDir).map(({ sessionId }) => sessionId);
  const completed = ends.filter(({ status }) => status === 'completed').map(({ id }) => id);
  // The same sessions, each as often: neither a payment without a booking nor a second booking.
  expect(booked.sort()).toEqual(completed.sort());
  expect(await getPaymentLink(system.dev, link.paymentLinkId)).toMatchObject({ used: completed.length, reserved: 0 });
  expect(completed.length).toBeLessThanOrEqual(usageLimit);
  // It would prove nothing if none had been interrupted, or none paid.
  expect(answers).toContain(0);
  expect(answers).toContain(200);
});

async function prepare(system: System, link: CreatedLink, i: number): Promise<PagePay> {
  return preparePay(system.dev, await openPaymentLink(link), i % 4 === 3 ? DECLINED : APPROVED);
}
