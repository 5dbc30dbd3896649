// The sandbox over HTTP: every test card and step, and what is in the books afterwards.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CARDS } from '@ozura/core/card/test-cards';
import { openLog } from '@ozura/kit/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-sandbox-'));
const config = {
  host: '127.0.0.1',
  port: 0,
  databaseUrl: join(folder, 'sandbox.db'),
  log: openLog({ program: 'sandbox', level: 'silent' }),
};
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await startSandbox(config);
});

afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

type Json = Record<string, unknown>;

let references = 0;
const newReference = (): string => `R${++references}`;

interface SaleChanges {
  readonly number?: string;
  readonly reference?: string;
  readonly lastName?: string;
  readonly initiator?: string;
  readonly cvc?: string;
  readonly networkReference?: string;
  readonly merchant?: string;
  readonly amount?: number;
  readonly currency?: string;
}

function sell({ number = '4242424242424242', reference = newReference(), lastName = 'Duarte', ...rest }: SaleChanges) {
  const { merchant = 'ozu_sandbox', amount = 1840, currency = 'USD' } = rest;
  return fetch(`${sandbox.url}/sales`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      reference,
      merchant,
      amount,
      currency,
      card: { number, expMonth: '11', expYear: '29', cvc: rest.cvc ?? '123' },
      billing: { firstName: 'Ines', lastName, line1: '9 Pier Road', zip: '94607', country: 'US' },
      channel: 'ecommerce',
      initiator: rest.initiator ?? 'customer',
      networkReference: rest.networkReference,
    }),
  });
}

const sold = async (changes: SaleChanges): Promise<Json> => (await (await sell(changes)).json()) as Json;

async function inquire(reference: string): Promise<Json> {
  return (await (await fetch(`${sandbox.url}/transactions?reference=${reference}`)).json()) as Json;
}

async function undo(reference: string): Promise<Json> {
  const answer = await fetch(`${sandbox.url}/voids`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reference }),
  });
  return (await answer.json()) as Json;
}

const cardsWith = (outcome: string) =>
  TEST_CARDS.filter((card) => card.outcome === outcome).map(({ number }) => number);

test.each(cardsWith('approve'))('%s is approved with matching checks', async (number) => {
  const reference = newReference();
  const sale = await sold({ number, reference });
  expect(sale).toMatchObject({
    reference,
    status: 'approved',
    amount: 1840,
    currency: 'USD',
    avsResult: 'Y',
    cvvResult: 'M',
  });
  expect(sale.transactionId).toMatch(/^sbx-[0-9]{6}$/);
  expect(sale.authCode).toMatch(/^[0-9]{6}$/);
  expect(await inquire(reference)).toMatchObject({ found: true, transaction: { ...sale, voided: false } });
});

test('the largest amount with a surcharge, of a currency with three decimals, is approved', async () => {
  const largest = { amount: 1_029_999_999, currency: 'BHD' };
  expect(await sold(largest)).toMatchObject({ status: 'approved', ...largest });
});

test.each([
  ['4000000000000002', 'generic_decline', '05'],
  ['4000000000009995', 'insufficient_funds', '51'],
  ['4000000000006975', 'limit_exceeded', '61'],
  ['4000000000009987', 'lost_card', '41'],
  ['4000000000009979', 'stolen_card', '43'],
  ['4100000000000019', 'fraudulent', '59'],
  ['4000000000000069', 'expired_card', '54'],
  ['4000000000000127', 'invalid_cvv', 'N7'],
  ['4000002760003184', 'authentication_required', '1A'],
  ['4012888888881880', 'invalid_number', '14'],
])('%s is declined as %s', async (number, declineCode, processorCode) => {
  const sale = await sold({ number });
  expect(sale).toMatchObject({ status: 'declined', declineCode, processorCode });
  expect(sale).not.toHaveProperty('authCode');
});

test.each([
  ['4000000000000101', 'Y', 'N'],
  ['4000000000000010', 'N', 'M'],
  ['4000000000000036', 'A', 'M'],
  ['4000000000000028', 'Z', 'M'],
])('%s is approved with AVS %s and CVV %s', async (number, avsResult, cvvResult) => {
  expect(await sold({ number })).toMatchObject({ status: 'approved', avsResult, cvvResult });
});

