// Slots of a payment link beside the charges that hold them (contract 5.4 and 12.5), with races, on both engines. Pay is
// not asked here.
import { randomBytes } from 'node:crypto';
import { createPaymentLink } from '@ozura/contract/checkout/create-payment-link';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import { CURRENCIES } from '@ozura/core/currencies';
import { newChargeId, newPaymentLinkId, newSessionId } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { readAll } from '@ozura/core/validation';
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import { type ChargeResult, record, reserve, review } from './charge.ts';
import type { ChargeOrder } from './charge-request.ts';
import type { CheckoutContext } from './context.ts';
import { findCharge } from './store/charges.ts';
import { findPaymentLink, forgetLinkKeys, insertPaymentLink, type PaymentLink } from './store/payment-links.ts';
import { findSession, insertSession, type Session } from './store/sessions.ts';

const base = openContext(openLog({ program: 'test', level: 'silent' }));
const sale = {
  transactionId: 't',
  amount: '18.40',
  currency: 'USD',
  ozuraMerchantId: 'ozu_bluekettle',
  cardBrand: 'VISA',
} as CardSaleData;
const approved: ChargeResult = { outcome: { kind: 'approved' }, sale };
const declined: ChargeResult = { outcome: { kind: 'declined', errorCode: 'CARD_DECLINED' } };
const hourMs = 3_600_000;

const { input } = createPaymentLink({
  mode: 'test',
  now: base.now,
  currencies: CURRENCIES,
  checkoutUrl: 'http://localhost:4000',
  allowedReturnHosts: () => [],
});
const { session: request } = readAll(input, {
  merchantId: 'ozu_bluekettle',
  merchantName: 'Blue Kettle',
  amount: '18.40',
  successUrl: 'https://shop.example/thanks',
  cancelUrl: 'https://shop.example/cart',
  errorUrl: 'https://shop.example/error',
});

