// Settlement by the clock of a whole installation (contract 8.4, 8.6, 14.3): a day later a card sale cannot be voided any
// more, three days later a bank debit has come back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saleOf } from './sale.ts';
import { type System, startSystem } from './system.ts';
import { tokenizeBank, tokenizeCard } from './tokens.ts';

const dayS = 24 * 60 * 60;
let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

interface Answer {
  readonly status: number;
  readonly body: {
    readonly errorCode?: string;
    readonly data: Readonly<Record<string, string>> & readonly Readonly<Record<string, string>>[];
  };
}

const call = async (url: string, body?: object, key?: string): Promise<Answer> => {
  const { merchantKey, vaultKey } = system.dev;
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'x-api-key': url.startsWith(system.dev.payUrl) ? merchantKey : vaultKey,
      'x-ozura-api-key': merchantKey,
      'vault-api-key': vaultKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
};
const pay = (path: string, body?: object, key?: string): Promise<Answer> =>
  call(`${system.dev.payUrl}/api/v1${path}`, body, key);
const advance = (seconds: number): Promise<Answer> =>
  call(`${system.dev.checkoutUrl}/api/test/clock/advance`, { seconds });

test('what was paid settles when its time comes, and not before', async () => {
  const { merchantId, vaultUrl, vaultKey } = system.dev;
  const sale = saleOf(await tokenizeCard(vaultUrl, vaultKey, '4242424242424242'), { merchantId });
  const sold = (await pay('/cardSale', sale)).body.data.transactionId ?? '';
  const { ozuraCardToken: _card, ozuraCvcSession: _code, ...debit } = sale;
  const bank = { ...debit, ozuraBankToken: await tokenizeBank(vaultUrl, vaultKey, '10178104') };
  const debited = (await pay('/achSale', bank)).body.data.transactionId ?? '';
  const debitStatus = async () => (await pay(`/transQuery?transactionId=${debited}`)).body.data[0]?.status;

  expect((await advance(dayS)).status).toBe(200);
  const late = await pay('/cardVoid', { merchantId, transactionId: sold });
  expect([late.status, late.body.errorCode]).toEqual([409, 'ALREADY_SETTLED']);
  const refund = await pay('/cardRefund', { merchantId, transactionId: sold });
  expect(refund.body.data).toMatchObject({ transactionType: 'CreditCardReturn', amount: '18.40' });
  expect(await debitStatus()).toBe('pending');

  expect((await advance(2 * dayS)).status).toBe(200);
  expect(await debitStatus()).toBe('returned');
  const returns = await pay('/transQuery?transactionType=AchReturn');
  expect(returns.body.data).toMatchObject([{ originalTransactionId: debited, returnCode: 'R04' }]);
});

test('an idempotency key answers the first call for a month, and takes another one after it', async () => {
  const { merchantId, vaultUrl, vaultKey } = system.dev;
  const sell = async () =>
    pay('/cardSale', saleOf(await tokenizeCard(vaultUrl, vaultKey, '4242424242424242'), { merchantId }), 'order 4711');
  const back = (transactionId: string) =>
    pay('/cardRefund', { merchantId, transactionId, amount: '5.00' }, 'back 4711');
  const first = (await sell()).body.data.transactionId ?? '';
  const refunded = (await back(first)).body.data.transactionId;
  // Another card, so another request.
  expect((await sell()).body.errorCode).toBe('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  await advance(31 * dayS);
  const next = await sell();
  expect([next.status, next.body.data.transactionId === first]).toEqual([200, false]);
  const again = await back(first);
  expect([again.status, again.body.data.transactionId === refunded]).toEqual([200, false]);
  expect((await back(first)).body.data.transactionId).toBe(again.body.data.transactionId);
});
