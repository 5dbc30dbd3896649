// The ledger's guards on both engines: what the code forgets, the database refuses (contract 12.6).
import { ATTEMPT_EDGES, type AttemptState } from '@ozura/core/attempt';
import { standardChecks } from '@ozura/core/attempt-checks';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachSchema } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PreparedSale } from '../prepared-sale.ts';
import { findAttempt, findLastAttempt, insertAttempt, moveAttempt, type NewAttempt } from './attempts.ts';
import {
  type Claim,
  endCharge,
  findCharge,
  findChargeByKey,
  insertCharge,
  insertDeadCharge,
  isCvcClaimed,
  isOrderOpen,
} from './charges.ts';
import { bringChecksForward, findDueAttempts, leaseAttempt, markReviewed, releaseAttempt } from './checks.ts';
import { listDoubtedAttempts, listNamedAttempts } from './comparisons.ts';
import { insertMerchantKey } from './merchant-keys.ts';
import { findMerchant, findMerchantByKey, insertMerchant } from './merchants.ts';
import { countTransactions, insertTransaction, listTransactions, type TransactionFilter } from './transactions.ts';
import { markUndoRefund } from './undo-refunds.ts';

const merchantId = 'ozu_bluekettle';
let made = 0;
const unique = (): string => {
  made += 1;
  return String(made).padStart(4, '0');
};

const sale = (orderId?: string): PreparedSale =>
  ({ token: 'tok_1', channel: 'ecommerce', ...(orderId === undefined ? {} : { orderId }) }) as PreparedSale;

const newClaim = (changes: Partial<Claim> = {}): Claim => {
  const name = unique();
  return {
    chargeId: `chg_${name}`,
    merchantId,
    idempotencyKey: `key-${name}`,
    fingerprint: 'f',
    cvcHash: `cvc-${name}`,
    ...changes,
  };
};

const newAttempt = (claim: Claim, changes: Partial<NewAttempt> = {}): NewAttempt => ({
  attemptId: `A${unique()}`,
  chargeId: claim.chargeId,
  merchantId: claim.merchantId,
  ordinal: 0,
  processor: 'sandbox',
  account: claim.merchantId,
  amountMinor: 1840n,
  currency: 'USD',
  checks: standardChecks,
  ...changes,
});

