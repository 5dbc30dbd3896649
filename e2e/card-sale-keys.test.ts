// Under which key a card sale counts once, where there is no CVC session that pays for one sale (contract 0.8 and 8.1).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

forEachEngine((_engine, _open, create) => {
  let programs: PaymentPrograms;
  beforeAll(async () => {
    programs = await startPaymentPrograms(await create());
  });
  afterAll(() => programs?.stop());

  const withoutCode = async (changes: Record<string, unknown> = {}) => {
    const { ozuraCvcSession: _code, ...sale } = saleOf(await programs.tokenize('4242424242424242'), changes);
    return sale;
  };
  const moto = () => withoutCode({ transactionChannel: 'moto' });
  const key = () => ({ 'idempotency-key': randomUUID() });
  const refused = async (sale: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const { status, body } = await programs.sell(sale, headers);
    return [status, body.error];
  };

  test('a sale without a security code is for merchants who may, on the telephone, and under a key', async () => {
    expect(await refused(await withoutCode(), key())).toEqual([400, 'ozuraCvcSession: is required']);
    expect(await refused(await moto(), key())).toEqual([400, 'ozuraCvcSession: is required']);
    const { status } = await programs.asOperator('PATCH', '/admin/merchants/ozu_bluekettle', {
      motoWithoutCvc: true,
      by: 'duarte',
    });
    expect(status).toBe(200);
    expect(await refused(await withoutCode(), key())).toEqual([400, 'ozuraCvcSession: is required']);
    expect(await refused(await moto())).toEqual([400, 'ozuraCvcSession: is required without an Idempotency-Key']);
    const wrong = { ...(await moto()), amount: 0 };
    expect((await programs.sell(wrong, { 'idempotency-key': '' })).body.details).toEqual([
      'amount: must be greater than 0',
      'Idempotency-Key: must be 1-255 printable ASCII characters',
    ]);
    const [sale, headers] = [await moto(), key()];
    const first = await programs.sell(sale, headers);
    expect([first.status, first.body.data.cvvResult]).toEqual([200, 'P']);
    const again = await programs.sell(sale, headers);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  test('the CVC session of a test token pays as often as it is used', async () => {
    const card = { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2039', cvc: '123' };
    const keyed = { 'x-api-key': programs.merchant.vaultKey };
    const answer = await programs.call('POST', `${programs.vaultUrl}/test-tokens`, card, keyed);
    const { token, cvc_session_id: cvcSession } = answer.body as unknown as Record<string, string>;
    const sale = saleOf({ token: token ?? '', cvcSession: cvcSession ?? '' });
    const [first, second] = [await programs.sell(sale), await programs.sell(sale)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.data.transactionId).not.toBe(second.body.data.transactionId);
    const headers = key();
    const [original, again] = [await programs.sell(sale, headers), await programs.sell(sale, headers)];
    expect(again.body).toEqual(original.body);
  });
});
