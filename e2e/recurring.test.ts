// Years of recurring plans in seconds (contract 8.7 and 14.3): the whole system, its clock moved by a merchant.
import { join } from 'node:path';
import type { PlanData } from '@ozura/contract/pay/plans';
import type { TransactionRow } from '@ozura/contract/pay/transaction';
import type { Database } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pay, preparePay } from './browserless.ts';
import { createSession, getSession } from './merchant.ts';
import { chargeStates, planEvents } from './pay-ledger.ts';
import { planOf } from './plan.ts';
import { runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';

type Json = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body: Json;
}

const beginning = '2027-01-31T10:20:30.456Z';
let system: System;
let ledger: Database;
beforeAll(async () => {
  system = await startSystem();
  ledger = await openDatabase({ url: join(system.dataDir, 'pay.db') });
});
afterAll(async () => {
  await ledger?.close();
  await system?.stop();
});

async function call(
  method: string,
  url: string,
  body?: Json,
  headers: Record<string, string> = keys(),
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

const keys = () => ({ 'x-api-key': system.dev.merchantKey, 'vault-api-key': system.dev.vaultKey });
const vaultKeyAlone = () => ({ 'x-api-key': system.dev.vaultKey });
const checkoutKeys = () => ({ 'x-api-key': system.dev.vaultKey, 'x-ozura-api-key': system.dev.merchantKey });
const clock = (method: string, path = '', body?: Json): Promise<Answer> =>
  call(method, `${system.dev.checkoutUrl}/api/test/clock${path}`, body, checkoutKeys());

async function freeze(frozenAt: string): Promise<void> {
  expect((await clock('POST', '', { frozenAt })).body).toEqual({
    success: true,
    data: { now: frozenAt, frozen: true },
  });
}

async function advance(to: string): Promise<void> {
  const { status, body } = await clock('POST', '/advance', { to });
  expect([status, body.data]).toEqual([200, { now: to, frozen: true }]);
}

interface Card {
  readonly token: string;
  readonly cvcSession: string;
}

async function tokenize(cardNumber: string): Promise<Card> {
  const data = { cardNumber, expirationMonth: '11', expirationYear: '2039', cvv: '123' };
  const { body } = await call('POST', `${system.dev.vaultUrl}/tokenize`, { type: 'card', data }, vaultKeyAlone());
  return { token: String(body.token), cvcSession: String(body.cvc_session_id) };
}

const planWith = (card: Card, changes: Json = {}): Json =>
  planOf(card, { merchantId: system.dev.merchantId, ...changes });

async function start(changes: Json = {}, number = '4242424242424242'): Promise<string> {
  const { body } = await call(
    'POST',
    `${system.dev.payUrl}/recurring/plans`,
    planWith(await tokenize(number), changes),
  );
  expect(body).toMatchObject({ success: true });
  return (body.data as PlanData).planId;
}

async function plan(planId: string): Promise<PlanData> {
  const query = `merchantId=${system.dev.merchantId}&planId=${planId}`;
  const { body } = await call('GET', `${system.dev.payUrl}/recurring/plans?${query}`);
  return (body.data as PlanData[])[0] as PlanData;
}

const ask = async (planId: string, what: 'pause' | 'resume' | 'cancel'): Promise<PlanData> =>
  (await call('POST', `${system.dev.payUrl}/recurring/plans/${planId}/${what}`)).body.data as PlanData;

/** `match.amount` is that of one plan alone. */
async function program(amount: string, steps: readonly string[]): Promise<void> {
  const body = { merchantId: system.dev.merchantId, match: { amount }, steps };
  expect((await call('POST', `${system.dev.payUrl}/sandbox/programs`, body)).status).toBe(200);
}

/** What was charged for the plan from `year` on, oldest first: day and amount. */
async function charges(planId: string, years: readonly number[]): Promise<string[]> {
  const rows: TransactionRow[] = [];
  for (const year of years) {
    const query = `dateFrom=${year}-01-01&dateTo=${year}-12-31&limit=100&sortOrder=asc`;
    const { body } = await call('GET', `${system.dev.payUrl}/transQuery?${query}`);
    rows.push(...(body.data as TransactionRow[]));
  }
  return rows.filter((row) => row.planId === planId).map((row) => `${row.transDate?.slice(0, 10)} ${row.amount}`);
}

const told = async (planId: string): Promise<string[]> =>
  (await planEvents(ledger, planId)).map(({ type, data }) => `${type.slice('plan.'.length)} ${data.cycle}`);

describe('the clock of the installation', () => {
  test('is real time until it is moved, and again when it is given back', async () => {
    const { body } = await clock('GET');
    expect(body).toMatchObject({ success: true, data: { frozen: false } });
    expect(Math.abs(Date.parse((body.data as { now: string }).now) - Date.now())).toBeLessThan(60_000);
    await freeze(beginning);
    expect((await clock('DELETE')).body).toMatchObject({ data: { frozen: false } });
  });

  test('runs on from where it was moved to, unless it stands still', async () => {
    const { body } = await clock('POST', '/advance', { seconds: 86_400 });
    const { now, frozen } = body.data as { now: string; frozen: boolean };
    expect(frozen).toBe(false);
    const ahead = Date.parse(now) - Date.now();
    expect(Math.abs(ahead - 86_400_000)).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(((await clock('GET')).body.data as { now: string }).now > now).toBe(true);
    await freeze(beginning);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await clock('GET')).body.data).toEqual({ now: beginning, frozen: true });
  });

  test('goes forward only, by a number of seconds or to a time', async () => {
    await freeze(beginning);
    const refused = async (body: Json): Promise<unknown> => {
      const { status, body: answer } = await clock('POST', '/advance', body);
      expect([status, answer.errorCode]).toEqual([400, 'VALIDATION_FAILED']);
      return answer.error;
    };
    expect(await refused({})).toBe('seconds: is required');
    expect(await refused({ seconds: 0 })).toBe('seconds: must be between 1 and 315360000');
    expect(await refused({ to: beginning })).toBe('to: must be later than the test clock');
    expect(await refused({ to: 'soon' })).toBe('to: must be a time such as 2026-03-04T09:30:00Z');
    expect(await refused({ seconds: 1, to: beginning })).toBe('to: seconds and to exclude each other');
    expect((await clock('POST', '', {})).body.error).toBe('frozenAt: is required');
    expect((await call('GET', `${system.dev.checkoutUrl}/api/test/clock`, undefined, {})).status).toBe(401);
  });

  test('decides which start date of a plan is past', async () => {
    await freeze(beginning);
    const recurringConfig = { planName: 'Tea', interval: 'monthly', startDate: '2027-01-29' };
    const session = { checkoutMode: 'recurring', amount: '20.00', recurringConfig };
    await expect(createSession(system.dev, session)).rejects.toThrow('startDate: must not be in the past');
    // There it still is in the last place on Earth.
    const today = { ...session, recurringConfig: { ...recurringConfig, startDate: '2027-01-30' } };
    expect((await createSession(system.dev, today)).sessionId).toMatch(/^session_/);
  });

  test('is moved by the command line as well', async () => {
    await freeze(beginning);
    const ozura = (...args: string[]) => runCli(['clock', ...args], { DATA_DIR: system.dataDir }).ended;
    expect(await ozura('advance', '31d')).toMatchObject({
      code: 0,
      stdout: '2027-03-03T10:20:30.456Z, standing still\n',
    });
    expect(await ozura('advance', 'tomorrow')).toMatchObject({
      code: 1,
      stderr: 'ozura: to: must be a time such as 2026-03-04T09:30:00Z\n',
    });
    expect((await ozura('freeze')).stderr).toContain('ozura clock freeze TIME');
    expect((await ozura()).stdout).toBe('2027-03-03T10:20:30.456Z, standing still\n');
  });

  test('is the clock of cards, too: a security code lasts 90 seconds', async () => {
    await freeze(beginning);
    const card = await tokenize('4242424242424242');
    await advance('2027-01-31T10:22:01.000Z');
    const { status, body } = await call('POST', `${system.dev.payUrl}/recurring/plans`, planWith(card));
    expect([status, body.errorCode]).toEqual([400, 'CVC_SESSION_EXPIRED']);
  });

  test('expires sessions on its way, and is where it was after a restart', async () => {
    await freeze(beginning);
    const { sessionId, expiresAt } = await createSession(system.dev);
    expect(expiresAt).toBe('2027-01-31T10:50:30.456Z');
    await advance('2027-01-31T10:50:31.000Z');
    expect((await getSession(system.dev, sessionId)).status).toBe('expired');
    await system.restart();
    expect((await clock('GET')).body.data).toEqual({ now: '2027-01-31T10:50:31.000Z', frozen: true });
  });
});

