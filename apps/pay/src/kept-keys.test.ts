// Idempotency keys live for 31 days, on both engines, and no longer than what was done under them is decided.
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import type { Database } from '@ozura/kit/db/handle';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { findKeptCharge, findKeptRefund, findKeptVoidKey } from './kept-keys.ts';
import type { PreparedSale } from './prepared-sale.ts';
import { type Claim, endCharge, findCharge, insertCharge, insertDeadCharge } from './store/charges.ts';
import { insertMerchant } from './store/merchants.ts';
import { findRefund, insertRefund, moveRefund, type NewRefund } from './store/refunds.ts';
import { insertTransaction } from './store/transactions.ts';
import { insertVoidKey } from './store/void-keys.ts';

const merchantId = 'ozu_bluekettle';
const keptMs = 31 * 86_400_000;
const sale = { token: 'tok_1', channel: 'ecommerce' } as PreparedSale;

forEachEngine((_engine, open) => {
  let db: Database;
  let aheadMs = 0;
  let made = 0;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url), () => aheadMs);
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
  });
  beforeEach(() => {
    aheadMs = 0;
    made += 1;
  });

  const claimed = (chargeId: string, idempotencyKey = `key-${made}`): Claim => ({
    ...{ chargeId: `${chargeId}-${made}`, merchantId, idempotencyKey },
    ...{ fingerprint: 'f', cvcHash: `${chargeId}-${made}` },
  });

  test('a key answers what was charged under it until its time is over, and then takes another charge', async () => {
    const first = claimed('chg_first');
    await insertCharge(db, first, sale, await db.now());
    await endCharge(db, first.chargeId, 1);
    aheadMs = keptMs - 60_000;
    expect((await findKeptCharge(db, first))?.chargeId).toBe(first.chargeId);
    aheadMs = keptMs;
    const found = await Promise.all(Array.from({ length: 5 }, () => findKeptCharge(db, first)));
    expect(found.filter((one) => one?.chargeId === first.chargeId)).toEqual([]);
    const next = claimed('chg_next');
    expect(await insertCharge(db, next, sale, await db.now())).toBe(1);
    expect((await findKeptCharge(db, first))?.chargeId).toBe(next.chargeId);
    // Under its own id, and with its security code, the first is what it was.
    expect(await findCharge(db, merchantId, first.chargeId)).toMatchObject({ state: 'ended', fingerprint: 'f' });
    expect(
      await insertCharge(db, { ...claimed('chg_other', 'other'), cvcHash: first.cvcHash }, sale, await db.now()),
    ).toBe(0);
  });

  test('a charge that is not decided keeps its key, and one that Checkout named its id', async () => {
    const [open, named] = [claimed('chg_open'), claimed('chg_named', `chg_named-${made}`)];
    for (const one of [open, named]) await insertCharge(db, one, sale, await db.now());
    await endCharge(db, named.chargeId, 1);
    await insertDeadCharge(db, merchantId, `chg_dead-${made}`);
    aheadMs = 3 * keptMs;
    for (const one of [open, named, claimed('chg_dead', `chg_dead-${made}`)]) {
      expect((await findKeptCharge(db, one))?.chargeId).toBe(one.chargeId);
    }
  });

  test('a key of a refund, and one of a void that stood, live as long, and not shorter than the refund is open', async () => {
    const charge = claimed('chg_sold');
    await insertCharge(db, charge, sale, await db.now());
    const ids = { transactionId: `T${made}`, chargeId: charge.chargeId, attemptId: `T${made}`, merchantId };
    const row = { transactionId: ids.transactionId, status: 'approved' };
    const sold = { ...ids, type: 'CreditCardSale', orderId: undefined, amountMinor: 900n, row, atMs: 1 } as const;
    await insertTransaction(db, sold);
    const key = { merchantId, operation: 'cardRefund', idempotencyKey: `key-${made}` } as const;
    const refund: NewRefund = {
      ...{ refundId: `R${made}`, ...key, ordinal: 0, fingerprint: 'f', saleId: ids.transactionId },
      means: 'refund',
      ...{ processor: 'sandbox', account: merchantId, amountMinor: 100n, surchargeMinor: 0n, remainingMinor: 800n },
      ...{ currency: 'USD', reason: undefined, traceId: undefined },
    };
    await insertRefund(db, refund, { nowMs: await db.now(), nextCheckAtMs: 1 });
    const voidKey = { merchantId, idempotencyKey: `key-${made}`, fingerprint: 'f', refundId: refund.refundId };
    await insertVoidKey(db, voidKey);
    aheadMs = keptMs - 60_000;
    expect((await findKeptVoidKey(db, voidKey))?.refundId).toBe(refund.refundId);
    aheadMs = keptMs;
    expect(await findKeptVoidKey(db, voidKey)).toBeUndefined();
    expect(await insertVoidKey(db, voidKey)).toBe(1);
    expect((await findKeptRefund(db, key))?.state).toBe('INTENT');
    await moveRefund(db, { refundId: refund.refundId, from: 'INTENT', to: 'NOT_SENT' }, { endedAtMs: 1 });
    expect(await findKeptRefund(db, key)).toBeUndefined();
    const again = { ...refund, refundId: `R${made}-again` };
    expect(await insertRefund(db, again, { nowMs: await db.now(), nextCheckAtMs: 1 })).toBe(1);
    expect((await findKeptRefund(db, key))?.refundId).toBe(again.refundId);
    expect((await findRefund(db, refund.refundId))?.idempotencyKey).toBeUndefined();
  });
});
