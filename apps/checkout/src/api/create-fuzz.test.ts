// Ten thousand bodies that nobody should send, to both create endpoints of a running system: never a 5xx, never an
// answer outside its schema, never a row of a request that was refused, and every failing field is named.

import { createPaymentLink } from '@ozura/contract/checkout/create-payment-link';
import { createSession } from '@ozura/contract/checkout/create-session';
import { CURRENCIES } from '@ozura/core/currencies';
import { forEachEngine } from '@ozura/e2e/databases';
import { hostileBody } from '@ozura/e2e/hostile-json';
import { keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type DevFile, type System, startSystem } from '@ozura/e2e/system';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import * as fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Of each endpoint on each engine. */
const batches = 50;
const perBatch = 52;

const settings = {
  mode: 'test',
  now: () => Date.now(),
  currencies: CURRENCIES,
  checkoutUrl: '',
  allowedReturnHosts: () => [],
} as const;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const look = {
  primaryColor: '#0a7',
  textColor: 'rgb(0 0 0)',
  cssVariables: { 'page-background': 'navy' },
  logoMaxHeight: 40,
};
const item = { name: 'Kettle', price: 9.2, quantity: 2, originalPrice: '12', imageUrl: 'https://img.example/k.png' };
const plan = {
  planName: 'Tea',
  interval: 'monthly',
  startDate: '2099-01-31',
  setupFee: 5,
  initialAmount: 1,
  initialCycles: 2,
};

/** One of each kind, so that every member of the tables is replaced now and then. */
function goodBodies(dev: DevFile, own: object): object[] {
  const base = { ...sessionFields(dev), ...own };
  const { amount: _amount, ...free } = base as Record<string, unknown>;
  return [
    {
      ...base,
      metadata: { cart: 'c-1', list: [1, { a: null }] },
      idempotencyKey: 'fuzz',
      locale: 'de',
      taxExempt: true,
    },
    { ...free, items: [item, { ...item, discountLabel: '-20 %', sku: 's' }], appearance: look, surchargePercent: 3 },
    { ...free, checkoutMode: 'donation', donationConfig: { presets: [5, 10], defaultAmount: 5, min: 1, max: 50 } },
    { ...base, checkoutMode: 'recurring', recurringConfig: plan, transactionChannel: 'moto' },
    { ...base, embedMode: 'iframe', parentOrigin: 'https://shop.example', allowPopup: false, hideHeader: true },
  ];
}

/** Of both tables, in their order. */
const NAMES = [
  'merchantId',
  'merchantName',
  'amount',
  'currency',
  'successUrl',
  'cancelUrl',
  'errorUrl',
  'embedMode',
  'parentOrigin',
  'checkoutMode',
  'recurringConfig',
  'donationConfig',
  'surchargePercent',
  'transactionChannel',
  'taxExempt',
  'items',
  'metadata',
  'appearance',
  'idempotencyKey',
  'allowPopup',
  'hideHeader',
  'locale',
  'taxRate',
  'shippingCost',
  'expiresInDays',
  'usageLimit',
  'unknown',
];

const ENDPOINTS = [
  { record: createSession(settings), table: 'sessions', own: {} },
  {
    record: createPaymentLink(settings),
    table: 'payment_links',
    own: { expiresInDays: 7, usageLimit: 3 },
  },
] as const;

/** `items[0].price: must be …`: begins with a field of the table. A name that is not allowed may stand anywhere. */
const isNamed = (failure: unknown): boolean =>
  /^.+: name not allowed$/s.test(String(failure)) ||
  NAMES.some((name) => ['.', '[', ':'].some((next) => String(failure).startsWith(name + next)));

forEachEngine((_engine, _open, create) => {
  let system: System;
  let db: Database;
  beforeAll(async () => {
    const url = await create();
    system = await startSystem({ CHECKOUT_DATABASE_URL: url });
    db = await openDatabase({ url, poolMax: 1 });
  });
  afterAll(async () => {
    await db?.close();
    await system?.stop();
  });

  const count = async (table: (typeof ENDPOINTS)[number]['table']): Promise<number> =>
    (
      await db.one<{ n: number }>(
        table === 'sessions' ? sql`SELECT count(*) AS n FROM sessions` : sql`SELECT count(*) AS n FROM payment_links`,
      )
    )?.n ?? -1;

  test.each(ENDPOINTS)(
    '$record.name answers whatever it is sent',
    async ({ record, table, own }) => {
      const schema = Compile(strict(record.output));
      const send = async (body: string): Promise<Answer> => {
        const answer = await fetch(system.dev.checkoutUrl + record.path, {
          method: 'POST',
          headers: keysOf(system.dev),
          body,
        });
        return { status: answer.status, body: (await answer.json()) as Answer['body'] };
      };
      const statuses = new Map<number, number>();
      const bodies = fc.array(hostileBody(goodBodies(system.dev, own), NAMES), {
        minLength: perBatch,
        maxLength: perBatch,
      });
      await fc.assert(
        fc.asyncProperty(bodies, async (sent) => {
          const before = await count(table);
          const answers = await Promise.all(sent.map(send));
          for (const [at, { status, body }] of answers.entries()) {
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            const where = `${sent[at]?.slice(0, 600)} → ${status} ${JSON.stringify(body).slice(0, 600)}`;
            if (status === 200) expect(schema.Check(body), where).toBe(true);
            else checkFailure(status, body, where);
          }
          const created = answers.filter(({ status, body }) => status === 200 && body.cached === undefined).length;
          expect((await count(table)) - before).toBe(created);
        }),
        { numRuns: batches, endOnFailure: true },
      );
      // What is refused is interesting, and so is what gets through.
      expect(statuses.get(200)).toBeGreaterThan(100);
      expect(statuses.get(400)).toBeGreaterThan(500);
    },
    120_000,
  );
});

function checkFailure(status: number, body: Answer['body'], where: string): void {
  expect([400, 401, 409, 413], where).toContain(status);
  const { success, error, details, errorCode, requestId, ...more } = body;
  expect(more, where).toEqual({});
  expect([success, typeof error, typeof errorCode, typeof requestId], where).toEqual([
    false,
    'string',
    'string',
    'string',
  ]);
  if (errorCode !== 'VALIDATION_FAILED') {
    expect(details, where).toBeUndefined();
    return;
  }
  const failures = details === undefined ? [error] : (details as unknown[]);
  expect(error === 'Validation failed', where).toBe(details !== undefined);
  expect(details === undefined || failures.length > 1, where).toBe(true);
  expect(
    failures.filter((failure) => !isNamed(failure)),
    where,
  ).toEqual([]);
}

/** No member that is not declared. */
function strict(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_name, value: unknown) => {
    const isRecord = typeof value === 'object' && value !== null && 'properties' in value && 'type' in value;
    return isRecord ? { ...value, additionalProperties: false } : value;
  }) as object;
}