describe('the cycles of a plan', () => {
  beforeEach(() => freeze(beginning));

  test('of three years by the month are charged once each, on their dates', async () => {
    const planId = await start();
    await advance('2030-01-31T10:20:30.456Z');
    expect(await plan(planId)).toMatchObject({
      status: 'active',
      cyclesCharged: 37,
      nextChargeDate: '2030-02-28T10:20:30.456Z',
    });
    const days = (await charges(planId, [2027, 2028, 2029, 2030])).map((charge) => charge.slice(0, 10));
    const expected = Array.from({ length: 37 }, (_none, index) =>
      // Day 0 of the next month is the last of this one.
      new Date(Date.UTC(2027, index + 1, 0)).toISOString().slice(0, 10),
    );
    expect(days).toEqual(expected);
    await ask(planId, 'cancel');
  }, 180_000);

  test('have the introductory price, the surcharge and the end that were agreed', async () => {
    const planId = await start({
      setupFee: '5.00',
      initialAmount: '9.99',
      initialCycles: 3,
      surchargePercent: '3.00',
      maxCycles: 5,
    });
    await advance('2027-12-01T00:00:00.000Z');
    expect(await charges(planId, [2027])).toEqual([
      '2027-01-31 15.44',
      '2027-02-28 10.29',
      '2027-03-31 10.29',
      '2027-04-30 20.60',
      '2027-05-31 20.60',
    ]);
    expect(await plan(planId)).toMatchObject({ status: 'completed', cyclesCharged: 5 });
    expect((await told(planId)).at(-1)).toBe('completed 5');
  });

  test('that cost nothing count, and charge nothing', async () => {
    const planId = await start({
      setupFee: '7.00',
      initialAmount: 0,
      initialCycles: 2,
      maxCycles: 3,
      interval: 'daily',
    });
    await advance('2027-02-05T00:00:00.000Z');
    expect(await charges(planId, [2027])).toEqual(['2027-01-31 7.00', '2027-02-02 20.00']);
    expect(await plan(planId)).toMatchObject({ status: 'completed', cyclesCharged: 3 });
  });

  test('of a pause are skipped and do not count; the end date is the last day', async () => {
    const planId = await start({ endDate: '2027-07-31', maxCycles: 6 });
    await advance('2027-02-28T10:20:30.456Z');
    await ask(planId, 'pause');
    await advance('2027-05-15T00:00:00.000Z');
    expect(await ask(planId, 'resume')).toMatchObject({ nextChargeDate: '2027-05-31T10:20:30.456Z' });
    await advance('2027-12-01T00:00:00.000Z');
    const days = (await charges(planId, [2027])).map((charge) => charge.slice(5, 10));
    expect(days).toEqual(['01-31', '02-28', '05-31', '06-30', '07-31']);
    expect(await told(planId)).toEqual([
      'charged 1',
      'created 1',
      'charged 2',
      'paused 2',
      'resumed 4',
      'charged 5',
      'charged 6',
      'charged 7',
      'completed 7',
    ]);
  });

  test('that are declined are repeated after 1, 3 and 5 days; then the plan waits until it is resumed', async () => {
    const planId = await start({}, '4000000000000341');
    await advance('2027-03-05T10:20:30.455Z');
    expect(await plan(planId)).toMatchObject({ status: 'active', nextChargeDate: '2027-03-05T10:20:30.456Z' });
    await advance('2027-03-05T10:20:30.456Z');
    expect(await plan(planId)).toMatchObject({ status: 'past_due', cyclesCharged: 1 });
    // Of the cycle that was given up nothing is left to be charged.
    expect(await chargeStates(ledger, planId)).toEqual(['ended', 'ended']);
    await advance('2027-04-15T00:00:00.000Z');
    expect(await told(planId)).toEqual([
      'charged 1',
      'created 1',
      ...Array(3).fill('charge_failed 2'),
      'charge_failed 2',
      'past_due 2',
    ]);
    expect(await ask(planId, 'resume')).toMatchObject({ status: 'active', nextChargeDate: '2027-04-30T10:20:30.456Z' });
    await ask(planId, 'cancel');
  });

  test('that fail for different reasons go on, wait or end as agreed, and never charge a date twice', async () => {
    const steps = ['approve', 'decline:insufficient_funds', 'decline:do_not_honor', 'approve'];
    await program('31.01', [...steps, 'timeout_after_accept', 'timeout_before_accept', 'approve', 'decline:lost_card']);
    const planId = await start({ amount: '31.01', interval: 'weekly' });
    await advance('2027-04-30T00:00:00.000Z');
    expect((await charges(planId, [2027])).map((charge) => charge.slice(5, 10))).toEqual([
      '01-31',
      // Due on 7 February, declined there and on the 8th.
      '02-10',
      // The answer was lost; the inquiry finds the charge.
      '02-14',
      // Not booked, without an answer: proven absent, and tried again.
      '02-21',
    ]);
    expect(await told(planId)).toEqual([
      'charged 1',
      'created 1',
      'charge_failed 2',
      'charge_failed 2',
      'charged 2',
      'charged 3',
      'charged 4',
      'charge_failed 5',
      'past_due 5',
    ]);
    expect(await plan(planId)).toMatchObject({ status: 'past_due', cyclesCharged: 4 });
  });

  test('go on after a payment on the hosted page, whose token would be purged a day later', async () => {
    const recurringConfig = { planName: 'Tea', interval: 'monthly', startDate: '2027-01-31' };
    const session = { checkoutMode: 'recurring', amount: '20.00', recurringConfig };
    const { sessionId } = await createSession(system.dev, session);
    const prepared = await preparePay(system.dev, sessionId, '4242424242424242');
    expect((await pay(system.dev, { ...prepared, body: { ...prepared.body, expectedTotal: '20.00' } })).status).toBe(
      200,
    );
    const { planId = '' } = (await getSession(system.dev, sessionId, true)).payment ?? {};
    await advance('2027-04-01T00:00:00.000Z');
    expect((await charges(planId, [2027])).map((charge) => charge.slice(5, 10))).toEqual(['01-31', '02-28', '03-31']);
    const token = `${system.dev.vaultUrl}/tokens/${prepared.body.token}`;
    expect((await call('DELETE', token, undefined, vaultKeyAlone())).body.errorCode).toBe('TOKEN_IN_USE');
    await ask(planId, 'cancel');
    await advance('2027-04-03T00:00:00.000Z');
    expect((await call('GET', token, undefined, vaultKeyAlone())).status).toBe(404);
  });
});
