// `POST /detokenize` (contract 7.6): a permission of its own, a record before the data, ten a minute.
import { startTestVault, type TestApplication, type TestVault, visa } from '@ozura/e2e/vault';
import { afterAll, beforeAll, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
const allowed = { permissions: { tokenization: { allowed: true }, detokenization: { allowed: true } } };
let vault: TestVault;
let shop: TestApplication;
let trusted: TestApplication;

beforeAll(async () => {
  vault = await startTestVault();
  shop = await vault.createApplication(merchantId);
  trusted = await vault.createApplication(merchantId, allowed);
});
afterAll(() => vault.stop());

const tokenOf = async (body: object): Promise<string> =>
  (await vault.call('POST', '/tokenize', { 'x-api-key': shop.key }, body)).body.token;
const detokenize = (by: TestApplication, token: unknown) =>
  vault.call('POST', '/detokenize', { 'x-api-key': by.key }, { token });

it('is refused without its permission, and the try is on record', async () => {
  const token = await tokenOf({ type: 'card', data: visa });
  const { status, body } = await detokenize(shop, token);
  expect([status, body.errorCode]).toEqual([403, 'PERMISSION_DENIED']);
  expect(JSON.stringify(body)).not.toContain('4242');
  expect(await recordsOf(token)).toEqual(['tokenize allowed', 'detokenize refused']);
});

it('keeps no card number that was sent in the place of a token', async () => {
  const number = '4000056655665556';
  expect((await detokenize(shop, number)).body.errorCode).toBe('PERMISSION_DENIED');
  expect(await recordsOf(number)).toEqual([]);
  expect(await recordsOf('unknown')).toEqual(['detokenize refused']);
});

it('answers a card in clear, without its security code, once that is on record', async () => {
  const token = await tokenOf({ type: 'card', data: visa });
  const { status, body } = await detokenize(trusted, token);
  expect([status, body]).toEqual([
    200,
    { success: true, data: { number: '4242424242424242', expiration_month: '11', expiration_year: '2035' } },
  ]);
  expect(await recordsOf(token)).toEqual(['tokenize allowed', 'detokenize allowed']);
});

it('answers a bank account with its holder', async () => {
  const holder = { firstName: 'Ada', lastName: 'Lovelace', accountType: 'savings' };
  const data = { accountNumber: '000123456789', routingNumber: '110000000', ...holder };
  const { body } = await detokenize(trusted, await tokenOf({ type: 'bank', data }));
  expect(body.data).toEqual({
    account_number: '000123456789',
    routing_number: '110000000',
    account_type: 'savings',
    first_name: 'Ada',
    last_name: 'Lovelace',
  });
});

it('knows neither another merchant’s token nor a deleted one', async () => {
  const token = await tokenOf({ type: 'card', data: visa });
  const stranger = await vault.createApplication('ozu_other', allowed);
  expect((await detokenize(stranger, token)).status).toBe(404);
  await vault.call('DELETE', `/tokens/${token}`, { 'x-api-key': shop.key });
  expect((await detokenize(trusted, token)).body.errorCode).toBe('TOKEN_NOT_FOUND');
  expect((await detokenize(trusted, undefined)).body.message).toBe('Missing required field: token');
});

it('is for a merchant’s server only: not for a session key, nor for a program of ours', async () => {
  const token = await tokenOf({ type: 'card', data: visa });
  const session = await vault.mintSession(merchantId);
  const asService = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
  for (const headers of [{ 'x-session-key': session }, asService]) {
    expect((await vault.call('POST', '/detokenize', headers, { token })).body.errorCode).toBe('MISSING_CREDENTIALS');
  }
});

it('stops after ten in a minute', async () => {
  const hasty = await vault.createApplication(merchantId, allowed);
  const token = await tokenOf({ type: 'card', data: visa });
  const statuses = [];
  for (let i = 0; i < 11; i += 1) statuses.push((await detokenize(hasty, token)).status);
  expect(statuses).toEqual([...Array(10).fill(200), 429]);
});

it('does not happen when it cannot be recorded', async () => {
  const token = await tokenOf({ type: 'card', data: visa });
  await vault.tamper(
    "CREATE TRIGGER no_room BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
  );
  const { status, body } = await detokenize(trusted, token);
  await vault.tamper('DROP TRIGGER no_room');
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('4242');
});

const recordsOf = (token: string) =>
  vault.ask(`SELECT action || ' ' || outcome AS line FROM audit_records WHERE object = '${token}' ORDER BY sequence`);
