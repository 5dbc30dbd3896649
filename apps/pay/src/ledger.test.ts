// A move by who knows the attempt and a move by who reads it first leave the same behind, on both engines.
import { type AttemptState, onOutcome, onSend } from '@ozura/core/attempt';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { PayContext } from './context.ts';
import { type Decision, decideAttempt, decideKnown } from './ledger.ts';
import type { PreparedSale } from './prepared-sale.ts';
import { type Attempt, findAttempt, insertAttempt, insertedAttempt, type NewAttempt } from './store/attempts.ts';
import { endCharge, insertCharge } from './store/charges.ts';
import { insertMerchant } from './store/merchants.ts';

const merchantId = 'ozu_bluekettle';
const base = openContext(openLog({ program: 'test', level: 'silent' }));
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const known = { amount: '18.40', currency: 'USD', cardLastFour: '4242' };
let made = 0;

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
    await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
  });

  const context = (): PayContext => ({ ...base, db }) as unknown as PayContext;
  const newAttempt = (chargeId: string, ordinal = 0): NewAttempt => {
    made += 1;
    const checks = { avsPolicy: 'off', cvvPolicy: 'reject_mismatch' } as const;
    const of = { chargeId, merchantId, processor: 'sandbox', account: merchantId, checks };
    return { ...of, attemptId: `A${made}`, ordinal, amountMinor: 1840n, currency: 'USD' };
  };

  const reserve = async (): Promise<{ attempt: Attempt; sale: PreparedSale }> => {
    const attempt = newAttempt(`chg_${made}`);
    const { chargeId } = attempt;
    const claim = { chargeId, merchantId, idempotencyKey: chargeId, fingerprint: 'f', cvcHash: chargeId };
    const sale = { token: `tok_${chargeId}`, billing: { address }, known } as unknown as PreparedSale;
    await insertCharge(db, claim, sale, 1_000);
    await insertAttempt(db, attempt, { nowMs: 1_000, nextCheckAtMs: 31_000 });
    return { attempt: insertedAttempt(attempt, 1_000), sale };
  };
  const sending = ({ state }: Attempt): Decision => ({ move: onSend(state) });
  const withOutcome =
    (outcome: Outcome) =>
    ({ state, undo, checks }: Attempt): Decision => ({ move: onOutcome(state, outcome, undo, checks), outcome });

  /** What the database holds of an attempt, without what is another one's by nature. */
  const written = async ({ attemptId, chargeId }: Attempt): Promise<string> => {
    const found = [
      await db.all(sql`SELECT * FROM attempts WHERE charge_id = ${chargeId} ORDER BY ordinal`),
      await db.all(sql`SELECT state, ended_at FROM charges WHERE charge_id = ${chargeId}`),
      await db.all(sql`SELECT * FROM transactions WHERE charge_id = ${chargeId} ORDER BY transaction_type`),
      await db.all(sql`SELECT type, subject, data, created_at FROM outbox WHERE subject = ${attemptId} ORDER BY type`),
      await db.all(sql`SELECT outcome FROM card_blocks WHERE attempt_id = ${attemptId}`),
    ];
    const own = (text: string): string => text.replaceAll(attemptId, 'A').replaceAll(chargeId, 'C');
    return own(JSON.stringify(found, undefined, 1)).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[789]\d{11}\b/g, 'then');
  };

  const approval = (cvvResult: 'M' | 'N'): Outcome => {
    made += 1;
    return { kind: 'approved', processorTransactionId: `sbx-${made}`, authCode: '1', avsResult: 'Y', cvvResult };
  };

  test.each<[AttemptState, Outcome]>([
    ['APPROVED', { kind: 'approved', processorTransactionId: 'sbx-A', avsResult: 'Y', cvvResult: 'M' }],
    ['VOID_PENDING', { kind: 'approved', processorTransactionId: 'sbx-A', avsResult: 'Y', cvvResult: 'N' }],
    ['DECLINED', { kind: 'declined', processorCode: '43', declineCode: 'stolen_card' }],
    ['REFUSED', { kind: 'refused', cause: 'unavailable', reason: 'none' }],
    ['UNKNOWN', { kind: 'unknown', reason: 'no answer' }],
  ])('an attempt that comes to be %s is written whole, and told as it then stands there', async (state, outcome) => {
    const left: string[] = [];
    for (const isKnown of [true, false]) {
      const { attempt, sale } = await reserve();
      const decide = withOutcome({
        ...outcome,
        ...(outcome.kind === 'approved' && { processorTransactionId: `sbx-${attempt.attemptId}` }),
      });
      const move = (from: Attempt, by: (attempt: Attempt) => Decision): Promise<Attempt> =>
        isKnown ? decideKnown(context(), { attempt: from, sale }, by) : decideAttempt(context(), from.attemptId, by);
      const ended = await move(await move(attempt, sending), decide);
      expect(ended.state).toBe(state);
      expect(await findAttempt(db, attempt.attemptId)).toEqual(ended);
      left.push(await written(attempt));
    }
    expect(left[0]).toBe(left[1]);
    expect(left[0]).toContain(`"state": "${state}"`);
  });

  test('of ten who send one attempt one wins, and the others hear that it was sent', async () => {
    const { attempt, sale } = await reserve();
    let winners = 0;
    const send = async (): Promise<AttemptState> => {
      let won = false;
      const sent = await decideKnown(context(), { attempt, sale }, (current) => {
        won = current.state === 'INTENT';
        return sending(current);
      });
      if (won) winners += 1;
      return sent.state;
    };
    expect(await Promise.all(Array.from({ length: 10 }, send))).toEqual(Array(10).fill('SENT'));
    expect(winners).toBe(1);
  });

  test('an attempt that a job has moved is read, and decided about as it is by then', async () => {
    const { attempt, sale } = await reserve();
    const sent = await decideKnown(context(), { attempt, sale }, sending);
    await decideAttempt(context(), attempt.attemptId, () => ({ move: { path: ['UNKNOWN'] } }));
    expect(await decideKnown(context(), { attempt: sent, sale }, withOutcome(approval('M')))).toMatchObject({
      state: 'APPROVED',
      outcome: { cvvResult: 'M' },
    });
    const late = await decideKnown(context(), { attempt: sent, sale }, withOutcome(approval('N')));
    expect(late).toMatchObject({ state: 'APPROVED', outcome: { cvvResult: 'M' } });
    expect(await db.all(sql`SELECT type FROM outbox WHERE subject = ${attempt.attemptId}`)).toHaveLength(1);
  });

  test('a refusal and the next attempt of its charge are one commit', async () => {
    const { attempt, sale } = await reserve();
    const sent = await decideKnown(context(), { attempt, sale }, sending);
    const next = newAttempt(attempt.chargeId, 1);
    const refused = withOutcome({ kind: 'refused', cause: 'unavailable', reason: 'none' });
    await decideKnown(context(), { attempt: sent, sale }, (current) => ({ ...refused(current), next }));
    expect(await findAttempt(db, next.attemptId)).toEqual(insertedAttempt(next, expect.any(Number) as never));
    expect(await db.one(sql`SELECT state FROM charges WHERE charge_id = ${attempt.chargeId}`)).toEqual({
      state: 'open',
    });
  });

  test('nothing is written of an end that does not fit: a charge that has ended before, an id that another sale has', async () => {
    const first = await reserve();
    const second = await reserve();
    const approved = approval('M');
    for (const { attempt, sale } of [first, second]) await decideKnown(context(), { attempt, sale }, sending);
    const record = async ({ attempt, sale }: typeof first): Promise<Attempt> =>
      decideKnown(context(), { attempt: { ...attempt, state: 'SENT' }, sale }, withOutcome(approved));
    await record(first);
    await expect(record(second)).rejects.toThrow(/unique/i);
    await endCharge(db, second.attempt.chargeId, 2_000);
    await expect(
      decideKnown(
        context(),
        { ...second, attempt: { ...second.attempt, state: 'SENT' } },
        withOutcome({ kind: 'declined', processorCode: '05', declineCode: 'do_not_honor' }),
      ),
    ).rejects.toThrow(`charge ${second.attempt.chargeId} has ended before`);
    expect((await findAttempt(db, second.attempt.attemptId))?.state).toBe('SENT');
    expect(await db.all(sql`SELECT 1 FROM outbox WHERE subject = ${second.attempt.attemptId}`)).toEqual([]);
  });

  test('nothing is written of an end whose rows cannot be made: no approval without its transaction', async () => {
    const { attempt, sale } = await reserve();
    const sent = await decideKnown(context(), { attempt, sale }, sending);
    const unreadable = { ...sale, billing: undefined } as unknown as PreparedSale;
    const recorded = decideKnown(context(), { attempt: sent, sale: unreadable }, withOutcome(approval('M')));
    await expect(recorded).rejects.toThrow(TypeError);
    expect((await findAttempt(db, attempt.attemptId))?.state).toBe('SENT');
  });
});
