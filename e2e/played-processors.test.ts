// Pay with the programs that play real processors (contract 9.4 to 9.6): sales, refunds and voids over their wire formats,
// lost answers, a kill. In the end both have the same books.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newChargeId } from '@ozura/core/ids';
import { PROCESSOR_HOSTS } from '@ozura/core/processor-hosts';
import { openLog } from '@ozura/kit/log';
import { SIMULATED_CREDENTIALS } from '@ozura/simulators/credentials';
import { type RunningSimulator, SIMULATORS, type SimulatorName, startSimulator } from '@ozura/simulators/main';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untilAllAsked } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const names = Object.keys(SIMULATORS) as SimulatorName[];
const simulators = new Map<SimulatorName, RunningSimulator>();
const folder = mkdtempSync(join(tmpdir(), 'ozura-played-'));
const merchantId = 'ozu_bluekettle';
const hourMs = 60 * 60_000;
let programs: PaymentPrograms;

beforeAll(async () => {
  const log = openLog({ program: 'test', level: 'silent' });
  for (const name of names) simulators.set(name, await startSimulator(name, log));
  const played = Object.fromEntries([...simulators].map(([name, { address }]) => [name, address]));
  programs = await startPaymentPrograms(join(folder, 'pay.db'), [], { ...PROCESSOR_HOSTS.test, ...played });
  for (const name of names) {
    const credentials = { credentials: SIMULATED_CREDENTIALS[name], by: 'test' };
    const { status } = await programs.asOperator(
      'PUT',
      `/admin/merchants/${merchantId}/processors/${name}`,
      credentials,
    );
    expect(status).toBe(200);
  }
});
afterAll(async () => {
  await programs?.stop();
  for (const simulator of simulators.values()) await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Entry {
  readonly kind: string;
  readonly status: string;
  readonly reference: string;
  readonly transactionId: string;
  readonly original?: string;
  readonly amountMinor: number;
}

describe.each(names)('%s', (name) => {
  const url = (path: string): string => `${simulators.get(name)?.url}/control/${path}`;
  const tell = async (operation: string, step: string): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ operation, steps: [step] });
    expect((await fetch(url('steps'), { method: 'POST', headers, body })).status).toBe(200);
  };
  const journal = async (): Promise<readonly Entry[]> =>
    ((await (await fetch(url('journal'))).json()) as { entries: Entry[] }).entries;

  const sell = async (number = '4242424242424242', chargeId = newChargeId(randomBytes)) => {
    const sale = saleOf(await programs.tokenize(number), { processor: name });
    return programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': chargeId });
  };
  const paid = async (): Promise<string> => {
    const { status, body } = await sell();
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ processor: name, amount: '18.40', currency: 'USD' });
    return body.data.transactionId;
  };
  const call = (path: string, transactionId: string, more: object = {}) =>
    programs.asCheckout('POST', path, { merchantId, transactionId, ...more }, { 'idempotency-key': randomUUID() });
  const bookedFor = async (reference: string) => (await journal()).filter((entry) => entry.reference === reference);
  const stateOf = async (attemptId: string): Promise<string> =>
    (await programs.asMerchant(`/transQuery?attemptId=${attemptId}`)).body.attempt.state;
  const comesTo = (attemptId: string, states: RegExp) =>
    expect.poll(() => stateOf(attemptId), { interval: 100 }).toMatch(states);

  test('sells, gives back a part, and undoes another sale', async () => {
    const [saleId, otherId] = [await paid(), await paid()];
    expect((await call('/api/v1/cardVoid', otherId)).status).toBe(200);
    await fetch(url('settlements'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect((await call('/cardRefund', saleId, { amount: '8.40' })).body.data).toMatchObject({ amount: '8.40' });
    const approved = (await journal()).filter(({ status }) => status === 'approved');
    const [sale, other] = [await bookedFor(saleId), await bookedFor(otherId)].map(([first]) => first?.transactionId);
    expect(approved.find(({ original }) => original === sale)).toMatchObject({ kind: 'refund', amountMinor: 840 });
    expect(approved.find(({ original }) => original === other)).toMatchObject({ kind: 'void' });
  });

  test('says what the bank says, and undoes what the merchant’s rules refuse', async () => {
    expect((await sell('4000000000009995')).body).toMatchObject({ errorCode: 'INSUFFICIENT_FUNDS' });
    const { status, body } = await sell('4000000000000101');
    expect({ status, errorCode: body.errorCode }).toEqual({ status: 402, errorCode: 'INVALID_CVV' });
    const entries = await journal();
    const sale = entries.find(({ reference, kind }) => reference === body.attemptId && kind === 'sale');
    expect(entries.find(({ original, kind }) => original === sale?.transactionId && kind === 'void')).toBeDefined();
  });

  test('an answer that gets lost is asked for', async () => {
    await tell('sale', 'timeout_after_accept');
    const { status, body } = await sell();
    expect({ status, errorCode: body.errorCode }).toEqual({ status: 504, errorCode: 'PAYMENT_UNKNOWN' });
    await programs.age(5_000);
    await comesTo(body.attemptId, /^approved$/);
    expect(await bookedFor(body.attemptId)).toHaveLength(1);
  });

  test('what was never accepted is never called paid, nor sent again', async () => {
    await tell('sale', 'timeout_before_accept');
    const { attemptId } = (await sell()).body;
    for (const hours of [0.3, 49]) {
      await programs.age(hours * hourMs);
      await untilAllAsked(programs.ledger);
    }
    // Without lists nothing proves it, and a person decides.
    await comesTo(attemptId, /^(not_processed|review)$/);
    expect(await bookedFor(attemptId)).toEqual([]);
  });

  // Once is enough: what Pay does after a kill depends on no processor.
  test.runIf(name === names[0])(
    'Pay killed when the processor has booked finds the approval after its restart',
    async () => {
      await programs.restartPay({ crashAt: 'P3-after' });
      const chargeId = newChargeId(randomBytes);
      await expect(sell(undefined, chargeId)).rejects.toThrow();
      await programs.payDied();
      await programs.restartPay();
      const charge = async () => (await programs.asCheckout('GET', `/charges/${chargeId}`)).body.data;
      await programs.age(60_000);
      await expect.poll(async () => (await charge()).state, { interval: 100 }).toBe('approved');
      expect(await bookedFor((await charge()).attemptId ?? '')).toHaveLength(1);
    },
  );

  test('in the end both have the same sales', async () => {
    const entries = await journal();
    const isUndone = ({ transactionId }: Entry): boolean =>
      entries.some(
        ({ original, kind, status }) => original === transactionId && kind === 'void' && status === 'approved',
      );
    const theirs = entries.filter((entry) => entry.kind === 'sale' && entry.status === 'approved' && !isUndone(entry));
    const rows = (await programs.asMerchant('/transQuery?transactionType=CreditCardSale&limit=100')).body.data;
    const undone = (await programs.asMerchant('/transQuery?transactionType=CreditCardVoid&limit=100')).body.data;
    const ours = rows.filter(
      (row) => row.processor === name && !undone.some((one) => one.originalTransactionId === row.transactionId),
    );
    expect(ours.map(({ transactionId }) => transactionId).sort()).toEqual(
      theirs.map(({ reference }) => reference).sort(),
    );
  });
});
