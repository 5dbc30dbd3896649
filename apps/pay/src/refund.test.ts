// Refunds whose outcome cannot be written, on both engines: whoever waits hears that it is not known.
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { PayContext } from './context.ts';
import { decideAttempt } from './ledger.ts';
import { reserveRefund, runRefund, voidedAs } from './refund.ts';
import { insertAttempt } from './store/attempts.ts';
import { insertCharge } from './store/charges.ts';
import { insertMerchant } from './store/merchants.ts';
import { findRefund, type Refund } from './store/refunds.ts';
import { findTransaction } from './store/transactions.ts';

const merchantId = 'ozu_bluekettle';
const saleId = 'A1';
const base = openContext(openLog({ program: 'test', level: 'silent' }));
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const known = { amount: '18.40', currency: 'USD' };
/** It repeats itself: every refund has the same id. */
const parrot = { name: 'parrot', refund: () => ({ done: voidedAs('R-1') }) };

forEachEngine((_engine, open) => {
  let db: Database;
  let context: PayContext;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
    const processors = new Map([[parrot.name, parrot]]);
    context = { ...base, db, processors, reached: () => undefined } as unknown as PayContext;
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['parrot'], settings: defaultSettings });
    const claim = { chargeId: 'chg_1', merchantId, idempotencyKey: 'k', fingerprint: 'f', cvcHash: undefined };
    await insertCharge(db, claim, { billing: { address }, known } as never, 1_000);
    const of = { attemptId: saleId, chargeId: 'chg_1', merchantId, processor: parrot.name, account: merchantId };
    const checks = { avsPolicy: 'off', cvvPolicy: 'off' };
    const attempt = { ...of, ordinal: 0, amountMinor: 1840n, currency: 'USD', checks };
    await insertAttempt(db, attempt, { nowMs: 1_000, nextCheckAtMs: 31_000 });
    await decideAttempt(context, saleId, () => ({ move: { path: ['SENT', 'APPROVED'] }, outcome: voidedAs('S-1') }));
  });

  const refund = async (): Promise<Refund> => {
    const sale = await findTransaction(db, merchantId, saleId);
    if (sale === undefined) throw new Error('no sale');
    const asked = { merchantId, operation: 'cardRefund', idempotencyKey: undefined, ordinal: 0 } as const;
    const reservation = await reserveRefund(context, {
      ...asked,
      ...{ sale, amountMinor: 500n, fingerprint: 'f', reason: undefined },
    });
    if (!('reserved' in reservation)) throw new Error('not reserved');
    return runRefund(context, reservation.reserved, context.now() + 28_000);
  };

  test('an answer with the id of another refund leaves it open, and the money given back', async () => {
    expect(await refund()).toMatchObject({ state: 'APPROVED' });
    const { refundId, state } = await refund();
    expect([state, (await findRefund(db, refundId))?.state]).toEqual(['UNKNOWN', 'SENT']);
    expect((await findTransaction(db, merchantId, saleId))?.refundedMinor).toBe(1000n);
  });
});