forEachSchema((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
    for (const id of [merchantId, 'ozu_rows'])
      await insertMerchant(db, {
        merchantId: id,
        name: 'Blue Kettle',
        processors: ['sandbox'],
        settings: defaultSettings,
      });
  });

  const reserve = async (changes: Partial<Claim> = {}, orderId?: string): Promise<NewAttempt> => {
    const claim = newClaim(changes);
    const attempt = newAttempt(claim);
    expect(await insertCharge(db, claim, sale(orderId), 1_000)).toBe(1);
    await insertAttempt(db, attempt, { nowMs: 1_000, nextCheckAtMs: 31_000 });
    return attempt;
  };

  /** Walks from INTENT to `state` along the edges. */
  const walkTo = async (attempt: NewAttempt, state: AttemptState): Promise<void> => {
    let at: AttemptState = 'INTENT';
    for (const to of pathTo(state)) {
      expect(await moveAttempt(db, { attemptId: attempt.attemptId, from: at, to }, {})).toBe(1);
      at = to;
    }
  };

  describe('merchants', () => {
    test('a merchant is found by the hash of its key until the key is revoked', async () => {
      await insertMerchantKey(db, { keyId: 'mkey_1', merchantId, keyHash: 'hash-1', hint: '1234' });
      expect(await findMerchantByKey(db, 'hash-1')).toEqual({
        merchantId,
        name: 'Blue Kettle',
        processors: ['sandbox'],
        settings: defaultSettings,
      });
      await db.run(sql`UPDATE merchant_keys SET revoked_at = 1 WHERE key_hash = 'hash-1'`);
      expect(await findMerchantByKey(db, 'hash-1')).toBeUndefined();
      expect(await findMerchantByKey(db, 'nothing')).toBeUndefined();
    });

    test('a second merchant of the same id changes nothing', async () => {
      expect(await insertMerchant(db, { merchantId, name: 'Other', processors: [], settings: defaultSettings })).toBe(
        0,
      );
      expect((await findMerchant(db, merchantId))?.name).toBe('Blue Kettle');
    });
  });

  describe('charges', () => {
    test('of fifty claims of one key one is written', async () => {
      const claim = newClaim();
      const results = await Promise.all(
        Array.from({ length: 50 }, () =>
          db.transact((tx) => insertCharge(tx, { ...claim, chargeId: `chg_${unique()}` }, sale(), 1_000)),
        ),
      );
      expect(results.filter((written) => written === 1)).toHaveLength(1);
    });

    test('a CVC session pays for one charge, whatever the key', async () => {
      const claim = newClaim();
      await insertCharge(db, claim, sale(), 1_000);
      expect(await insertCharge(db, newClaim({ cvcHash: claim.cvcHash }), sale(), 1_000)).toBe(0);
      expect(await isCvcClaimed(db, claim)).toBe(true);
    });

    test('an order has one open charge; the next may come when it has ended', async () => {
      const first = newClaim();
      await insertCharge(db, first, sale('order-1'), 1_000);
      expect(await insertCharge(db, newClaim(), sale('order-1'), 1_000)).toBe(0);
      expect(await isOrderOpen(db, merchantId, 'order-1')).toBe(true);
      await endCharge(db, first.chargeId, 2_000);
      expect(await isOrderOpen(db, merchantId, 'order-1')).toBe(false);
      expect(await insertCharge(db, newClaim(), sale('order-1'), 1_000)).toBe(1);
    });

    test('a dead charge keeps its sale out, and a sale that came first is not killed', async () => {
      const late = newClaim({ chargeId: 'chg_late', idempotencyKey: 'chg_late' });
      expect(await insertDeadCharge(db, merchantId, 'chg_late')).toBe(1);
      expect(await insertCharge(db, late, sale(), 1_000)).toBe(0);
      expect((await findChargeByKey(db, late))?.state).toBe('dead');

      const early = newClaim({ chargeId: 'chg_early', idempotencyKey: 'chg_early' });
      await insertCharge(db, early, sale(), 1_000);
      expect(await insertDeadCharge(db, merchantId, 'chg_early')).toBe(0);
      expect((await findCharge(db, merchantId, 'chg_early'))?.state).toBe('open');
    });

    test('of a sale and its abandoning, both at once, exactly one is written', async () => {
      for (let round = 0; round < 20; round += 1) {
        const id = `chg_race${round}`;
        const written = await Promise.all([
          db.transact((tx) => insertCharge(tx, newClaim({ chargeId: id, idempotencyKey: id }), sale(), 1_000)),
          insertDeadCharge(db, merchantId, id),
        ]);
        expect(written[0] + written[1]).toBe(1);
      }
    });

    test('another merchant does not see it', async () => {
      const claim = newClaim();
      await insertCharge(db, claim, sale(), 1_000);
      expect(await findCharge(db, 'ozu_other', claim.chargeId)).toBeUndefined();
    });

    test('what has ended does not change any more', async () => {
      const claim = newClaim();
      await insertCharge(db, claim, sale(), 1_000);
      expect(await endCharge(db, claim.chargeId, 2_000)).toBe(1);
      expect(await endCharge(db, claim.chargeId, 2_000)).toBe(0);
      await expect(
        db.run(sql`UPDATE charges SET state = 'open' WHERE charge_id = ${claim.chargeId}`),
      ).rejects.toThrow();
    });
  });

  describe('attempts', () => {
    const STATES = Object.keys(ATTEMPT_EDGES) as AttemptState[];

    test.each(STATES)('from %s the database lets pass exactly the edges of the state machine', async (from) => {
      for (const to of STATES.filter((state) => state !== from)) {
        const attempt = await reserve();
        await walkTo(attempt, from);
        const moved = await moveAttempt(db, { attemptId: attempt.attemptId, from, to }, {}).catch(() => 'refused');
        expect([to, moved]).toEqual([to, ATTEMPT_EDGES[from].includes(to) ? 1 : 'refused']);
      }
    });

    test('an attempt begins as an intent', async () => {
      const { attemptId } = await reserve();
      const born = sql`
        INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor,
          currency, created_at, checks_from, lease_until, misses, last_miss_at)
        SELECT 'B1', charge_id, merchant_id, 7, processor, account, 'APPROVED', amount_minor, currency, 1, 1, 0, 0, 0
        FROM attempts WHERE attempt_id = ${attemptId}`;
      await expect(db.run(born)).rejects.toThrow('begins as INTENT');
    });

    test('its amount never changes', async () => {
      const { attemptId } = await reserve();
      await expect(db.run(sql`UPDATE attempts SET amount_minor = 1 WHERE attempt_id = ${attemptId}`)).rejects.toThrow();
    });

    test.each(['INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED', 'VOID_PENDING'] as const)(
      'no second attempt of a charge begins beside one in %s',
      async (state) => {
        const first = await reserve();
        await walkTo(first, state);
        const second = { ...first, attemptId: `A${unique()}`, ordinal: 1 };
        await expect(insertAttempt(db, second, { nowMs: 1, nextCheckAtMs: 1 })).rejects.toThrow();
      },
    );

    test('after a refusal the next one may begin, and decides the charge', async () => {
      const first = await reserve();
      await walkTo(first, 'REFUSED');
      const second = { ...first, attemptId: `A${unique()}`, ordinal: 1 };
      await insertAttempt(db, second, { nowMs: 1, nextCheckAtMs: 1 });
      expect((await findLastAttempt(db, first.chargeId))?.attemptId).toBe(second.attemptId);
    });

    test('of fifty who mark one attempt as sent one wins', async () => {
      const { attemptId } = await reserve();
      const move = { attemptId, from: 'INTENT', to: 'SENT' } as const;
      const results = await Promise.all(
        Array.from({ length: 50 }, () => db.transact((tx) => moveAttempt(tx, move, {}))),
      );
      expect(results.filter((moved) => moved === 1)).toHaveLength(1);
    });

    test('two attempts never claim the same booking of the processor', async () => {
      const outcome = { kind: 'approved', processorTransactionId: 'sbx-7', avsResult: 'Y', cvvResult: 'M' } as const;
      const [one, two] = [await reserve(), await reserve()];
      await walkTo(one, 'SENT');
      await walkTo(two, 'SENT');
      await moveAttempt(db, { attemptId: one.attemptId, from: 'SENT', to: 'APPROVED' }, { outcome });
      await expect(
        moveAttempt(db, { attemptId: two.attemptId, from: 'SENT', to: 'APPROVED' }, { outcome }),
      ).rejects.toThrow();
      expect((await findAttempt(db, one.attemptId))?.outcome).toEqual(outcome);
    });
  });

  describe('checks', () => {
    test('what is due is leased to one of many, and is due again when the lease is given back', async () => {
      const { attemptId } = await reserve();
      await moveAttempt(db, { attemptId, from: 'INTENT', to: 'SENT' }, { nextCheckAtMs: 5_000 });
      expect(await findDueAttempts(db, 4_999, 1_000)).not.toContain(attemptId);
      expect(await findDueAttempts(db, 5_000, 1_000)).toContain(attemptId);
      const lease = { nowMs: 5_000, untilMs: 25_000 };
      const leases = await Promise.all(Array.from({ length: 20 }, () => leaseAttempt(db, attemptId, lease)));
      expect(leases.filter((got) => got === 1)).toHaveLength(1);
      expect(await findDueAttempts(db, 24_999, 1_000)).not.toContain(attemptId);
      expect(await findDueAttempts(db, 25_000, 1_000)).toContain(attemptId);
      await releaseAttempt(db, attemptId, {
        state: 'SENT',
        nextCheckAtMs: 15_000,
        misses: { count: 1, lastAtMs: 5_000 },
      });
      expect(await findDueAttempts(db, 15_000, 1_000)).toContain(attemptId);
      expect((await findAttempt(db, attemptId))?.misses).toEqual({ count: 1, lastAtMs: 5_000 });
    });

    test('what a clock wrote that was set back since is looked at now, and counts from now', async () => {
      const [early, late] = [await reserve(), await reserve()];
      await moveAttempt(db, { ...early, from: 'INTENT', to: 'SENT' }, { sentAtMs: 2_000, nextCheckAtMs: 90_000 });
      await moveAttempt(db, { ...late, from: 'INTENT', to: 'SENT' }, { sentAtMs: 80_000, nextCheckAtMs: 85_000 });
      await leaseAttempt(db, late.attemptId, { nowMs: 85_000, untilMs: 105_000 });
      await bringChecksForward(db, 3_000);
      const due = await findDueAttempts(db, 3_000, 1_000);
      expect([early, late].map(({ attemptId }) => due.includes(attemptId))).toEqual([false, true]);
      expect(await findAttempt(db, late.attemptId)).toMatchObject({ state: 'SENT', sentAtMs: 3_000 });
      expect(await findAttempt(db, early.attemptId)).toMatchObject({ sentAtMs: 2_000 });
    });

    test('the books of the processor are told which undoing was a refund', async () => {
      const [refunded, voided] = [await reserve(), await reserve()];
      for (const { attemptId } of [refunded, voided]) {
        await walkTo({ ...refunded, attemptId }, 'VOID_PENDING');
        if (attemptId === refunded.attemptId) expect(await markUndoRefund(db, { attemptId }, 2_000)).toBe(1);
        expect(await moveAttempt(db, { attemptId, from: 'VOID_PENDING', to: 'REVERSED' }, {})).toBe(1);
      }
      const names = [refunded.attemptId, voided.attemptId];
      const named = await listNamedAttempts(db, refunded, names, { knownByMs: 0, voidedByMs: 0 });
      const isGivenBack = (attemptId: string) => named.find(({ reference }) => reference === attemptId)?.isGivenBack;
      expect(names.map(isGivenBack)).toEqual([true, false]);
    });

    test('in doubt was what a customer waited for, and what ended as undone or never booked', async () => {
      const doubted = await reserve();
      await walkTo(doubted, 'UNKNOWN');
      await markReviewed(db, doubted.attemptId, 9);
      await moveAttempt(db, { attemptId: doubted.attemptId, from: 'UNKNOWN', to: 'DECLINED' }, {});
      const ids = [doubted.attemptId];
      for (const end of ['DECLINED', 'APPROVED', 'REVERSED', 'NOT_PROCESSED'] as const) {
        const attempt = await reserve();
        await walkTo(attempt, end);
        ids.push(attempt.attemptId);
      }
      for (const id of ids)
        await db.run(sql`UPDATE attempts SET sent_at = 77, next_check_at = NULL WHERE attempt_id = ${id}`);
      const day = { fromMs: 77, untilMs: 78, knownByMs: 0, voidedByMs: 0 };
      const found = (await listDoubtedAttempts(db, doubted, day)).map(({ reference }) => reference);
      expect(ids.map((id) => found.includes(id))).toEqual([true, false, false, true, true]);
      expect(await listDoubtedAttempts(db, doubted, { ...day, untilMs: 77 })).toEqual([]);
      // One that ended of late waits until what undid it is shown.
      await db.run(sql`UPDATE attempts SET ended_at = 90 WHERE sent_at = 77`);
      expect(await listDoubtedAttempts(db, doubted, { ...day, knownByMs: 89 })).toEqual([]);
      expect(await listDoubtedAttempts(db, doubted, { ...day, knownByMs: 90 })).toHaveLength(found.length);
    });

    test('what was settled meanwhile is not made due by giving back its lease', async () => {
      const { attemptId } = await reserve();
      await moveAttempt(db, { attemptId, from: 'INTENT', to: 'NOT_SENT' }, { endedAtMs: 1 });
      expect(
        await releaseAttempt(db, attemptId, { state: 'SENT', nextCheckAtMs: 1, misses: { count: 0, lastAtMs: 0 } }),
      ).toBe(0);
    });

    test('a review begins once, and not of what has ended', async () => {
      const attempt = await reserve();
      const { attemptId } = attempt;
      await walkTo(attempt, 'UNKNOWN');
      const marks = await Promise.all(
        Array.from({ length: 10 }, () => db.transact((tx) => markReviewed(tx, attemptId, 9))),
      );
      expect(marks.filter((marked) => marked === 1)).toHaveLength(1);
      const ended = await reserve();
      await walkTo(ended, 'DECLINED');
      expect(await markReviewed(db, ended.attemptId, 9)).toBe(0);
    });
  });

  describe('transactions', () => {
    const insert = async (atMs: number, amountMinor: bigint, orderId?: string) => {
      const { attemptId, chargeId } = await reserve({ merchantId: 'ozu_rows' });
      const row = { transactionId: attemptId, amount: String(amountMinor) };
      const common = {
        transactionId: attemptId,
        merchantId: 'ozu_rows',
        chargeId,
        attemptId,
        orderId,
        amountMinor,
        atMs,
        row,
      };
      await insertTransaction(db, { ...common, type: 'CreditCardSale' });
      return common;
    };
    const all: TransactionFilter = {
      merchantId: 'ozu_rows',
      transactionId: undefined,
      attemptId: undefined,
      orderId: undefined,
      type: undefined,
      range: undefined,
    };
    const amounts = async (filter: Partial<TransactionFilter>, sorted = {}) => {
      const order = { page: 1, limit: 10, sortBy: 'createdAt', sortOrder: 'asc', ...sorted } as const;
      return (await listTransactions(db, { ...all, ...filter }, order)).map(({ amount }) => Number(amount));
    };

    test('filters, order and pages', async () => {
      const rows = [await insert(100, 300n), await insert(200, 100n, 'o-1'), await insert(300, 200n)];
      expect(await amounts({})).toEqual([300, 100, 200]);
      expect(await amounts({}, { sortOrder: 'desc' })).toEqual([200, 100, 300]);
      expect(await amounts({}, { sortBy: 'amount' })).toEqual([100, 200, 300]);
      expect(await amounts({}, { page: 2, limit: 2 })).toEqual([200]);
      expect(await amounts({ orderId: 'o-1' })).toEqual([100]);
      expect(await amounts({ attemptId: rows[2]?.attemptId })).toEqual([200]);
      expect(await amounts({ range: { fromMs: 150, toMs: 200 } })).toEqual([100]);
      expect(await amounts({ type: 'CreditCardVoid' })).toEqual([]);
      expect(await amounts({ merchantId: 'ozu_other' })).toEqual([]);
      expect(await countTransactions(db, all)).toBe(3);
    });

    test('a charge has one sale', async () => {
      const sold = await insert(400, 400n);
      const again = { ...sold, transactionId: `T${unique()}`, type: 'CreditCardSale' } as const;
      await expect(insertTransaction(db, again)).rejects.toThrow();
    });
  });
});

/** Shortest way from INTENT. */
function pathTo(state: AttemptState): AttemptState[] {
  const ways = new Map<AttemptState, AttemptState[]>([['INTENT', []]]);
  for (const [at, way] of ways) {
    for (const next of ATTEMPT_EDGES[at]) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways.get(state) ?? [];
}
