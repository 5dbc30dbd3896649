// Merchant administration as the operator's command calls it (ours), and the checks of 8.9 that a merchant may set.
import { readFileSync } from 'node:fs';
import { sql } from '@ozura/kit/db/handle';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { forEachEngine } from './databases.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

type Json = Record<string, unknown>;

forEachEngine((engine, _open, create) => {
  let programs: PaymentPrograms;
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await create();
    programs = await startPaymentPrograms(databaseUrl);
  });
  afterAll(() => programs?.stop());

  const operator = async (method: string, path: string, body?: Json) => {
    const { status, body: answered } = await programs.asOperator(method, `/admin${path}`, body);
    return { status, body: answered as unknown as Json & { data: Json; error: string; errorCode: string } };
  };
  const by = 'ines';
  const newMerchant = async (fields: Json = {}): Promise<{ merchantId: string; merchantKey: string; keyId: string }> =>
    (await operator('POST', '/merchants', { name: 'Kettle & Sons', by, ...fields })).body.data as never;
  const statusFor = async (key: string): Promise<number> =>
    (await programs.call('GET', `${programs.payUrl}/transQuery`, undefined, { 'x-api-key': key })).status;

  describe('merchants', () => {
    test('one is made with a key that works, and shown without it', async () => {
      const { status, body } = await operator('POST', '/merchants', { merchantId: 'ozu_first', name: 'First', by });
      expect([status, body.data]).toEqual([
        201,
        {
          merchantId: 'ozu_first',
          name: 'First',
          processors: ['sandbox'],
          settings: { avsPolicy: 'standard', cvvPolicy: 'standard', motoWithoutCvc: false, allowedReturnHosts: [] },
          keyId: expect.stringMatching(/^mkey_\w{22}$/),
          merchantKey: expect.stringMatching(/^mk_test_\w{43}$/),
        },
      ]);
      expect(await statusFor(String(body.data.merchantKey))).toBe(200);
      const shown = JSON.stringify((await operator('GET', '/merchants/ozu_first')).body);
      expect(shown).not.toContain(body.data.merchantKey);
      expect(shown).toContain(String(body.data.merchantKey).slice(-4));
    });

    test('an id that is taken, and fields that cannot be, are named and nothing is written', async () => {
      const refused = async (fields: Json) => {
        const { status, body } = await operator('POST', '/merchants', { name: 'Kettle', by, ...fields });
        return [status, body.error, (body as { details?: string[] }).details?.join(' · ')].filter(Boolean);
      };
      expect(await refused({ merchantId: 'ozu_other' })).toEqual([400, 'merchantId: exists already']);
      expect(await refused({ merchantId: 'with space', name: '', by: undefined })).toEqual([
        400,
        'Validation failed',
        'merchantId: must be 1-30 of A-Z, a-z, 0-9, _ and - · name: must be 1-100 characters · by: is required',
      ]);
      expect(await refused({ avsPolicy: 'strict' })).toEqual([
        400,
        expect.stringMatching(/^avsPolicy: must be standard/),
      ]);
      expect(await refused({ allowedReturnHosts: ['https://shop.example'] })).toEqual([
        400,
        'allowedReturnHosts[0]: must be a host such as shop.example',
      ]);
    });

    test('a change leaves what it does not name as it is', async () => {
      const { merchantId } = await newMerchant({ cvvPolicy: 'must-match' });
      const { body } = await operator('PATCH', `/merchants/${merchantId}`, { motoWithoutCvc: true, by });
      expect(body.data).toMatchObject({
        name: 'Kettle & Sons',
        settings: { cvvPolicy: 'must-match', motoWithoutCvc: true },
      });
      expect((await operator('PATCH', '/merchants/ozu_nobody', { by })).status).toBe(404);
    });

    test('all are listed', async () => {
      const { merchantId } = await newMerchant();
      const { data } = (await operator('GET', '/merchants')).body as unknown as { data: { merchantId: string }[] };
      expect(data.map((merchant) => merchant.merchantId)).toEqual(expect.arrayContaining(['ozu_other', merchantId]));
    });

    test('nobody but the operator is let in', async () => {
      const tries: Record<string, string>[] = [
        {},
        { authorization: 'Bearer adm_wrong' },
        { 'x-api-key': programs.merchant.merchantKey },
      ];
      for (const headers of tries) {
        expect((await programs.call('GET', `${programs.payUrl}/admin/merchants`, undefined, headers)).status).toBe(401);
      }
    });
  });

  describe('keys', () => {
    test('two work together, a third is refused, and a revoked one stops at once', async () => {
      const { merchantId, merchantKey, keyId } = await newMerchant();
      const second = (await operator('POST', `/merchants/${merchantId}/keys`, { by })).body.data;
      expect([await statusFor(merchantKey), await statusFor(String(second.merchantKey))]).toEqual([200, 200]);
      const third = await operator('POST', `/merchants/${merchantId}/keys`, { by });
      expect([third.status, third.body.error]).toEqual([
        400,
        'merchantId: has 2 active keys already; revoke one first',
      ]);
      for (let times = 0; times < 2; times += 1) {
        expect((await operator('POST', `/merchants/${merchantId}/keys/${keyId}/revoke`, { by })).status).toBe(200);
      }
      expect([await statusFor(merchantKey), await statusFor(String(second.merchantKey))]).toEqual([401, 200]);
      expect((await operator('POST', `/merchants/${merchantId}/keys`, { by })).status).toBe(201);
    });

    test('of ten that are asked for at once two are active', async () => {
      const { merchantId } = await newMerchant();
      const asked = Array.from({ length: 10 }, () => operator('POST', `/merchants/${merchantId}/keys`, { by }));
      expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(400)]);
    });

    test('the key of another merchant is not found', async () => {
      const [mine, other] = [await newMerchant(), await newMerchant()];
      expect((await operator('POST', `/merchants/${mine.merchantId}/keys/${other.keyId}/revoke`, { by })).status).toBe(
        404,
      );
      expect(await statusFor(other.merchantKey)).toBe(200);
    });
  });

  describe('processors', () => {
    const nuvei = { merchantId: '427583', merchantSiteId: '168458', secretKey: 'a-secret-of-nuvei' };

    test('credentials are kept sealed, and no answer and no record shows them', async () => {
      const { merchantId } = await newMerchant();
      const set = await operator('PUT', `/merchants/${merchantId}/processors/nuvei`, { credentials: nuvei, by });
      expect(set.body.data).toEqual({ processors: ['sandbox', 'nuvei'] });
      const shown = await operator('GET', `/merchants/${merchantId}`);
      expect(shown.body.data.credentials).toEqual([
        { processor: 'nuvei', fields: ['merchantId', 'merchantSiteId', 'secretKey'] },
      ]);
      const rows = await programs.ledger.all(sql`
        SELECT processor, field, sealed FROM processor_credentials WHERE merchant_id = ${merchantId}`);
      expect(rows).toHaveLength(3);
      const records = await programs.ledger.all(sql`SELECT change FROM audit_records`);
      const kept = [
        ...rows.map(({ sealed }) => Buffer.from(sealed as Uint8Array).toString('latin1')),
        JSON.stringify(records),
      ];
      if (engine === 'sqlite')
        kept.push(readFileSync(databaseUrl, 'latin1'), readFileSync(`${databaseUrl}-wal`, 'latin1'));
      for (const text of [...kept, JSON.stringify(shown.body)]) expect(text).not.toContain(nuvei.secretKey);
    });

    test('what a processor needs and what it does not know are named', async () => {
      const { merchantId } = await newMerchant();
      const put = async (processor: string, credentials: unknown) => {
        const { status, body } = await operator('PUT', `/merchants/${merchantId}/processors/${processor}`, {
          credentials,
          by,
        });
        return [status, (body as { details?: string[] }).details ?? body.error];
      };
      expect(await put('elavon', { merchantId: '1', userId: '2' })).toEqual([400, 'credentials.pin: is required']);
      expect(await put('worldpay', { entity: 'a', username: 'b', pasword: 'c' })).toEqual([
        400,
        ['credentials.password: is required', 'credentials.pasword: is not known to worldpay'],
      ]);
      expect(await put('stripe', {})).toEqual([400, 'processor: must be one of elavon, nuvei, worldpay, sandbox']);
      expect(await put('elavon', 'pin')).toEqual([400, 'credentials: must be an object']);
    });

    test('the order holds what is configured, each once', async () => {
      const { merchantId } = await newMerchant();
      const order = async (...names: string[]) => {
        const { body } = await operator('PUT', `/merchants/${merchantId}/processors`, { order: names, by });
        return body.error ?? body.data.processors;
      };
      expect(await order('nuvei', 'sandbox')).toBe('order[0]: nuvei has no credentials');
      await operator('PUT', `/merchants/${merchantId}/processors/nuvei`, { credentials: nuvei, by });
      expect(await order('nuvei', 'nuvei')).toBe('order[1]: is there twice');
      expect(await order('nuvei', 'sandbox')).toEqual(['nuvei', 'sandbox']);
      const removed = await operator('POST', `/merchants/${merchantId}/processors/nuvei/remove`, { by });
      expect(removed.body.data).toEqual({ processors: ['sandbox'] });
      expect((await operator('POST', `/merchants/${merchantId}/processors/nuvei/remove`, { by })).status).toBe(404);
      expect(await order('nuvei')).toBe('order[0]: nuvei has no credentials');
    });
  });

  describe('the audit log', () => {
    test('says who changed what, in order, and is chained', async () => {
      const { merchantId, keyId } = await newMerchant();
      await operator('PATCH', `/merchants/${merchantId}`, { avsPolicy: 'must-match', by: 'duarte' });
      await operator('POST', `/merchants/${merchantId}/keys/${keyId}/revoke`, { by: 'duarte' });
      const { body } = await operator('GET', `/audit?merchantId=${merchantId}`);
      expect(body).toMatchObject({
        hasMore: false,
        data: [
          { by: 'ines', action: 'create_merchant', object: merchantId },
          {
            by: 'duarte',
            action: 'update_merchant',
            change: { before: { avsPolicy: 'standard' }, after: { avsPolicy: 'must-match' } },
          },
          { by: 'duarte', action: 'revoke_key', object: keyId },
        ],
      });
      expect(body.brokenAt).toBeUndefined();
    });

    test('cannot be changed, and a record that was put in by force is found', async () => {
      await newMerchant();
      const db = programs.ledger;
      await expect(db.run(sql`UPDATE audit_records SET actor = 'nobody'`)).rejects.toThrow('never change');
      await expect(db.run(sql`DELETE FROM audit_records`)).rejects.toThrow(/never/);
      const [last] = await db.all<{ sequence: number }>(sql`SELECT sequence FROM audit_head`);
      const next = Number(last?.sequence) + 1;
      await db.run(sql`
        INSERT INTO audit_records (sequence, at, actor, action, merchant_id, object, change, address, request_id, mac)
        VALUES (${next}, 1, 'nobody', 'add_key', 'ozu_other', 'mkey_1', '{}', '', '', 'x')`);
      await db.run(sql`UPDATE audit_head SET sequence = ${next}, mac = 'x'`);
      expect((await operator('GET', '/audit')).body.brokenAt).toBe(next);
    });
  });

  describe('the checks of 8.9', () => {
    const sell = async (policy: Json, number: string, changes: Json = {}) => {
      await operator('PATCH', `/merchants/${programs.merchant.merchantId}`, {
        avsPolicy: 'standard',
        cvvPolicy: 'standard',
        ...policy,
        by,
      });
      const sale = saleOf(await programs.tokenize(number), changes);
      const { status, body } = await programs.sell(sale);
      return { status, code: body.errorCode, data: body.data, attemptId: body.attemptId };
    };
    const named = (step: string) => ({ billingLastName: `TEST ${step}` });
    const visa = '4242424242424242';

    test.each([
      ...[...'YXDMFZWP'].map((result) => [`avs:${result}`, {}, 200, undefined] as const),
      ...[...'AN'].map((result) => [`avs:${result}`, {}, 402, 'AVS_MISMATCH'] as const),
      ...[...'BU'].map((result) => [`avs:${result}`, {}, 200, undefined] as const),
      ['avs:U', { avsPolicy: 'must-match' }, 402, 'AVS_MISMATCH'],
      ['avs:A', { avsPolicy: 'standard,street=accept' }, 200, undefined],
      ['cvv:M', { cvvPolicy: 'must-match' }, 200, undefined],
      ['cvv:P', {}, 200, undefined],
      ['cvv:U', { cvvPolicy: 'must-match' }, 402, 'INVALID_CVV'],
      ['cvv:N', {}, 402, 'INVALID_CVV'],
      ['cvv:S', {}, 402, 'INVALID_CVV'],
      ['cvv:N', { cvvPolicy: 'off' }, 200, undefined],
    ] as const)('%s with %o answers %i', async (step, policy, status, code) => {
      const sold = await sell(policy, visa, named(step));
      expect([sold.status, sold.code]).toEqual([status, code]);
      const [check, result] = step.split(':');
      if (status === 200) expect(sold.data).toMatchObject({ [`${check}Result`]: result });
      const booked = (await programs.bookings()).find(
        ({ reference }) => reference === (sold.data?.transactionId ?? sold.attemptId),
      );
      expect([booked?.status, booked?.voided]).toEqual(['approved', status !== 200]);
    });

    test('must-match does not ask for a code that the merchant may do without', async () => {
      const { merchantId } = programs.merchant;
      await operator('PATCH', `/merchants/${merchantId}`, { cvvPolicy: 'must-match', motoWithoutCvc: true, by });
      const { ozuraCvcSession: _code, ...sale } = saleOf(await programs.tokenize(visa), { transactionChannel: 'moto' });
      const { status, body } = await programs.sell(sale, { 'idempotency-key': 'by-telephone' });
      expect([status, body.data?.cvvResult]).toEqual([200, 'P']);
      await operator('PATCH', `/merchants/${merchantId}`, { cvvPolicy: 'standard', motoWithoutCvc: false, by });
    });

    test('a rejected approval whose undoing is not proven is in doubt until it is', async () => {
      const { payUrl, merchant } = programs;
      const asMerchant = (method: string, path: string, body?: Json) =>
        programs.call(method, payUrl + path, body, { 'x-api-key': merchant.merchantKey });
      // A processor that undoes nothing by our reference, and loses what is asked of it by its own.
      for (const program of [
        { match: { operation: 'void' }, steps: ['timeout_before_accept'] },
        { match: { operation: 'sale' }, steps: ['avs:N'], processorClass: 3 },
      ]) {
        await asMerchant('POST', '/sandbox/programs', { merchantId: merchant.merchantId, ...program });
      }
      const card = saleOf(await programs.tokenize(visa));
      const doubted = await programs.sell(card);
      expect([doubted.status, doubted.body.errorCode]).toEqual([504, 'PAYMENT_UNKNOWN']);
      await asMerchant('DELETE', '/sandbox/programs');
      await programs.age(60_000);
      await vi.waitFor(async () => {
        const replayed = await programs.sell(card);
        expect([replayed.status, replayed.body.errorCode]).toEqual([402, 'AVS_MISMATCH']);
        expect(replayed.body.attemptId).toBe(doubted.body.attemptId);
      }, 30_000);
      const rows = (await programs.asMerchant(`/transQuery?attemptId=${doubted.body.attemptId}`)).body.data;
      expect(rows).toMatchObject([{ transactionType: 'CreditCardReversal', avsResult: 'N', cvvResult: 'M' }]);
    });
  });
});
