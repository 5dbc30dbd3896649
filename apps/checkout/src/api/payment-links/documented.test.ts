// The public page about payment links, followed line by line: its commands and bodies with nothing but host, merchant id
// and keys replaced.
import { pay, preparePay } from '@ozura/e2e/browserless';
import { keysOf } from '@ozura/e2e/merchant';
import { getPaymentLink, openPaymentLink } from '@ozura/e2e/payment-links';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CREATE = String.raw`
curl -X POST https://checkout.ozura.io/api/payment-links/create \
  -H "Content-Type: application/json" \
  -H "X-API-KEY: your_vault_api_key" \
  -H "X-OZURA-API-KEY: your_merchant_api_key" \
  -d '{
    "merchantId": "your_merchant_id",
    "merchantName": "My Store",
    "amount": "50.00",
    "currency": "USD",
    "successUrl": "https://mystore.com/thank-you",
    "cancelUrl": "https://mystore.com/cancelled",
    "errorUrl": "https://mystore.com/error",
    "expiresInDays": 7,
    "usageLimit": 1,
    "metadata": {
      "invoiceId": "INV-12345"
    }
  }'
`;

const CHECK = 'GET /api/payment-links/{linkId}/check-availability';

const ITEMS = `{
  "merchantId": "store_abc123",
  "merchantName": "Fashion Boutique",
  "items": [
    {
      "productId": "JACKET-001",
      "name": "Winter Jacket",
      "price": 149.99,
      "quantity": 1,
      "imageUrl": "https://cdn.example.com/jacket.jpg",
      "originalPrice": 199.99,
      "discountLabel": "25% OFF"
    }
  ],
  "currency": "USD",
  "successUrl": "https://fashionboutique.com/thank-you",
  "cancelUrl": "https://fashionboutique.com/cart",
  "errorUrl": "https://fashionboutique.com/error"
}`;

const DONATION = `{
  "merchantId": "charity_abc123",
  "merchantName": "Save The Whales Foundation",
  "successUrl": "https://savethewhales.org/thank-you",
  "cancelUrl": "https://savethewhales.org/donate",
  "errorUrl": "https://savethewhales.org/error",
  "checkoutMode": "donation",
  "donationConfig": {
    "presets": [25, 50, 100, 250],
    "defaultAmount": 50,
    "allowCustomAmount": true
  },
  "expiresInDays": 365,
  "usageLimit": null
}`;

interface Created {
  readonly success: boolean;
  readonly warnings?: readonly string[];
  readonly data: { readonly paymentLinkId: string; readonly url: string; readonly expiresAt: string };
}

let system: System;
beforeAll(async () => {
  system = await startSystem({ RATE_LIMITS: 'on' });
});
afterAll(() => system?.stop());

const ours = (text: string): string =>
  text
    .replaceAll('https://checkout.ozura.io', system.dev.checkoutUrl)
    .replaceAll(/your_merchant_id|store_abc123|charity_abc123/g, system.dev.merchantId)
    .replaceAll('your_vault_api_key', system.dev.vaultKey)
    .replaceAll('your_merchant_api_key', system.dev.merchantKey);

/** What a shell makes of the words of a command. */
const wordsOf = (command: string): string[] =>
  Array.from(
    command.replaceAll('\\\n', ' ').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );

