// Recurring plans through real programs (contract 8.7): their creation with the first charge, their reading and moving.
import { randomBytes } from 'node:crypto';
import type { PlanData } from '@ozura/contract/pay/plans';
import { newChargeId } from '@ozura/core/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { walkPay } from './pay-clock.ts';
import { attemptStates, planEvents } from './pay-ledger.ts';
import { type Answer, type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { planOf } from './plan.ts';
import { saleOf } from './sale.ts';

type Json = Record<string, unknown>;

const minuteMs = 60_000;

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const keys = () => ({ 'x-api-key': programs.merchant.merchantKey, 'vault-api-key': programs.merchant.vaultKey });
  const post = (path: string, body: Json | undefined, headers: Record<string, string> = keys()): Promise<Answer> =>
    programs.call('POST', programs.payUrl + path, body, headers);
  const patch = (planId: string, body: Json, headers: Record<string, string> = keys()): Promise<Answer> =>
    programs.call('PATCH', `${programs.payUrl}/recurring/plans/${planId}`, body, headers);
  const list = (query: string): Promise<Answer> => programs.asMerchant(`/recurring/plans?${query}`);
  const mine = (rest: string): Promise<Answer> => list(`merchantId=ozu_bluekettle&${rest}`);
  const plan = async (planId: string) => (await mine(`planId=${planId}`)).body.data[0] as unknown as PlanData;

  const start = async (changes: Json = {}, number = '4242424242424242') =>
    post('/recurring/plans', planOf(await programs.tokenize(number), changes));
  const started = async (changes: Json = {}, number?: string): Promise<string> => {
    const answer = await start(changes, number);
    expect(answer.body).toMatchObject({ success: true });
    return answer.body.data.planId ?? '';
  };

  /** On Pay's clock, which is real time again afterwards. */
  const letPass = async (ms: number): Promise<void> => {
    await walkPay(programs, Date.now(), Date.now() + ms);
    await programs.asCheckout('PUT', '/test/clock', { offsetMs: 0 });
  };

  describe('the creation of a plan', () => {
    test('charges the first cycle at once and answers the plan with its transaction', async () => {
      const { status, body } = await start({
        planName: '  Tea of the month ',
        setupFee: '5.00',
        initialAmount: 9.99,
        initialCycles: '3',
        surchargePercent: '3.00',
        maxCycles: 12,
        endDate: '2099-12-31',
        merchantRecurringReference: 'sub-17',
        orderId: 'o-plan-1',
      });
      expect(status).toBe(200);
      const { createdAt, nextChargeDate, ...data } = body.data as unknown as PlanData;
      expect(data).toEqual({
        planId: expect.stringMatching(/^plan_[0-9A-Za-z]{22}$/),
        status: 'active',
        planName: 'Tea of the month',
        amount: '20.00',
        currency: 'USD',
        interval: 'monthly',
        intervalCount: 1,
        cyclesCharged: 1,
        maxCycles: 12,
        endDate: '2099-12-31',
        merchantRecurringReference: 'sub-17',
        firstTransaction: expect.objectContaining({
          amount: '15.44',
          surchargeAmount: '0.45',
          cardLastFour: '4242',
          orderId: 'o-plan-1',
          cvvResult: 'M',
        }),
      });
      expect(new Date(nextChargeDate ?? '').getTime() - new Date(createdAt).getTime()).toBeGreaterThan(27 * 86_400_000);
      const { firstTransaction: _first, ...shown } = data as unknown as Json;
      expect(await plan(data.planId)).toEqual({ ...shown, createdAt, nextChargeDate });
      expect((await planEvents(programs.ledger, data.planId)).map(({ type }) => type)).toEqual([
        'plan.charged',
        'plan.created',
      ]);
    });

    test('its transaction says which plan it belongs to', async () => {
      const { body } = await start();
      const { planId, firstTransaction } = body.data as unknown as { planId: string; firstTransaction: Json };
      const rows = await programs.asMerchant(`/transQuery?transactionId=${firstTransaction.transactionId}`);
      expect(rows.body.data).toMatchObject([{ transactionType: 'CreditCardSale', planId, amount: '20.00' }]);
    });

    test('a declined card makes no plan', async () => {
      const { status, body } = await start({}, '4000000000000002');
      expect([status, body.errorCode]).toEqual([402, 'CARD_DECLINED']);
      expect(body).not.toHaveProperty('planId');
      expect((await mine('status=cancelled')).body.data).toEqual([]);
    });

    test('a card whose security code does not match makes none either', async () => {
      const { status, body } = await start({}, '4000000000000101');
      expect([status, body.errorCode]).toEqual([402, 'INVALID_CVV']);
      expect((await mine('status=cancelled')).body.pagination.totalCount).toBe(0);
      expect((await mine('status=incomplete')).body.pagination.totalCount).toBe(0);
    });

    test('with one cycle it is completed by its first charge', async () => {
      const { body } = await start({ maxCycles: 1 });
      expect(body.data).toMatchObject({ status: 'completed', cyclesCharged: 1 });
      expect(body.data).not.toHaveProperty('nextChargeDate');
    });

    test('with an end before the next date too', async () => {
      const endDate = new Date().toISOString().slice(0, 10);
      expect((await start({ endDate })).body.data).toMatchObject({ status: 'completed' });
    });

    test('the same call again is answered the same, and charges nothing', async () => {
      const body = planOf(await programs.tokenize('4242424242424242'));
      const first = await post('/recurring/plans', body);
      await post(`/recurring/plans/${first.body.data.planId}/pause`, undefined);
      const again = await post('/recurring/plans', body);
      expect([again.status, again.body]).toEqual([first.status, first.body]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      const other = await post('/recurring/plans', { ...body, amount: '21.00' });
      expect(other.body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
    });

    test('a key counts once for plans and once for sales; a security code for one of both', async () => {
      const key = { 'idempotency-key': `k-${randomBytes(8).toString('hex')}` };
      const card = await programs.tokenize('4242424242424242');
      expect((await post('/recurring/plans', planOf(card), { ...keys(), ...key })).status).toBe(200);
      expect((await programs.sell(saleOf(card), key)).body.errorCode).toBe('CVC_SESSION_ALREADY_USED');
      expect((await programs.sell(saleOf(await programs.tokenize('4242424242424242')), key)).status).toBe(200);
    });

    test('bad input names each field, and nothing is written', async () => {
      const before = (await mine('')).body.pagination.totalCount;
      const card = await programs.tokenize('4242424242424242');
      const refused = async (changes: Json): Promise<unknown> => {
        const { status, body } = await post('/recurring/plans', planOf(card, changes));
        expect([status, body.errorCode]).toEqual([400, 'VALIDATION_FAILED']);
        return body.details ?? body.error;
      };
      expect(await refused({ planName: '', interval: 'hourly', endDate: '2027-02-30' })).toEqual([
        'planName: must be 1-50 characters',
        'interval: must be one of daily, weekly, monthly, yearly',
        'endDate: must be a date such as 2026-03-04',
      ]);
      expect(await refused({ intervalCount: 366, maxCycles: 0, setupFee: '-1' })).toEqual([
        'intervalCount: must be between 1 and 365',
        'maxCycles: must be between 1 and 1000',
        'setupFee: must be a decimal number such as "25.00"',
      ]);
      expect(await refused({ initialAmount: '1.00' })).toBe(
        'initialAmount: initialAmount and initialCycles go together',
      );
      expect(await refused({ initialAmount: '0', initialCycles: 1 })).toBe(
        'initialAmount: the first charge must be greater than 0',
      );
      expect(await refused({ setupFee: '999999.99' })).toBe('setupFee: the first charge must be at most 999999.99 USD');
      expect(await refused({ endDate: '2020-01-01' })).toBe('endDate: must not be in the past');
      expect((await mine('')).body.pagination.totalCount).toBe(before);
      expect((await post('/recurring/plans', planOf(card))).status).toBe(200);
    });
  });

  describe('a first charge whose outcome is not known', () => {
    test.each([
      ['4012888888881881', 'approved', 'active', minuteMs],
      ['4444333322221111', 'not_processed', 'cancelled', 2 * 60 * minuteMs],
    ])(
      'with %s is answered 504 with the plan, which is incomplete until it is %s',
      async (number, state, status, ms) => {
        const chargeId = newChargeId(randomBytes);
        const body = planOf(await programs.tokenize(number));
        const create = () => programs.asCheckout('POST', '/recurring/plans', body, { 'idempotency-key': chargeId });
        const first = await create();
        expect([first.status, first.body.errorCode]).toEqual([504, 'PAYMENT_UNKNOWN']);
        const { planId } = first.body as unknown as { planId: string };
        expect(await plan(planId)).toMatchObject({ status: 'incomplete', cyclesCharged: 0 });
        expect((await post(`/recurring/plans/${planId}/cancel`, undefined)).body.error).toBe(
          'The plan cannot change from incomplete to cancelled',
        );

        await letPass(ms);
        const charge = async () => (await programs.asCheckout('GET', `/charges/${chargeId}`)).body.data;
        expect((await charge()).state).toBe(state);
        expect(await charge()).toMatchObject({ planId });
        expect((await plan(planId)).status).toBe(status);
        const again = await create();
        expect(again.status).toBe(status === 'active' ? 200 : 503);
        if (status === 'active') expect(again.body.data).toMatchObject({ planId, status, cyclesCharged: 1 });
        expect((await planEvents(programs.ledger, planId)).map(({ type }) => type)).toEqual(
          status === 'active' ? ['plan.charged', 'plan.created'] : ['plan.cancelled'],
        );
      },
    );

    test('that no evidence decides is decided by a person, and the plan with it', async () => {
      const { status, body } = await start({}, '5163613613613613');
      expect(status).toBe(504);
      const { planId, attemptId } = body as unknown as { planId: string; attemptId: string };
      await letPass(25 * 60 * minuteMs);
      expect((await plan(planId)).status).toBe('incomplete');
      const decision = { outcome: 'not_processed', reason: 'not in the list', evidence: 'list 7', by: 'ines' };
      expect((await programs.asOperator('POST', `/admin/reviews/${attemptId}/resolve`, decision)).status).toBe(200);
      expect((await plan(planId)).status).toBe('cancelled');
    });

    test('a charge that Checkout gave up before it arrived makes no plan', async () => {
      const chargeId = newChargeId(randomBytes);
      await programs.asCheckout('POST', `/charges/${chargeId}/abandon`, {});
      const body = planOf(await programs.tokenize('4242424242424242'));
      const { status } = await programs.asCheckout('POST', '/recurring/plans', body, { 'idempotency-key': chargeId });
      expect(status).toBe(409);
      expect(await attemptStates(programs.ledger, chargeId)).toEqual([]);
    });
  });

  describe('the list of plans', () => {
    test('is asked for by exactly one owner, and version 1 knows merchants', async () => {
      const reason = 'exactly one of merchantId, agentId, isvId, isoId, groupId is required';
      for (const query of ['', 'merchantId=ozu_bluekettle&agentId=a']) {
        const { status, body } = await list(query);
        expect([status, body.errorCode, body.error]).toEqual([400, 'VALIDATION_FAILED', reason]);
      }
      for (const owner of ['agentId', 'isvId', 'isoId', 'groupId']) {
        expect((await list(`${owner}=x`)).body.errorCode).toBe('PERMISSION_DENIED');
      }
      expect((await list('merchantId=ozu_other')).body.errorCode).toBe('MERCHANT_MISMATCH');
    });

    test('comes in pages, the latest plan first', async () => {
      const planId = await started();
      const { data, pagination } = (await mine('limit=2')).body;
      expect((data[0] as unknown as PlanData).planId).toBe(planId);
      expect(data).toHaveLength(2);
      expect(pagination).toMatchObject({ currentPage: 1, limit: 2, hasPrevPage: false });
      expect((await mine('limit=0&page=x&status=gone')).body.details).toEqual([
        'status: must be one of incomplete, active, paused, past_due, cancelled, completed',
        'page: must be an integer',
        'limit: must be between 1 and 100',
      ]);
    });

    test('of an unknown plan, and of somebody else’s, is not found', async () => {
      const planId = await started();
      expect((await mine('planId=plan_nobody')).body.errorCode).toBe('PLAN_NOT_FOUND');
      const others = await programs.call(
        'GET',
        `${programs.payUrl}/recurring/plans?merchantId=ozu_other&planId=${planId}`,
        undefined,
        { 'x-api-key': programs.other.merchantKey },
      );
      expect([others.status, others.body.errorCode]).toEqual([404, 'PLAN_NOT_FOUND']);
      expect((await mine(`planId=${planId}&status=paused`)).body.data).toEqual([]);
    });
  });

  describe('a move that the merchant asks for', () => {
    test('pauses, resumes and cancels; asked for again it answers the plan', async () => {
      const planId = await started();
      for (const [path, status] of [
        ['pause', 'paused'],
        ['pause', 'paused'],
        ['resume', 'active'],
        ['resume', 'active'],
        ['cancel', 'cancelled'],
        ['cancel', 'cancelled'],
      ] as const) {
        const { status: code, body } = await post(`/recurring/plans/${planId}/${path}`, undefined);
        expect([code, (body.data as unknown as PlanData).status]).toEqual([200, status]);
        expect('nextChargeDate' in body.data).toBe(status === 'active');
      }
      expect((await planEvents(programs.ledger, planId)).map(({ type }) => type)).toEqual([
        'plan.charged',
        'plan.created',
        'plan.paused',
        'plan.resumed',
        'plan.cancelled',
      ]);
    });

    test('by PATCH is the same', async () => {
      const planId = await started();
      const body = { merchantId: 'ozu_bluekettle', status: 'paused' };
      expect((await patch(planId, body)).body.data).toMatchObject({ planId, status: 'paused' });
      expect((await patch(planId, { status: 'completed' })).body.details).toEqual([
        'merchantId: is required',
        'status: must be one of active, paused, cancelled',
      ]);
      expect((await patch(planId, { ...body, merchantId: 'ozu_other' })).body.errorCode).toBe('MERCHANT_MISMATCH');
    });

    test('that the plan cannot make is refused', async () => {
      const planId = await started();
      await post(`/recurring/plans/${planId}/cancel`, undefined);
      const { status, body } = await post(`/recurring/plans/${planId}/resume`, {});
      expect([status, body.errorCode, body.error]).toEqual([
        409,
        'PLAN_STATE_CONFLICT',
        'The plan cannot change from cancelled to active',
      ]);
    });

    test('that ends the plan lets go of its token, which cannot be deleted before', async () => {
      const card = await programs.tokenize('4242424242424242');
      const { planId = '' } = (await post('/recurring/plans', planOf(card))).body.data;
      const vaultKey = { 'x-api-key': programs.merchant.vaultKey };
      const remove = () => programs.call('DELETE', `${programs.vaultUrl}/tokens/${card.token}`, undefined, vaultKey);
      const held = await remove();
      expect([held.status, held.body.errorCode]).toEqual([409, 'TOKEN_IN_USE']);
      await post(`/recurring/plans/${planId}/pause`, undefined);
      expect((await remove()).status).toBe(409);
      await post(`/recurring/plans/${planId}/cancel`, undefined);
      expect((await remove()).status).toBe(200);
    });

    test('of somebody else’s plan finds nothing', async () => {
      const planId = await started();
      const key = { 'x-api-key': programs.other.merchantKey };
      expect((await post(`/recurring/plans/${planId}/cancel`, {}, key)).body.errorCode).toBe('PLAN_NOT_FOUND');
      expect((await patch(planId, { merchantId: 'ozu_other', status: 'paused' }, key)).status).toBe(404);
      expect((await plan(planId)).status).toBe('active');
    });

    test('made by many at once happens once', async () => {
      const planId = await started();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => post(`/api/v1/recurring/plans/${planId}/pause`, undefined)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      const types = (await planEvents(programs.ledger, planId)).map(({ type }) => type);
      expect(types.filter((type) => type === 'plan.paused')).toHaveLength(1);
    });
  });
});
