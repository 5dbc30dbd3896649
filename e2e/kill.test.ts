// SIGKILL at every step of a payment (contract 12.2). After a restart the system comes to rest by itself, and a session
// is completed if and only if the processor approved it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { createSession, getSession, type SessionView } from './merchant.ts';
import { approvedSales, standingBookings } from './processor.ts';
import { type System, startSystem } from './system.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';

/** What must be true at rest; `open`: the processor has been asked and nothing is known that would end it yet. */
interface Step {
  readonly label: string;
  readonly ends: 'completed' | 'pending' | 'open';
}

const STEPS: readonly Step[] = [
  { label: 'C1-before', ends: 'pending' },
  { label: 'C1-after', ends: 'pending' },
  { label: 'P1-before', ends: 'pending' },
  { label: 'P1-after', ends: 'pending' },
  // The mark is on disk and nothing was sent: only time and the processor's word can tell that from a lost answer.
  { label: 'P2-after', ends: 'open' },
  { label: 'P3-after', ends: 'completed' },
  { label: 'P4-after', ends: 'completed' },
  { label: 'C2-before', ends: 'completed' },
  { label: 'C2-after', ends: 'completed' },
];

/** An attempt that was never marked as sent is given up after 30 s; the customer is told to wait for a review after 60. */
const restMs = 70_000;
const testTimeoutMs = 150_000;
const rounds = 4;
const paymentsARound = 12;
const killWithinMs = 400;

async function atRest(system: System, sessionId: string, ends: Step['ends']): Promise<SessionView> {
  const until = Date.now() + restMs;
  for (;;) {
    const session = await getSession(system.dev, sessionId);
    const rests = ends === 'open' ? session.paymentState !== null : session.paymentState === null;
    if (rests || Date.now() > until) return session;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe.each(STEPS)('killed at $label', ({ label, ends }) => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  test('the session says what the processor did', { timeout: testTimeoutMs }, async () => {
    const session = await createSession(system.dev);
    const prepared = await preparePay(system.dev, session.sessionId, APPROVED);
    await system.restart({ CRASH_AT: label });
    expect((await pay(system.dev, prepared)).status).toBe(0);
    await system.restart();
    const rested = await atRest(system, session.sessionId, ends);
    expect({ status: rested.status, state: rested.paymentState !== null }).toEqual({
      status: ends === 'open' ? 'pending' : ends,
      state: ends === 'open',
    });
    expect(approvedSales(system.dataDir, session.sessionId)).toBe(ends === 'completed' ? 1 : 0);
    // The page repeats its call with the same key when it gets no answer. That never charges again.
    const repeated = await pay(system.dev, prepared);
    if (ends === 'completed') expect(repeated).toMatchObject({ status: 200, body: { data: { status: 'completed' } } });
    expect(approvedSales(system.dataDir, session.sessionId)).toBeLessThanOrEqual(1);
    expect(standingBookings(system.dataDir).filter((booking) => booking.sessionId === undefined)).toEqual([]);
  });
});

test('a system killed at random moments under load loses nothing and doubles nothing', {
  timeout: testTimeoutMs,
}, async () => {
  const system = await startSystem();
  const sessions: string[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const prepared = await Promise.all(
        Array.from({ length: paymentsARound }, async (_none, i) => {
          const { sessionId } = await createSession(system.dev);
          sessions.push(sessionId);
          return preparePay(system.dev, sessionId, i % 4 === 3 ? DECLINED : APPROVED);
        }),
      );
      const paying = prepared.map((one) => pay(system.dev, one));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * killWithinMs));
      await system.restart();
      await Promise.all(paying);
    }
    const ends = await Promise.all(sessions.map((id) => atRest(system, id, 'completed')));
    const booked = standingBookings(system.dataDir);
    for (const end of ends) {
      const count = booked.filter((booking) => booking.sessionId === end.id).length;
      expect({ id: end.id, status: end.status, count }).toEqual({
        id: end.id,
        status: end.status,
        count: end.status === 'completed' ? 1 : 0,
      });
    }
    expect(booked.filter((booking) => booking.sessionId === undefined)).toEqual([]);
    expect(ends.some((end) => end.status === 'completed')).toBe(true);
  } finally {
    await system.stop();
  }
});
