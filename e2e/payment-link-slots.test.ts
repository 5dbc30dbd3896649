// Two hundred customers and five slots (contract 5.4 and 12.7): with the real Pay and the sandbox, with cards that are
// declined and answers that get lost, on both engines.

import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PagePay, pay, preparePay } from './browserless.ts';
import { forEachEngine } from './databases.ts';
import { type CreatedLink, createPaymentLink, getPaymentLink, openPaymentLink } from './payment-links.ts';
import { standingBookings } from './processor.ts';
import { type System, startSystem } from './system.ts';

const APPROVED = '4242424242424242';
const DECLINED = '4000000000000002';
/** Booked, and the answer is lost: found out by asking, seconds later. */
const LOST = '4012888888881881';

const customers = 200;
const usageLimit = 5;
/** Customers who press the button again after they were refused a slot; the others give up. */
const patient = 20;

/** Five customers come first: two whose answers get lost, three who are declined. Then the others, all at once. */
const FIRST = [LOST, LOST, DECLINED, DECLINED, DECLINED];
const THEN = Array.from({ length: customers - FIRST.length }, (_none, i) => (i % 3 === 0 ? DECLINED : APPROVED));

forEachEngine((_engine, _open, create) => {
  let system: System;
  let db: Database;
  beforeAll(async () => {
    const url = await create();
    system = await startSystem({ CHECKOUT_DATABASE_URL: url });
    db = await openDatabase({ url, poolMax: 2 });
  });
  afterAll(async () => {
    await db?.close();
    await system?.stop();
  });

  const completedOf = async (linkId: string): Promise<string[]> =>
    (
      await db.all<{ id: string }>(
        sql`SELECT id FROM sessions WHERE payment_link_id = ${linkId} AND status = 'completed'`,
      )
    ).map(({ id }) => id);

  const prepare = (link: CreatedLink, cards: readonly string[]): Promise<PagePay[]> =>
    Promise.all(cards.map(async (card) => preparePay(system.dev, await openPaymentLink(link), card)));

  test('two hundred payments at once on a link of five are five payments', { timeout: 120_000 }, async () => {
    const link = await createPaymentLink(system.dev, { usageLimit });
    const [first, others] = await Promise.all([prepare(link, FIRST), prepare(link, THEN)]);
    const answers = await Promise.all(first.map((customer) => pay(system.dev, customer)));
    expect(answers.map(({ status, body }) => body.errorCode ?? status)).toEqual([
      ...[202, 202],
      ...['CARD_DECLINED', 'CARD_DECLINED', 'CARD_DECLINED'],
    ]);
    let left: readonly PagePay[] = [...first.slice(0, 2), ...others];
    for (let round = 0; round < 120; round += 1) {
      const heard = await Promise.all(left.map((customer) => pay(system.dev, customer)));
      answers.push(...heard);
      // Whoever has no outcome yet asks for it.
      const pending = left.filter((_one, i) => heard[i]?.status === 202);
      const refused = left.filter((_one, i) => heard[i]?.body.errorCode === 'PAYMENT_LINK_LIMIT_REACHED');
      left = [...pending, ...refused.slice(0, patient)];
      const { used, reserved } = await getPaymentLink(system.dev, link.paymentLinkId);
      expect(used + reserved).toBeLessThanOrEqual(usageLimit);
      if (used === usageLimit && heard.every(({ status }) => status === 409)) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(await getPaymentLink(system.dev, link.paymentLinkId)).toMatchObject({
      status: 'used_up',
      used: usageLimit,
      reserved: 0,
    });
    const booked = standingBookings(system.dataDir).map(({ sessionId }) => sessionId);
    expect(booked.sort()).toEqual((await completedOf(link.paymentLinkId)).sort());
    expect(booked).toHaveLength(usageLimit);
    // It would prove nothing if nobody had been refused a slot.
    const refusals = answers.filter(({ body }) => body.errorCode === 'PAYMENT_LINK_LIMIT_REACHED');
    expect(refusals.length).toBeGreaterThan(customers / 2);
    const closed = await fetch(link.url);
    expect([closed.status, (await closed.text()).includes('Payment link usage limit reached')]).toEqual([410, true]);
  });
});