/** Sends what curl would send. */
async function run(command: string): Promise<Response> {
  const [curl, ...words] = wordsOf(command);
  expect(curl).toBe('curl');
  let [method, url, body] = ['GET', '', undefined as string | undefined];
  const headers: [string, string][] = [];
  for (let at = 0; at < words.length; at += 1) {
    const next = words[at + 1] ?? '';
    if (words[at] === '-X') method = next;
    else if (words[at] === '-H') headers.push(next.split(': ') as [string, string]);
    else if (words[at] === '-d') body = next;
    else {
      url = words[at] ?? '';
      continue;
    }
    at += 1;
  }
  return fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

const create = async (body: string): Promise<Created> => {
  const answer = await fetch(`${system.dev.checkoutUrl}/api/payment-links/create`, {
    method: 'POST',
    headers: keysOf(system.dev),
    body: ours(body),
  });
  return (await answer.json()) as Created;
};

const check = async (linkId: string): Promise<unknown> => {
  const [, path = ''] = CHECK.split(' ');
  return (await fetch(system.dev.checkoutUrl + path.replace('{linkId}', linkId))).json();
};

test('the command makes a link, answered in the documented shape, that opens a checkout page', async () => {
  const answer = await run(ours(CREATE));
  const body = (await answer.json()) as Created;
  expect(answer.status).toBe(200);
  expect(body).toEqual({
    success: true,
    data: {
      paymentLinkId: expect.stringMatching(/^pl_/),
      url: `${system.dev.checkoutUrl}/pay/${body.data.paymentLinkId}`,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    },
  });
  expect(await check(body.data.paymentLinkId)).toEqual({
    success: true,
    available: true,
    message: 'Payment link is available',
  });
  const sessionId = await openPaymentLink(body.data);
  const page = await fetch(`${system.dev.checkoutUrl}/checkout/${sessionId}`);
  expect([page.status, (await page.text()).includes('$50.00')]).toEqual([200, true]);
});

test('the bodies with items and for donations make links, without a warning', async () => {
  for (const body of [ITEMS, DONATION]) {
    const created = await create(body);
    expect([created.success, created.warnings]).toEqual([true, undefined]);
    await openPaymentLink(created.data);
  }
});

test('a donor opens the link, chooses and pays, and the link counts it', async () => {
  const { data } = await create(DONATION);
  const prepared = await preparePay(system.dev, await openPaymentLink(data), '4242424242424242');
  const body = { ...prepared.body, donationAmount: '100', expectedTotal: '100.00' };
  expect((await pay(system.dev, { ...prepared, body })).body.data).toMatchObject({
    status: 'completed',
    paymentData: { amount: '100.00', checkoutMode: 'donation', metadata: { paymentLinkId: data.paymentLinkId } },
  });
  expect(await getPaymentLink(system.dev, data.paymentLinkId)).toMatchObject({
    status: 'active',
    used: 1,
    reserved: 0,
  });
});

test('a plan that a customer starts by a link counts as one use', async () => {
  const recurringConfig = { planName: 'Tea', interval: 'monthly', startDate: '2099-01-31', setupFee: 5 };
  const recurring = { items: undefined, amount: '20.00', checkoutMode: 'recurring', recurringConfig, usageLimit: 1 };
  const { data } = await create(JSON.stringify({ ...JSON.parse(ITEMS), ...recurring }));
  const prepared = await preparePay(system.dev, await openPaymentLink(data), '4242424242424242');
  const body = { ...prepared.body, expectedTotal: '25.00' };
  expect((await pay(system.dev, { ...prepared, body })).body.data).toMatchObject({
    status: 'completed',
    paymentData: { amount: '25.00', planId: expect.stringMatching(/^plan_/) },
  });
  expect(await getPaymentLink(system.dev, data.paymentLinkId)).toMatchObject({
    status: 'used_up',
    used: 1,
    reserved: 0,
  });
});

test.each(['{"usageLimit": 1}', '{"usageLimit": null}', '{"usageLimit": 100}'])('%s is a limit', async (part) => {
  const created = await create(JSON.stringify({ ...JSON.parse(ITEMS), ...JSON.parse(part) }));
  expect([created.success, created.warnings]).toEqual([true, undefined]);
});

test('an address opens sixty links a minute, and is told to wait on a page of its own', async () => {
  const { data } = await create(ITEMS);
  for (let visit = 0; visit < 60; visit += 1) await fetch(data.url, { redirect: 'manual' });
  const over = await fetch(data.url, { redirect: 'manual' });
  expect(over.status).toBe(429);
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(over.headers.get('content-type')).toContain('text/html');
  expect(await over.text()).toContain('Please wait a moment');
});

test('an address asks about three hundred links a minute', async () => {
  const url = `${system.dev.checkoutUrl}/api/payment-links/pl_x/check-availability`;
  const answers = await Promise.all(Array.from({ length: 301 }, () => fetch(url)));
  const over = answers.filter(({ status }) => status === 429);
  expect(over.length).toBeGreaterThanOrEqual(1);
  expect(over[0]?.headers.get('access-control-allow-origin')).toBe('*');
});
