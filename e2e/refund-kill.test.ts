// Pay killed by SIGKILL at every step of a refund and of a void (contract 12.7), on each engine: after a restart each comes
// to rest by itself, and what the processor gave back is exactly what the ledger says was refunded.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { refundsOf, salesOutOfBalance, untilAllAsked } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const KILLS = [
  ['P1-after', 'cardRefund', 'NOT_SENT'],
  ['P2-after', 'cardRefund', 'NOT_PROCESSED'],
  ['P3-after', 'cardRefund', 'APPROVED'],
  ['P4-after', 'cardRefund', 'APPROVED'],
  // A void that may not have been sent is asked for again.
  ['P2-after', 'cardVoid', 'APPROVED'],
  ['P3-after', 'cardVoid', 'APPROVED'],
] as const;

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const sell = async (): Promise<string> => {
    const sale = saleOf(await programs.tokenize('4242424242424242'));
    return (await programs.asCheckout('POST', '/cardSale', sale, { 'idempotency-key': randomUUID() })).body.data
      .transactionId;
  };

  type Operation = (typeof KILLS)[number][1];
  const askFor = async (operation: Operation) => {
    const saleId = await sell();
    const amount = operation === 'cardRefund' ? { amount: '8.40' } : {};
    const body = { merchantId: 'ozu_bluekettle', transactionId: saleId, ...amount };
    const headers = { 'idempotency-key': randomUUID() };
    return { saleId, ask: () => programs.asCheckout('POST', `/${operation}`, body, headers) };
  };

  test('each comes to rest, once, and the same call hears what became of it', async () => {
    const killed = [];
    for (const [label, operation, end] of KILLS) killed.push({ label, operation, end, ...(await askFor(operation)) });
    for (const { label, ask } of killed) {
      await programs.restartPay({ crashAt: label });
      await expect(ask()).rejects.toThrow();
      await programs.payDied();
    }
    await programs.restartPay();
    for (const { end, ask } of killed) if (end !== 'APPROVED') expect((await ask()).status).not.toBe(200);
    // Time enough for every inquiry, and for two misses after the grace time.
    for (const minutes of [1, 16, 60]) {
      await programs.age(minutes * 60_000);
      await untilAllAsked(programs.ledger);
    }
    for (const { label, operation, end, saleId, ask } of killed) {
      const states = async () => (await refundsOf(programs.ledger, saleId)).map(({ state }) => state);
      const where = `${operation} at ${label}`;
      await expect.poll(states, { message: where }).toEqual([end]);
      const answer = await ask();
      expect(answer.status, where).toBe(end === 'APPROVED' ? 200 : 503);
      expect(answer.headers.get('idempotent-replayed'), where).toBe('true');
    }
  }, 180_000);

  test('what the processor gave back is what the ledger says', async () => {
    expect(await salesOutOfBalance(programs.ledger)).toEqual([]);
    const journal = await programs.journal();
    const given = journal.filter(({ kind, voided }) => (kind === 'refund' || kind === 'void') && !voided);
    const { data } = (await programs.asMerchant('/transQuery?limit=100')).body;
    const ours = data.filter(({ originalTransactionId }) => originalTransactionId !== undefined);
    expect(ours.map(({ transactionId, amount }) => [transactionId, amount]).sort()).toEqual(
      given.map(({ reference, amount }) => [reference, amount]).sort(),
    );
  });
});
