// One payment under one trace (W3C Trace Context) in the logs of Checkout, Pay and the Vault, the job that finds out later
// what became of it included.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { createSession, untilStatus } from './merchant.ts';
import { type System, startSystem } from './system.ts';

/** Booked, and its answer lost. */
const ANSWER_LOST = '4012888888881881';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system?.stop());

interface Line {
  readonly name: string;
  readonly msg: string;
  readonly traceId?: string;
  readonly chargeId?: string;
  readonly attemptId?: string;
  readonly callerRequestId?: string;
  readonly reqId?: string;
  readonly route?: string;
  readonly session?: string;
}

/** Of a log that is written once a second. */
async function linesOfTrace(enough: (lines: readonly Line[]) => boolean): Promise<readonly Line[]> {
  for (let tries = 0; ; tries += 1) {
    const texts = readdirSync(join(system.dataDir, 'log')).map((name) =>
      readFileSync(join(system.dataDir, 'log', name), 'utf8'),
    );
    const lines = texts
      .flatMap((text) => text.split('\n'))
      .filter((text) => text.includes(traceId))
      .map((text) => JSON.parse(text) as Line);
    if (enough(lines) || tries > 300) return lines;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a card payment has one trace in all programs, from the call of the page to the job that settles it', async () => {
  const { sessionId } = await createSession(system.dev);
  const prepared = await preparePay(system.dev, sessionId, ANSWER_LOST);
  await pay(system.dev, { ...prepared, headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
  await untilStatus(system.dev, sessionId, 'completed');
  const settled = 'attempt moved by a check';
  const route = '/api/sessions/:sessionId/pay';
  // Each program writes its log in its own time.
  const last = [settled, 'proxied without an answer'];
  const lines = await linesOfTrace(
    (found) =>
      last.every((wanted) => found.some(({ msg }) => msg === wanted)) && found.some((line) => line.route === route),
  );
  expect([...new Set(lines.map(({ name }) => name))].sort()).toEqual(['checkout', 'pay', 'vault']);
  const one = (wanted: Partial<Line>): Line | undefined =>
    lines.find((line) => Object.entries(wanted).every(([name, value]) => line[name as keyof Line] === value));
  const paid = one({ name: 'checkout', msg: 'answered', route });
  const sale = one({ name: 'pay', msg: 'answered', route: '/cardSale' });
  expect(paid?.chargeId).toMatch(/^chg_/);
  expect(sale?.chargeId).toBe(paid?.chargeId);
  expect(one({ name: 'pay', msg: settled })).toMatchObject({ chargeId: paid?.chargeId, attemptId: sale?.attemptId });
  expect(one({ name: 'vault', msg: 'proxied without an answer' })).toBeDefined();
  // Each program tells whose request it was about, by the id that its caller has in its own log.
  expect(sale?.callerRequestId).toBe(paid?.reqId);
  // Enough of the session to find it by, and not its access token.
  expect(paid?.session).toBe(`${sessionId.slice(0, 20)}...`);
  expect(lines.some((line) => JSON.stringify(line).includes(sessionId))).toBe(false);
});
