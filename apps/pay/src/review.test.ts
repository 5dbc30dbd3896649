// People decide about attempts in review, on both engines.
import { randomBytes } from 'node:crypto';
import type { AttemptState, Resolution } from '@ozura/core/attempt';
import { standardChecks } from '@ozura/core/attempt-checks';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { keyOf } from '@ozura/kit/envelope';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import { openAudit } from './audit.ts';
import type { PayContext } from './context.ts';
import { decideAttempt } from './ledger.ts';
import { openReviews, type ReviewDecision, type Reviews } from './review.ts';
import { findAttempt, insertAttempt } from './store/attempts.ts';
import { findCharge, insertCharge } from './store/charges.ts';
import { insertMerchant } from './store/merchants.ts';
import { findRefund, insertRefund, moveRefund } from './store/refunds.ts';
import { addRefunded, findTransaction } from './store/transactions.ts';

const merchantId = 'ozu_bluekettle';
const base = openContext(openLog({ program: 'test', level: 'silent' }));
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const sale = { billing: { address }, known: { amount: '18.40', currency: 'USD' } };
const audit = openAudit(keyOf(randomBytes(32)));
let made = 0;

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
  });

  const contextIn = (mode: string): PayContext => ({ ...base, db, audit, config: { mode } }) as unknown as PayContext;
  const reviewsIn = (mode: string): Reviews => openReviews(contextIn(mode));

  const attemptIn = async (...path: AttemptState[]): Promise<string> => {
    made += 1;
    const [attemptId, chargeId] = [`A${made}`, `chg_${made}`];
    const claim = { chargeId, merchantId, idempotencyKey: chargeId, fingerprint: 'f', cvcHash: chargeId };
    await insertCharge(db, claim, sale as never, await db.now());
    const of = { attemptId, chargeId, merchantId, processor: 'sandbox', account: merchantId };
    const attempt = { ...of, ordinal: 0, amountMinor: 1840n, currency: 'USD', checks: standardChecks };
    await insertAttempt(db, attempt, { nowMs: 1_000, nextCheckAtMs: 31_000 });
    for (const to of path) {
      const undo = to === 'VOID_PENDING' ? { undo: 'WRONG_AMOUNT' as const } : {};
      await decideAttempt(contextIn('test'), attemptId, () => ({ move: { path: [to], ...undo } }));
    }
    return attemptId;
  };
  const inReview = (): Promise<string> => attemptIn('SENT', 'UNKNOWN', 'REVIEW');

  const decision = (attemptId: string, resolution: Resolution, more: Partial<ReviewDecision> = {}): ReviewDecision => ({
    attemptId,
    resolution,
    reason: 'the processor confirmed it by telephone',
    evidence: 'case 4711',
    by: 'ana',
    ...(resolution === 'APPROVED' ? { processorTransactionId: `sbx-${attemptId}` } : {}),
    ...more,
  });
  const written = (attemptId: string) =>
    db.all(sql`
      SELECT state, resolution, proposed_by, confirmed_by, reason, evidence FROM resolutions
      WHERE attempt_id = ${attemptId} ORDER BY proposed_at, state DESC`);

  test.each([
    ['APPROVED', 'CreditCardSale'],
    ['DECLINED', undefined],
    ['NOT_PROCESSED', undefined],
    ['REVERSED', 'CreditCardReversal'],
  ] as const)('an attempt is resolved as %s, with its row and the end of its charge', async (resolution, type) => {
    const attemptId = await inReview();
    const answer = await reviewsIn('test').resolve(decision(attemptId, resolution));
    expect(answer).toMatchObject({ kind: 'resolved', attempt: { state: resolution } });
    const rows = await db.all<{ transaction_type: string }>(
      sql`SELECT transaction_type FROM transactions WHERE attempt_id = ${attemptId}`,
    );
    expect(rows.map((row) => row.transaction_type)).toEqual(type === undefined ? [] : [type]);
    const { chargeId } = (await findAttempt(db, attemptId)) ?? { chargeId: '' };
    expect((await findCharge(db, merchantId, chargeId))?.state).toBe('ended');
    expect(await written(attemptId)).toMatchObject([{ state: 'carried_out', proposed_by: 'ana', confirmed_by: null }]);
  });

  test('in live mode a second person has to say the same', async () => {
    const attemptId = await inReview();
    const { resolve, list } = reviewsIn('live');
    expect(await resolve(decision(attemptId, 'DECLINED'))).toMatchObject({ kind: 'proposed' });
    expect(await resolve(decision(attemptId, 'DECLINED', { by: ' Ana ' }))).toMatchObject({ kind: 'proposed' });
    expect((await list()).find(({ attempt }) => attempt.attemptId === attemptId)?.proposal?.proposedBy).toBe('ana');
    expect((await findAttempt(db, attemptId))?.state).toBe('REVIEW');
    // Somebody else, and something else: that is a new proposal.
    expect(await resolve(decision(attemptId, 'NOT_PROCESSED', { by: 'ben' }))).toMatchObject({ kind: 'proposed' });
    const seconded = await resolve(decision(attemptId, 'NOT_PROCESSED', { by: 'ana' }));
    expect(seconded).toMatchObject({ kind: 'resolved', attempt: { state: 'NOT_PROCESSED' } });
    expect(await written(attemptId)).toMatchObject([
      { state: 'dropped', resolution: 'DECLINED', proposed_by: 'ana' },
      { state: 'carried_out', resolution: 'NOT_PROCESSED', proposed_by: 'ben', confirmed_by: 'ana' },
    ]);
  });

  test.each([
    ['reason', { reason: ' ' }, 'reason: is required'],
    ['evidence', { evidence: '' }, 'evidence: is required'],
    ['name', { by: ' ' }, 'by: is required'],
    [
      'known decision',
      { resolution: 'PAID' as Resolution },
      'resolution: must be one of APPROVED, DECLINED, NOT_PROCESSED, REVERSED',
    ],
  ])('nothing is written without a %s', async (_what, more, reason) => {
    const attemptId = await inReview();
    expect(await reviewsIn('test').resolve(decision(attemptId, 'DECLINED', more))).toEqual({ kind: 'refused', reason });
    expect(await written(attemptId)).toEqual([]);
  });

  test('an approval names the processor’s transaction, and one that no other attempt has', async () => {
    const [first, second] = [await inReview(), await inReview()];
    const { resolve } = reviewsIn('test');
    expect(await resolve(decision(first, 'APPROVED', { processorTransactionId: '' }))).toMatchObject({
      kind: 'refused',
    });
    const same = { processorTransactionId: `sbx-${first}` };
    expect(await resolve(decision(first, 'APPROVED', same))).toMatchObject({ kind: 'resolved' });
    expect(await resolve(decision(second, 'APPROVED', same))).toEqual({
      kind: 'refused',
      reason: 'processorTransactionId: belongs to another attempt',
    });
  });

  test('only what is in review is resolved, and only once', async () => {
    const { resolve } = reviewsIn('test');
    for (const attemptId of ['A0', await attemptIn('SENT'), await attemptIn('SENT', 'UNKNOWN')]) {
      expect(await resolve(decision(attemptId, 'DECLINED'))).toMatchObject({ kind: 'refused' });
    }
    const attemptId = await inReview();
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => resolve(decision(attemptId, i % 2 === 0 ? 'DECLINED' : 'APPROVED'))),
    );
    const resolved = answers.filter(({ status, ...rest }) => status === 'fulfilled' && isResolved(rest));
    expect(resolved).toHaveLength(1);
    expect(await written(attemptId)).toHaveLength(1);
  });

  test('what was to be undone is not resolved into a success', async () => {
    const attemptId = await attemptIn('SENT', 'UNKNOWN', 'VOID_PENDING', 'REVIEW');
    const { resolve } = reviewsIn('test');
    expect(await resolve(decision(attemptId, 'APPROVED'))).toMatchObject({ kind: 'refused' });
    expect(await resolve(decision(attemptId, 'REVERSED'))).toMatchObject({ kind: 'resolved' });
  });

  test('a resolution that was carried out stays as it is', async () => {
    const attemptId = await inReview();
    await reviewsIn('test').resolve(decision(attemptId, 'DECLINED'));
    await expect(db.run(sql`UPDATE resolutions SET reason = 'x' WHERE attempt_id = ${attemptId}`)).rejects.toThrow();
    await expect(
      db.run(sql`
        INSERT INTO resolutions (resolution_id, attempt_id, resolution, reason, evidence, proposed_by, proposed_at, state,
          ended_at)
        VALUES ('r-2', ${attemptId}, 'REVERSED', 'r', 'e', 'ben', 1, 'carried_out', 1)`),
    ).rejects.toThrow();
  });

  test('a refund in review is decided in the same way, and what did not happen is free again', async () => {
    const saleId = await attemptIn('SENT', 'APPROVED');
    const amounts = { amountMinor: 400n, surchargeMinor: 0n };
    const refundInReview = async (refundId: string) => {
      const of = { merchantId, saleId, processor: 'sandbox', account: merchantId, currency: 'USD' };
      const asked = { operation: 'cardRefund', means: 'refund', idempotencyKey: undefined, reason: undefined } as const;
      const refund = { refundId, ordinal: 0, fingerprint: 'f', remainingMinor: 0n, ...of, ...asked, ...amounts };
      await insertRefund(db, refund, { nowMs: 1_000, nextCheckAtMs: 2_000 });
      await addRefunded(db, saleId, amounts);
      await moveRefund(db, { refundId, from: 'INTENT', to: 'SENT' }, { sentAtMs: 1_000 });
      await moveRefund(db, { refundId, from: 'SENT', to: 'UNKNOWN' }, {});
      await moveRefund(db, { refundId, from: 'UNKNOWN', to: 'REVIEW' }, {});
    };
    await refundInReview('F1');
    await refundInReview('F2');
    const live = reviewsIn('live');
    expect((await live.listRefunds()).map(({ refund }) => refund.refundId)).toEqual(['F1', 'F2']);
    expect(await live.resolve(decision('F1', 'REVERSED'))).toMatchObject({ kind: 'refused' });
    expect((await live.resolve(decision('F1', 'APPROVED'))).kind).toBe('proposed');
    expect((await live.resolve(decision('F1', 'APPROVED', { by: 'ben' }))).kind).toBe('resolved');
    expect((await findRefund(db, 'F1'))?.state).toBe('APPROVED');
    expect((await live.resolve(decision('F2', 'NOT_PROCESSED'))).kind).toBe('proposed');
    expect((await live.resolve(decision('F2', 'NOT_PROCESSED', { by: 'ben' }))).kind).toBe('resolved');
    expect((await findTransaction(db, merchantId, saleId))?.refundedMinor).toBe(400n);
    expect(await written('F1')).toMatchObject([{ state: 'carried_out', proposed_by: 'ana', confirmed_by: 'ben' }]);
  });
});

const isResolved = (settled: object): boolean =>
  'value' in settled && (settled.value as { kind: string }).kind === 'resolved';
