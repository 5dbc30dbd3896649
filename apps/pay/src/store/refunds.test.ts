// Refunds on both engines: what the code forgets, the database refuses, and queries of transactions do not scan.
import type { SortField } from '@ozura/contract/pay/trans-query-fields';
import { ATTEMPT_EDGES } from '@ozura/core/attempt';
import type { RefundState } from '@ozura/core/refund';
import { forEachSchema } from '@ozura/e2e/databases';
import { type Database, type Handle, type Statement, sql } from '@ozura/kit/db/handle';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PreparedSale } from '../prepared-sale.ts';
import { insertAttempt } from './attempts.ts';
import { insertCharge } from './charges.ts';
import { bringRefundsForward } from './checks.ts';
import { insertMerchant } from './merchants.ts';
import {
  countOpenRefunds,
  findDueRefunds,
  findNextRefundAt,
  findRefund,
  findRefundByKey,
  insertRefund,
  leaseRefund,
  listRefundsOf,
  moveRefund,
  type NewRefund,
  releaseRefund,
} from './refunds.ts';
import { addRefunded, findTransaction, insertTransaction, listTransactions } from './transactions.ts';

const merchantId = 'ozu_bluekettle';
const settings = { avsPolicy: 'standard', cvvPolicy: 'standard', motoWithoutCvc: false, allowedReturnHosts: [] };
let made = 0;
const unique = (): string => {
  made += 1;
  return String(made).padStart(4, '0');
};

