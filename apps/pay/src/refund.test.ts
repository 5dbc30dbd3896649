// Refunds whose outcome cannot be written, or is not told, on both engines.
import { NoAnswer } from '@ozura/contract/client';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { PayContext } from './context.ts';
import { resolveRefunds } from './jobs/resolve-refunds.ts';
import { decideAttempt } from './ledger.ts';
import { reserveRefund, runRefund, voidedAs } from './refund.ts';
import { insertAttempt } from './store/attempts.ts';
import { insertCharge } from './store/charges.ts';
import { insertMerchant } from './store/merchants.ts';
import { findRefund, type Refund } from './store/refunds.ts';
import { findTransaction } from './store/transactions.ts';

const merchantId = 'ozu_bluekettle';
const base = openContext(openLog({ program: 'test', level: 'silent' }));
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const known = { amount: '18.40', currency: 'USD' };
/** It repeats itself: every refund has the same id. */
const parrot = { name: 'parrot', refund: () => ({ done: voidedAs('R-1') }) };
const send = { method: 'POST', url: 'https://processor.example/' };
/** It tells nothing, and does not answer when it is asked. */
const sphinx = {
  name: 'sphinx',
  evidence: { class: 2, voidByReference: true, graceMs: 0 },
  refund: () => ({ done: { kind: 'unknown', reason: 'a riddle' } }),
  inquire: () => ({ send }),
};

/** Its list tells only what went back of a sale in all. */
const clerk = {
  name: 'clerk',
  evidence: { class: 3, voidByReference: false, graceMs: 900_000 },
  answers: true,
  refundedMinor: 0n,
  refund: ({ reference }: { readonly reference: string }) => ({
    done: clerk.answers ? voidedAs(reference) : { kind: 'unknown', reason: 'no answer' },
  }),
  list: () => ({
    done: { kind: 'listed', sales: [{ processorTransactionId: 'of A3', refundedMinor: clerk.refundedMinor }] },
  }),
};

forEachEngine((_engine, open) => {
  let db: Database;
  let context: PayContext;
  let laterMs: number;
  const waiting: (() => void)[] = [];
  beforeAll(async () => {
    laterMs = 0;
    db = await open(new URL('./store/migrations/', import.meta.url), () => laterMs);
    const processors = new Map([parrot, sphinx, clerk].map((one) => [one.name, one]));
    const hang = () =>
      new Promise((_resolve, reject) => {
        waiting.push(() => reject(new NoAnswer('no answer', { sent: 'unknown', timedOut: true })));
      });
    context = { ...base, db, processors, reached: () => undefined, send: hang } as unknown as PayContext;
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: [], settings: defaultSettings });
    await sell('A1', parrot.name);
    await sell('A2', sphinx.name);
    await sell('A3', clerk.name);
  });

  async function sell(attemptId: string, processor: string): Promise<void> {
    const chargeId = `chg_${attemptId}`;
    const claim = { chargeId, merchantId, idempotencyKey: attemptId, fingerprint: 'f', cvcHash: undefined };
    await insertCharge(db, claim, { billing: { address }, known } as never, 1_000);
    const of = { attemptId, chargeId, merchantId, processor, account: merchantId };
    const checks = { avsPolicy: 'off', cvvPolicy: 'off' };
    const attempt = { ...of, ordinal: 0, amountMinor: 1840n, currency: 'USD', checks };
    await insertAttempt(db, attempt, { nowMs: 1_000, nextCheckAtMs: 31_000 });
    const outcome = voidedAs(`of ${attemptId}`);
    await decideAttempt(context, attemptId, () => ({ move: { path: ['SENT', 'APPROVED'] }, outcome }));
  }

  async function reserve(saleId: string): Promise<Refund> {
    const sale = await findTransaction(db, merchantId, saleId);
    if (sale === undefined) throw new Error('no sale');
    const asked = { merchantId, operation: 'cardRefund', idempotencyKey: undefined, ordinal: 0 } as const;
    const reservation = await reserveRefund(context, {
      ...asked,
      ...{ sale, amountMinor: 500n, fingerprint: 'f', reason: undefined },
    });
    if (!('reserved' in reservation)) throw new Error('not reserved');
    return reservation.reserved;
  }

  const refund = async (saleId: string): Promise<Refund> =>
    runRefund(context, await reserve(saleId), context.now() + 28_000);

  test('a processor that hangs does not keep the open refunds of another waiting', async () => {
    const unsent = await reserve('A1');
    const { refundId, state } = await refund('A2');
    expect(state).toBe('UNKNOWN');
    laterMs = 40_000;
    const run = resolveRefunds(context).run(new AbortController().signal);
    await expect.poll(async () => (await findRefund(db, unsent.refundId))?.state).toBe('NOT_SENT');
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await run;
    expect((await findRefund(db, refundId))?.state).toBe('UNKNOWN');
  });

  test('a refund of late need not be on the list of its processor, and is no proof against an earlier one', async () => {
    Object.assign(clerk, { answers: false, refundedMinor: 500n });
    const { refundId } = await refund('A3');
    laterMs = 3 * 86_400_000;
    clerk.answers = true;
    expect(await refund('A3')).toMatchObject({ state: 'APPROVED' });
    const check = async (): Promise<unknown> => {
      await db.run(sql`
        UPDATE refunds SET lease_until = 0, next_check_at = CASE WHEN refund_id = ${refundId} THEN 1 ELSE NULL END`);
      await resolveRefunds(context).run(new AbortController().signal);
      return (await findRefund(db, refundId))?.state;
    };
    expect(await check()).toBe('REVIEW');
    laterMs += 900_000;
    clerk.refundedMinor = 1000n;
    expect(await check()).toBe('APPROVED');
  });

  test('an answer with the id of another refund leaves it open, and the money given back', async () => {
    expect(await refund('A1')).toMatchObject({ state: 'APPROVED' });
    const { refundId, state } = await refund('A1');
    expect([state, (await findRefund(db, refundId))?.state]).toEqual(['UNKNOWN', 'SENT']);
    expect((await findTransaction(db, merchantId, 'A1'))?.refundedMinor).toBe(1000n);
  });
});
