// Pay killed by SIGKILL at every step of a sale (contract 12.7), on each engine: after a restart it comes to rest by
// itself, and what the processor approved is exactly what the ledger calls approved.
import { randomBytes } from 'node:crypto';
import { newChargeId } from '@ozura/core/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { approvedReferences, attemptStates, untilAllAsked } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';
const UNDONE = '4000000000000101';

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const charge = async (chargeId: string) => (await programs.asCheckout('GET', `/charges/${chargeId}`)).body.data;

  /** Sells while Pay dies at `label`; answers the charge when it has come to rest after the restart. */
  const sellAndDie = async (label: string, number: string) => {
    const card = await programs.tokenize(number);
    const chargeId = newChargeId(randomBytes);
    const sell = () => programs.asCheckout('POST', '/cardSale', saleOf(card), { 'idempotency-key': chargeId });
    await programs.restartPay({ crashAt: label });
    await expect(sell()).rejects.toThrow();
    await programs.payDied();
    await programs.restartPay();
    return { chargeId, sell };
  };

  const rest = async (chargeId: string) => {
    await expect
      .poll(async () => (await charge(chargeId)).state, { interval: 100 })
      .toMatch(/^(approved|declined|reversed|not_sent|not_processed)$/);
    return charge(chargeId);
  };

  /** Time enough for every inquiry, and for two misses after the grace time. */
  const letAllRest = async (): Promise<void> => {
    for (const minutes of [1, 16, 60]) {
      await programs.age(minutes * 60_000);
      await untilAllAsked(programs.ledger);
    }
  };

  test.each([APPROVED, DECLINED])(
    'before the reservation: nothing was written, the same call charges (%s)',
    async (number) => {
      const { chargeId, sell } = await sellAndDie('P1-before', number);
      expect((await programs.asCheckout('GET', `/charges/${chargeId}`)).status).toBe(404);
      expect((await sell()).status).toBe(number === APPROVED ? 200 : 402);
    },
  );

  test('after the reservation: it was never sent, and never will be', async () => {
    const { chargeId, sell } = await sellAndDie('P1-after', APPROVED);
    expect((await sell()).body.errorCode).toBe('IDEMPOTENCY_KEY_IN_PROGRESS');
    await programs.age(30_000);
    expect((await rest(chargeId)).state).toBe('not_sent');
    expect((await sell()).body.errorCode).toBe('PROCESSOR_UNAVAILABLE');
  });

  test('after the mark: nobody knows whether it was sent, so the processor is asked until absence is proven', async () => {
    const { chargeId } = await sellAndDie('P2-after', APPROVED);
    expect(await attemptStates(programs.ledger, chargeId)).toEqual(['SENT']);
    await letAllRest();
    expect((await rest(chargeId)).state).toBe('not_processed');
  });

  test.each([
    ['P3-after', APPROVED, 'approved'],
    ['P3-after', DECLINED, 'declined'],
    ['P3-after', UNDONE, 'reversed'],
    ['P4-after', APPROVED, 'approved'],
    ['P4-after', DECLINED, 'declined'],
    ['P4-after', UNDONE, 'reversed'],
  ])('at %s with card %s: it is %s after the restart, and the same call hears so', async (label, number, state) => {
    const { chargeId, sell } = await sellAndDie(label, number);
    // The first inquiry comes 5 s after the sending, the undoing in another's place after 10 s.
    await programs.age(10_000);
    expect((await rest(chargeId)).state).toBe(state);
    const answer = await sell();
    expect(answer.status).toBe(state === 'approved' ? 200 : 402);
    expect(answer.headers.get('idempotent-replayed')).toBe('true');
  });

  test.each([20, 50, 90])('killed after %i ms of many sales, each is charged once or not at all', async (afterMs) => {
    const sales = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => ({
        card: await programs.tokenize(index % 3 === 0 ? DECLINED : APPROVED),
        chargeId: newChargeId(randomBytes),
      })),
    );
    const sellAll = () =>
      Promise.allSettled(
        sales.map(({ card, chargeId }) =>
          programs.asCheckout('POST', '/cardSale', saleOf(card), { 'idempotency-key': chargeId }),
        ),
      );
    const first = sellAll();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await programs.restartPay();
    await first;
    await sellAll();
    await letAllRest();
    for (const { chargeId } of sales) await rest(chargeId);
  });

  test('what the processor approved and did not undo is what the ledger calls approved', async () => {
    const booked = await programs.bookings();
    const standing = booked.filter(({ status, voided }) => status === 'approved' && !voided);
    expect(await approvedReferences(programs.ledger)).toEqual(standing.map(({ reference }) => reference).sort());
    expect(new Set(booked.map(({ reference }) => reference)).size).toBe(booked.length);
  });
});