forEachSchema((engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings });
  });

  /** A sale of 25.75. */
  const sell = async (): Promise<string> => {
    const name = unique();
    const [chargeId, transactionId] = [`chg_${name}`, `T${name}`];
    const claim = { chargeId, merchantId, idempotencyKey: name, fingerprint: 'f', cvcHash: name };
    await insertCharge(db, claim, { token: 'tok_1' } as PreparedSale, 1_000);
    await insertAttempt(
      db,
      {
        attemptId: transactionId,
        chargeId,
        merchantId,
        ordinal: 0,
        processor: 'sandbox',
        account: merchantId,
        amountMinor: 2575n,
        currency: 'USD',
        checks: { avsPolicy: 'off', cvvPolicy: 'off' },
      },
      { nowMs: 1_000, nextCheckAtMs: 31_000 },
    );
    await insertTransaction(db, {
      transactionId,
      merchantId,
      chargeId,
      attemptId: transactionId,
      type: 'CreditCardSale',
      orderId: undefined,
      amountMinor: 2575n,
      row: { transactionId, currency: 'USD', status: 'approved' },
      atMs: 1_000,
    });
    return transactionId;
  };

  const newRefund = (saleId: string, changes: Partial<NewRefund> = {}): NewRefund => ({
    refundId: `R${unique()}`,
    merchantId,
    operation: 'cardRefund',
    idempotencyKey: undefined,
    ordinal: 0,
    fingerprint: 'f',
    saleId,
    means: 'refund',
    processor: 'sandbox',
    account: merchantId,
    amountMinor: 1000n,
    surchargeMinor: 29n,
    remainingMinor: 1575n,
    currency: 'USD',
    reason: 'broken',
    ...changes,
  });
  const at = { nowMs: 1_000, nextCheckAtMs: 31_000 };
  const reserve = async (changes: Partial<NewRefund> = {}): Promise<NewRefund> => {
    const refund = newRefund(await sell(), changes);
    expect(await insertRefund(db, refund, at)).toBe(1);
    return refund;
  };
  const move = (refundId: string, from: RefundState, to: RefundState) => moveRefund(db, { refundId, from, to }, {});

  test('a refund is read back as it was reserved', async () => {
    const refund = await reserve();
    expect(await findRefund(db, refund.refundId)).toEqual({
      ...refund,
      state: 'INTENT',
      outcome: undefined,
      createdAtMs: 1_000,
      sentAtMs: undefined,
      endedAtMs: undefined,
      misses: { count: 0, lastAtMs: 0 },
    });
  });

  test('open ones are counted, and the one that has waited longest is told of', async () => {
    expect(await countOpenRefunds(db)).toMatchObject({ oldestMs: 1_000 });
    const { count } = await countOpenRefunds(db);
    const old = newRefund(await sell());
    await insertRefund(db, old, { nowMs: 400, nextCheckAtMs: 31_000 });
    expect(await countOpenRefunds(db)).toEqual({ count: count + 1, oldestMs: 400 });
    await move(old.refundId, 'INTENT', 'NOT_SENT');
    expect(await countOpenRefunds(db)).toEqual({ count, oldestMs: 1_000 });
  });

  test('a key counts once in each operation; its last refund tells what became of it', async () => {
    const first = await reserve({ idempotencyKey: 'k' });
    expect(await insertRefund(db, newRefund(first.saleId, { idempotencyKey: 'k' }), at)).toBe(0);
    expect(await insertRefund(db, newRefund(first.saleId, { idempotencyKey: 'k', operation: 'cardVoid' }), at)).toBe(1);
    const next = newRefund(first.saleId, { idempotencyKey: 'k', ordinal: 1 });
    expect(await insertRefund(db, next, at)).toBe(1);
    expect((await findRefundByKey(db, first))?.refundId).toBe(next.refundId);
    expect(await findRefundByKey(db, { ...first, merchantId: 'ozu_other' })).toBeUndefined();
    expect(await listRefundsOf(db, first.saleId)).toHaveLength(3);
  });

  test('no more is refunded than was charged, and no less than nothing', async () => {
    const saleId = await sell();
    const add = (amountMinor: bigint) => addRefunded(db, saleId, { amountMinor, surchargeMinor: 0n });
    expect(await add(2575n)).toBe(1);
    await expect(add(1n)).rejects.toThrow();
    await expect(add(-2576n)).rejects.toThrow();
    expect((await findTransaction(db, merchantId, saleId))?.refundedMinor).toBe(2575n);
  });

  test('one void of a sale stands; after it was refused there may be another', async () => {
    const first = await reserve({ means: 'void', operation: 'cardVoid' });
    const again = () => insertRefund(db, newRefund(first.saleId, { means: 'void', operation: 'cardVoid' }), at);
    await expect(again()).rejects.toThrow();
    await move(first.refundId, 'INTENT', 'NOT_SENT');
    expect(await again()).toBe(1);
  });

  test.each(['amount_minor = 1', "currency = 'EUR'", "sale_id = 'T0000'"])('%s is refused', async (change) => {
    const { refundId } = await reserve();
    const statement = { text: change };
    await expect(db.script(`UPDATE refunds SET ${statement.text} WHERE refund_id = '${refundId}'`)).rejects.toThrow();
  });

  test('it moves along the edges of an attempt and along no others', async () => {
    const states = ['INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED', 'DECLINED', 'REFUSED', 'NOT_PROCESSED'] as const;
    const walks: Partial<Record<RefundState, RefundState[]>> = {
      SENT: ['SENT'],
      UNKNOWN: ['SENT', 'UNKNOWN'],
      REVIEW: ['SENT', 'UNKNOWN', 'REVIEW'],
      APPROVED: ['SENT', 'APPROVED'],
      DECLINED: ['SENT', 'DECLINED'],
      REFUSED: ['SENT', 'REFUSED'],
      NOT_PROCESSED: ['SENT', 'UNKNOWN', 'NOT_PROCESSED'],
    };
    for (const from of states) {
      for (const to of states.filter((state) => state !== from)) {
        const { refundId } = await reserve();
        let state: RefundState = 'INTENT';
        for (const step of walks[from] ?? []) {
          expect(await move(refundId, state, step)).toBe(1);
          state = step;
        }
        const moved = move(refundId, from, to);
        if (ATTEMPT_EDGES[from].includes(to)) expect(await moved, `${from} to ${to}`).toBe(1);
        else await expect(moved, `${from} to ${to}`).rejects.toThrow();
      }
    }
    const { refundId } = await reserve();
    expect(await move(refundId, 'SENT', 'APPROVED')).toBe(0);
  });

  test('what a clock wrote that was set back since is looked at now', async () => {
    const { refundId } = await reserve();
    expect(await leaseRefund(db, refundId, { nowMs: 31_000, untilMs: 91_000 })).toBe(1);
    await bringRefundsForward(db, 1_000);
    expect(await findDueRefunds(db, 1_000, 1_000)).not.toContain(refundId);
    await bringRefundsForward(db, 500);
    expect(await findDueRefunds(db, 500, 1_000)).toContain(refundId);
  });

  test('what is due is leased by one, and given back with its next check', async () => {
    const refund = await reserve();
    const { refundId } = refund;
    const nowMs = 31_000;
    expect(await findDueRefunds(db, nowMs - 1, 1_000)).not.toContain(refundId);
    expect(await findDueRefunds(db, nowMs, 1_000)).toContain(refundId);
    expect(await findNextRefundAt(db, 30_000)).toBe(31_000);
    const lease = () => leaseRefund(db, refundId, { nowMs, untilMs: nowMs + 60_000 });
    expect([await lease(), await lease()]).toEqual([1, 0]);
    expect(await findDueRefunds(db, nowMs, 1_000)).not.toContain(refundId);
    const misses = { count: 1, lastAtMs: nowMs };
    await releaseRefund(db, { refundId, state: 'INTENT' }, { nextCheckAtMs: nowMs + 5, misses });
    expect(await findDueRefunds(db, nowMs + 5, 1_000)).toContain(refundId);
    expect((await findRefund(db, refundId))?.misses).toEqual(misses);
    await move(refundId, 'INTENT', 'NOT_SENT');
    expect(await findDueRefunds(db, nowMs + 100_000, 1_000)).not.toContain(refundId);
  });

  // PostgreSQL scans what fits into one page, whatever the indexes.
  describe.runIf(engine === 'sqlite')('a query of transactions', () => {
    const range = { fromMs: 1, toMs: 2 };
    const none = { transactionId: undefined, attemptId: undefined, orderId: undefined, type: undefined };
    const planOf = async (filter: object, sortBy: SortField = 'createdAt'): Promise<string> => {
      let statement: Statement = sql``;
      const all = async (caught: Statement) => {
        statement = caught;
        return [];
      };
      const order = { page: 1, limit: 50, sortBy, sortOrder: 'desc' } as const;
      await listTransactions({ all } as unknown as Handle, { ...none, merchantId, range, ...filter }, order);
      const steps = await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${statement}`);
      return steps.map(({ detail }) => detail).join('; ');
    };

    test.each([
      [{}, 'transactions_by_time'],
      [{ type: 'CreditCardSale' }, 'transactions_by_type'],
      [{ orderId: 'o' }, 'transactions_by_order'],
      [{ attemptId: 'a' }, 'transactions_by_attempt'],
      [{ transactionId: 't', range: undefined }, 'sqlite_autoindex_transactions_1'],
    ])('with %o searches %s', async (filter, index) => {
      const plan = await planOf(filter);
      expect(plan).toContain(`SEARCH transactions USING INDEX ${index}`);
      expect(plan).not.toContain('SCAN');
    });

    test.each(['createdAt', 'transDate', 'amount', 'transactionType'] as const)(
      'by %s does not scan',
      async (sortBy) => {
        expect(await planOf({}, sortBy)).toMatch(/^SEARCH transactions USING INDEX transactions_by_/);
      },
    );
  });
});
