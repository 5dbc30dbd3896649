// The SDK from its tarball in projects of strangers: the full example of the product documentation charges cards.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type System, startSystem } from '../system.ts';
import { makeProject, type Program, type Stranger } from './stranger.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(async () => {
  await system?.stop();
});

const example = readFileSync(new URL('./full-example.txt', import.meta.url), 'utf8');

// What the example takes for granted: the shop's own orders, and addresses and ports as in production.
const db = "export const db = { orders: { findById: async (id: string) => ({ id, total: '49.00' }) } };\n";
const listen = "app.listen(0, '127.0.0.1', function (this: any) { console.log('port', this.address().port); });";
const toTheSystem = (text: string): string => {
  const { payUrl, vaultUrl } = system.dev;
  return text
    .replace('app.listen(3000);', listen)
    .replace('new Ozura({', `new Ozura({ apiUrl: '${payUrl}', vaultUrl: '${vaultUrl}',`);
};

/** What the page's side gives is what the server's side takes. */
const WHOLE_WAY = `
import { type BillingDetails, OzVault } from '@ozura/elements';
import { Ozura } from '@ozura/elements/server';
export async function sell(ozura: Ozura, details: BillingDetails) {
  const vault = await OzVault.create({ sessionUrl: '/' });
  const { token, cvcSession, billing } = await vault.createToken({ billing: details });
  return ozura.cardSale({ token, cvcSession, billing, amount: '49.00', clientIpAddress: '203.0.113.9' });
}
`;

/** As the documentation says: "swap to require". */
const withRequire = (text: string): string =>
  text.replaceAll(/^import (.+) from '(.+)';$/gm, (_all, names, from) => `const ${names} = require('${from}');`);

const shops = {
  module: { file: 'shop.ts', text: () => `import { db } from './db.ts';\n${toTheSystem(example)}`, db },
  commonjs: {
    file: 'shop.cts',
    text: () => `const { db } = require('./db.cts');\n${withRequire(toTheSystem(example))}`,
    db: db.replace('export const db =', 'exports.db ='),
  },
} as const;

describe.each(['module', 'commonjs'] as const)('in a project of type %s', (type) => {
  let project: Stranger;
  let shop: Program;
  let url: string;

  beforeAll(async () => {
    project = await makeProject(type, ['express', '@types/express', '@types/node']);
    const { file, text, db } = shops[type];
    project.write({ [file]: text(), [file.replace('shop', 'db')]: db });
    const { merchantId, merchantKey, vaultKey } = system.dev;
    const keys = { MERCHANT_ID: merchantId, MERCHANT_API_KEY: merchantKey, VAULT_API_KEY: vaultKey };
    shop = project.run(file, keys);
    const [, port] = /port (\d+)/.exec(await shop.printed('\n')) ?? [];
    url = `http://127.0.0.1:${port}`;
  }, 120_000);

  afterAll(async () => {
    await shop?.stop();
    project?.remove();
  });

  test('the compiler agrees', () => {
    project.write({
      'types.cts': "import { Ozura } from '@ozura/elements/server'; export const ozura = new Ozura({ vaultKey: '' });",
      'types.mts': WHOLE_WAY,
    });
    project.compile([...(type === 'module' ? [shops.module.file] : []), 'types.cts', 'types.mts']);
  });

  test('the full example charges a card, once however often it is asked', async () => {
    const card = await tokenize(url, '4242424242424242');
    const sale = await charge(url, card);
    expect(sale).toMatchObject({ status: 200, body: { success: true, last4: '4242' } });
    expect(await charge(url, card)).toEqual(sale);
    expect(await findSale(String(sale.body.transactionId))).toMatchObject([{ amount: '49.00', cardLastFour: '4242' }]);
  });

  test('and says what was wrong with another', async () => {
    const answer = await charge(url, await tokenize(url, '4000000000000002'));
    expect(answer).toMatchObject({ status: 402, body: { error: expect.stringMatching(/declined/i) } });
  });
});

type Json = Readonly<Record<string, unknown>>;

async function post(url: string, body: Json, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

/** As the fields do it: the shop's route gives a session key, which the Vault takes for a card. */
async function tokenize(shopUrl: string, cardNumber: string): Promise<Json> {
  const { sessionKey } = (await post(`${shopUrl}/api/oz-session`, { sessionId: crypto.randomUUID() })).body;
  const data = { cardNumber, expirationMonth: '11', expirationYear: '2039', cvv: '123' };
  const { pubKey, elementsUrl } = system.dev;
  const headers = { 'x-session-key': String(sessionKey), 'x-pub-key': pubKey, origin: elementsUrl };
  const { body } = await post(`${system.dev.vaultUrl}/tokenize`, { type: 'card', data }, headers);
  expect(body).toMatchObject({ success: true });
  return { token: body.token, cvcSession: body.cvc_session_id };
}

const billing = {
  firstName: 'Jane',
  lastName: 'Smith',
  email: 'jane@example.com',
  phone: '+14155550134',
  address: { line1: '123 Main St', city: 'San Francisco', state: 'CA', zip: '94102', country: 'US' },
};

const charge = (shopUrl: string, card: Json) => post(`${shopUrl}/api/charge`, { orderId: 'order_7', billing, ...card });

async function findSale(transactionId: string): Promise<unknown> {
  const answer = await fetch(`${system.dev.payUrl}/transQuery?transactionId=${transactionId}`, {
    headers: { 'x-api-key': system.dev.merchantKey },
  });
  return ((await answer.json()) as { data: unknown }).data;
}