forEachEngine((_engine, open) => {
  let db: Database;
  let context: CheckoutContext;

  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
    context = {
      ...base,
      db,
      config: { maxFailedAttempts: 5, sessionLifetimeSeconds: 1800, pepper: new Secret(randomBytes(32)) },
    } as unknown as CheckoutContext;
  });

  const newLink = async (usageLimit?: number): Promise<string> => {
    const id = newPaymentLinkId(base.random);
    const now = await db.now();
    await insertPaymentLink(db, { id, request, usageLimit, createdAtMs: now, expiresAtMs: now + hourMs });
    return id;
  };
  const newSession = async (paymentLinkId: string): Promise<Session> => {
    const now = await db.now();
    const id = newSessionId(now, base.random);
    await insertSession(db, { id, request, paymentLinkId, createdAtMs: now, expiresAtMs: now + hourMs });
    return (await findSession(db, id)) as Session;
  };
  const newSessions = (link: string, length: number) => Promise.all(Array.from({ length }, () => newSession(link)));
  const orderOf = (session: Session): ChargeOrder =>
    ({
      chargeId: newChargeId(base.random),
      attemptKey: newChargeId(base.random),
      session,
      token: 'tok_1',
      cardKey: newChargeId(base.random),
      clientIpAddress: '203.0.113.9',
      cvcSession: new Secret('cvc_1'),
      totalMinor: 1840n,
    }) as unknown as ChargeOrder;
  /** The charge that now holds a slot. */
  const hold = async (session: Session): Promise<string> => {
    const order = orderOf(session);
    await reserve(context, order);
    return order.chargeId;
  };
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: { code?: string }) => error.code ?? String(error),
    );
  const slots = async (id: string): Promise<number[]> => {
    const link = (await findPaymentLink(db, id)) as PaymentLink;
    return [link.used, link.reserved];
  };
  const completed = async (id: string): Promise<number> =>
    (
      await db.one<{ n: number }>(sql`
      SELECT count(*) AS n FROM sessions WHERE payment_link_id = ${id} AND status = 'completed'`)
    )?.n ?? -1;
  const limitEvents = (id: string) =>
    db.all<{ body: string }>(sql`
      SELECT body FROM events WHERE subject = ${id} AND type = 'payment_link.limit_reached'`);

  test('of two hundred charges at once on a link of five, five hold a slot, and the others are told', async () => {
    const link = await newLink(5);
    const sessions = await newSessions(link, 200);
    const codes = await Promise.all(sessions.map((session) => codeOf(hold(session))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(5);
    expect(codes.filter((code) => code === 'PAYMENT_LINK_LIMIT_REACHED')).toHaveLength(195);
    expect(await slots(link)).toEqual([0, 5]);
    const refused = sessions[codes.indexOf('PAYMENT_LINK_LIMIT_REACHED')];
    const after = await findSession(db, refused?.id ?? '');
    expect([after?.state.status, after?.state.paymentState, after?.revision]).toEqual(['pending', null, 0]);
  });

  test('two hundred customers with cards good and bad, who try again, use a link of five exactly five times', async () => {
    const link = await newLink(5);
    let waiting = await newSessions(link, 200);
    for (let round = 0; waiting.length > 0 && round < 50; round += 1) {
      const left = await Promise.all(
        waiting.map(async (session, index) => {
          const order = orderOf(session);
          if ((await codeOf(reserve(context, order))) !== 'done') return session;
          await record(context, order.chargeId, index % 3 === 0 ? approved : declined);
          return undefined;
        }),
      );
      waiting = left.filter((session) => session !== undefined);
      const [used = 0, reserved = 0] = await slots(link);
      expect(used + reserved).toBeLessThanOrEqual(5);
      if (used === 5) break;
    }
    expect(await slots(link)).toEqual([5, 0]);
    expect(await completed(link)).toBe(5);
    expect((await limitEvents(link)).map(({ body }) => JSON.parse(body))).toEqual([
      { paymentLinkId: link, used: 5, usageLimit: 5 },
    ]);
    expect(await codeOf(hold(await newSession(link)))).toBe('PAYMENT_LINK_LIMIT_REACHED');
  });

  test.each<[string, ChargeResult]>([
    ['declined', declined],
    ['refused by every processor', { outcome: { kind: 'refused', errorCode: 'SYSTEM_ERROR' } }],
    ['not sent', { outcome: { kind: 'not-sent', errorCode: 'OVERLOADED' } }],
    ['undone', { outcome: { kind: 'undone', errorCode: 'AVS_MISMATCH' } }],
  ])('a charge that is proven to be %s gives its slot back, once', async (_what, result) => {
    const link = await newLink(1);
    const charge = await hold(await newSession(link));
    await Promise.all(Array.from({ length: 10 }, () => record(context, charge, result)));
    expect(await slots(link)).toEqual([0, 0]);
    const next = await hold(await newSession(link));
    await record(context, next, approved);
    expect(await slots(link)).toEqual([1, 0]);
  });

  test('a review keeps its slot until its end is proven', async () => {
    const link = await newLink(1);
    const ids = [await hold(await newSession(link))];
    const open = await findCharge(db, ids[0] ?? '');
    if (open === undefined) throw new Error('no charge');
    await review(context, open);
    expect(await slots(link)).toEqual([0, 1]);
    expect(await codeOf(hold(await newSession(link)))).toBe('PAYMENT_LINK_LIMIT_REACHED');
    await record(context, open.id, { outcome: { kind: 'undone', errorCode: 'CARD_DECLINED' } });
    expect(await slots(link)).toEqual([0, 0]);
  });

  test('an approval counts once, however often it is recorded, also on a link without a limit', async () => {
    for (const limit of [1, undefined]) {
      const link = await newLink(limit);
      const charge = await hold(await newSession(link));
      await Promise.all(Array.from({ length: 10 }, () => record(context, charge, approved)));
      expect(await slots(link)).toEqual([1, 0]);
      expect(await limitEvents(link)).toHaveLength(limit === undefined ? 0 : 1);
    }
  });

  test('an approval of another amount is not believed, and keeps its slot', async () => {
    const link = await newLink(1);
    const charge = await hold(await newSession(link));
    await record(context, charge, { ...approved, sale: { ...sale, amount: '18.41' } } as ChargeResult);
    expect(await slots(link)).toEqual([0, 1]);
  });

  test('the database itself lets nobody overshoot a link, or take a use back', async () => {
    const link = await newLink(2);
    await record(context, await hold(await newSession(link)), approved);
    const changes = [
      sql`UPDATE payment_links SET reserved = 2 WHERE id = ${link}`,
      sql`UPDATE payment_links SET used = 3 WHERE id = ${link}`,
      sql`UPDATE payment_links SET used = 0 WHERE id = ${link}`,
      sql`UPDATE payment_links SET reserved = -1 WHERE id = ${link}`,
      sql`UPDATE payment_links SET usage_limit = 9 WHERE id = ${link}`,
    ];
    for (const change of changes) await expect(db.run(change)).rejects.toThrow();
    expect(await slots(link)).toEqual([1, 0]);
  });

  test('the key of a link is forgotten when its time is over, and that of a longer one is not', async () => {
    const now = await db.now();
    const keyed = (key: string, expiresAtMs: number) =>
      insertPaymentLink(db, {
        id: newPaymentLinkId(base.random),
        request: { ...request, idempotencyKey: key },
        fingerprint: 'f',
        createdAtMs: now - 100,
        expiresAtMs,
      });
    expect([await keyed('old', now - 50), await keyed('new', now + 50)]).toEqual([1, 1]);
    expect(await forgetLinkKeys(db, now)).toBe(1);
    expect([await keyed('old', now), await keyed('new', now)]).toEqual([1, 0]);
  });
});