test('sales that come together have numbers of their own, and take the steps of a program one each', async () => {
  const programme = (more: Json): Promise<Response> =>
    fetch(`${sandbox.url}/programs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ match: {}, ...more }),
    });
  const steps = [...Array.from({ length: 5 }, () => 'decline:do_not_honor'), 'approve'];
  expect((await programme({ merchant: 'ozu_told', steps })).status).toBe(200);
  expect((await programme({ merchant: 'ozu_safe', steps: ['approve'], processorClass: 1 })).status).toBe(200);
  const all = await Promise.all(
    Array.from({ length: 60 }, async (_none, at) => {
      const merchant = ['ozu_plain', 'ozu_told', 'ozu_safe'][at % 3];
      return {
        merchant,
        ...(await sold({ ...(merchant && { merchant }), ...(at % 3 === 2 && { reference: 'SAFE' }) })),
      };
    }),
  );
  const of = (merchant: string): Json[] => all.filter((one) => one.merchant === merchant);
  const ids = (some: readonly Json[]) => new Set(some.map(({ transactionId }) => transactionId));
  expect(ids(of('ozu_plain'))).toHaveProperty('size', 20);
  expect(ids(of('ozu_told'))).toHaveProperty('size', 20);
  expect(ids(of('ozu_safe'))).toHaveProperty('size', 1);
  expect(ids(all)).toHaveProperty('size', 41);
  expect(of('ozu_told').filter(({ status }) => status === 'declined')).toHaveLength(5);
  const journal = await fetch(`${sandbox.url}/journal?merchant=ozu_safe`);
  expect(((await journal.json()) as Json).entries).toHaveLength(1);
});

test('a sale without a security code has none checked', async () => {
  expect(await sold({ cvc: '' })).toMatchObject({ status: 'approved', cvvResult: 'P' });
});

test('a card may be good for the customer and not for the merchant', async () => {
  const number = '4000000000000341';
  expect(await sold({ number })).toMatchObject({ status: 'approved' });
  const later = { number, initiator: 'merchant', cvc: '', networkReference: '4711' };
  expect(await sold(later)).toMatchObject({ status: 'declined' });
});

test('a merchant says which agreement he charges on, and has no security code', async () => {
  expect(await sold({ initiator: 'merchant' })).toMatchObject({
    errorCode: 'VALIDATION_FAILED',
    details: ['networkReference: is required', 'card.cvc: must not be sent'],
  });
});

test('"not processed" is said and not booked', async () => {
  const reference = newReference();
  expect(await sold({ number: '4000000000000119', reference })).toMatchObject({ reference, status: 'not_processed' });
  expect(await inquire(reference)).toEqual({ found: false });
});

test('a lost answer is booked', async () => {
  const reference = newReference();
  await expect(sell({ number: '4012888888881881', reference })).rejects.toThrow();
  expect(await inquire(reference)).toMatchObject({ found: true, transaction: { status: 'approved', amount: 1840 } });
});

test('a sale that was never taken in is never found', async () => {
  const reference = newReference();
  await expect(sell({ number: '4444333322221111', reference })).rejects.toThrow();
  expect(await inquire(reference)).toEqual({ found: false });
});

test('a late answer is booked at once', async () => {
  const reference = newReference();
  const began = Date.now();
  let answered = false;
  const waiting = sell({ reference, lastName: 'TEST slow:3' }).finally(() => {
    answered = true;
  });
  await expect.poll(() => inquire(reference)).toMatchObject({ found: true });
  expect(answered).toBe(false);
  expect(((await (await waiting).json()) as Json).status).toBe('approved');
  expect(Date.now() - began).toBeGreaterThanOrEqual(2_990);
});

test('a sale may be booked and answered with an HTML error', async () => {
  const reference = newReference();
  const answer = await sell({ number: '6011000400000000', reference });
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(await inquire(reference)).toMatchObject({ found: true, transaction: { status: 'approved' } });
});

test('a sale may be booked over another amount or currency', async () => {
  expect(await sold({ number: '5454545454545454' })).toMatchObject({ status: 'approved', amount: 1940 });
  expect(await sold({ lastName: 'TEST wrong_currency' })).toMatchObject({ status: 'approved', currency: 'EUR' });
});

test('a sale under review is neither approved nor declined, also when asked later', async () => {
  const reference = newReference();
  expect(await sold({ number: '5163613613613613', reference })).toMatchObject({ status: 'review' });
  expect(await inquire(reference)).toMatchObject({ found: true, transaction: { status: 'review' } });
});

test('a last name wins over the card', async () => {
  expect(await sold({ lastName: 'TEST decline:lost_card' })).toMatchObject({
    status: 'declined',
    declineCode: 'lost_card',
  });
  expect(await sold({ number: '4000000000000002', lastName: 'TEST approve' })).toMatchObject({ status: 'approved' });
});

test('answers may be about another sale, a duplicate, cut short or no JSON at all, and the sale is booked', async () => {
  const reference = newReference();
  expect(await sold({ reference, lastName: 'TEST wrong_reference' })).toMatchObject({ reference: `${reference}X` });
  expect(await sold({ lastName: 'TEST duplicate_answer' })).toMatchObject({ status: 'duplicate' });
  const cut = newReference();
  await expect(sold({ reference: cut, lastName: 'TEST cut_after:90' })).rejects.toThrow();
  expect(await inquire(cut)).toMatchObject({ found: true });
  const garbage = newReference();
  await expect(sold({ reference: garbage, lastName: 'TEST garbage' })).rejects.toThrow();
  expect(await inquire(garbage)).toMatchObject({ found: true });
});

test('refused credentials are a 401 and book nothing', async () => {
  const reference = newReference();
  expect((await sell({ reference, lastName: 'TEST refuse_credentials' })).status).toBe(401);
  expect(await inquire(reference)).toEqual({ found: false });
});

test('a void undoes a sale once', async () => {
  const reference = newReference();
  await sold({ reference });
  const first = await undo(reference);
  expect(first).toMatchObject({ status: 'voided' });
  expect(await undo(reference)).toEqual({ status: 'already_voided', voidId: first.voidId });
  expect(await inquire(reference)).toMatchObject({ found: true, transaction: { status: 'approved', voided: true } });
});

test('what was declined or never sold cannot be voided', async () => {
  const reference = newReference();
  await sold({ reference, number: '4000000000000002' });
  expect(await undo(reference)).toEqual({ status: 'not_found' });
  expect(await undo('NOBODY')).toEqual({ status: 'not_found' });
});

test('whoever sends twice is charged twice, and the list of the day shows both', async () => {
  const reference = newReference();
  const today = new Date().toISOString().slice(0, 10);
  const sales = [await sold({ reference }), await sold({ reference })];
  const answer = await fetch(`${sandbox.url}/transactions?date=${today}`);
  const { transactions } = (await answer.json()) as { transactions: Json[] };
  expect(transactions.filter((one) => one.reference === reference).map((one) => one.transactionId)).toEqual(
    sales.map((one) => one.transactionId),
  );
});

test('a sale that cannot be read is a 400 and books nothing', async () => {
  expect((await sell({ number: 'abc' })).status).toBe(400);
  expect((await sell({ reference: 'a b' })).status).toBe(400);
});

test('the journal outlives the program', async () => {
  const reference = newReference();
  await sold({ reference });
  await sandbox.stop();
  sandbox = await startSandbox(config);
  expect(await inquire(reference)).toMatchObject({ found: true });
});

test('the program stops while an answer is held back', async () => {
  const held = sell({ lastName: 'TEST slow:40', reference: 'HELD' }).catch(() => 'broken off');
  await expect.poll(() => inquire('HELD')).toMatchObject({ found: true });
  const began = Date.now();
  await sandbox.stop();
  // Of forty.
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(await held).toBe('broken off');
  sandbox = await startSandbox(config);
});

test('no file of the sandbox holds a card number', async () => {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  expect(files.some((file) => file.includes('424242'))).toBe(true);
  for (const { number } of TEST_CARDS) {
    for (const file of files) expect(file.includes(number), number).toBe(false);
  }
});
