// The examples of the public pages that are about sessions, run against a system: code as it is printed there, with
// nothing but the host replaced.
import { pay, preparePay } from '@ozura/e2e/browserless';
import { createSession, keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, expect, test } from 'vitest';

const HOST = 'https://checkout.ozura.com';

/** "Reading the Data", on the page that a customer comes back to. */
const READING = `
const url = new URL(window.location.href);
const transactionId = url.searchParams.get('transactionId');
const amount = url.searchParams.get('amount');
const currency = url.searchParams.get('currency');
const checkoutMode = url.searchParams.get('checkoutMode');
const metadata = JSON.parse(url.searchParams.get('metadata') || '{}');
`;

/** "Always Verify Before Fulfilling Orders", on the merchant's server. */
const VERIFYING = `
app.get('/success', async (req, res) => {
  const { sessionId } = req.query;

  // Check session status with Checkout API
  // No headers required - session ID acts as access token
  const response = await fetch(\`https://checkout.ozura.com/api/sessions/\${sessionId}\`);
  const data = await response.json();

  if (data.data.session.status === 'completed') {
    await updateOrderStatus(sessionId, 'paid'); // YOUR implementation
    res.render('success');
  } else {
    // Not confirmed - don't fulfill
    res.redirect('/error?error=Payment+not+confirmed');
  }
});
`;

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

type Handler = (request: object, response: object) => Promise<void>;

/** The names of the example are its surroundings: what a merchant's server has. */
function runVerification(sessionId: string): Promise<string[]> {
  const did: string[] = [];
  let handler: Handler | undefined;
  const app = { get: (_path: string, given: Handler) => (handler = given) };
  const updateOrderStatus = async (id: string, status: string) => did.push(`order of ${id}: ${status}`);
  const response = {
    render: (page: string) => did.push(`renders ${page}`),
    redirect: (to: string) => did.push(`redirects to ${to}`),
  };
  const code = VERIFYING.replaceAll(HOST, system.dev.checkoutUrl);
  new Function('app', 'updateOrderStatus', code)(app, updateOrderStatus);
  return (handler as Handler)({ query: { sessionId } }, response).then(() => did);
}

async function paidSession(): Promise<{ sessionId: string; redirectUrl: string }> {
  const { sessionId } = await createSession(system.dev, { metadata: { orderId: 'order_123' } });
  const answer = await pay(system.dev, await preparePay(system.dev, sessionId, '4242424242424242'));
  return { sessionId, redirectUrl: answer.body.data?.redirectUrl ?? '' };
}

test('the page after a payment reads its data from the URL', async () => {
  const { redirectUrl } = await paidSession();
  const names = ['transactionId', 'amount', 'currency', 'checkoutMode', 'metadata'];
  const read = new Function('window', `${READING}; return { ${names.join(', ')} };`) as (window: object) => unknown;
  expect(read({ location: { href: redirectUrl } })).toEqual({
    transactionId: expect.stringMatching(/^\d{6}[0-9A-Z]{20}$/),
    amount: '18.40',
    currency: 'USD',
    checkoutMode: 'payment',
    metadata: { orderId: 'order_123' },
  });
});

test("the merchant's server fulfils what was paid, and nothing else", async () => {
  const { sessionId } = await paidSession();
  expect(await runVerification(sessionId)).toEqual([`order of ${sessionId}: paid`, 'renders success']);
  const open = await createSession(system.dev);
  expect(await runVerification(open.sessionId)).toEqual(['redirects to /error?error=Payment+not+confirmed']);
});

test('the answers have the members that the reference shows', async () => {
  const fields = sessionFields(system.dev, { amount: '55.00', idempotencyKey: 'documented', shippingCost: 1 });
  const create = async () => {
    const url = `${system.dev.checkoutUrl}/api/sessions/create`;
    const answer = await fetch(url, { method: 'POST', headers: keysOf(system.dev), body: JSON.stringify(fields) });
    return (await answer.json()) as { data: { sessionId: string; checkoutUrl: string } };
  };
  const created = await create();
  expect(created).toMatchObject({
    success: true,
    data: {
      sessionId: expect.stringMatching(/^session_/),
      checkoutUrl: `${system.dev.checkoutUrl}/checkout/${created.data.sessionId}`,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      embedCode: expect.stringContaining(created.data.checkoutUrl),
      pricing: { subtotal: 55.0, tax: 0, shipping: 0, total: 55.0, currency: 'USD' },
    },
    warnings: ['shippingCost: deprecated and ignored'],
  });
  expect(await create()).toMatchObject({ success: true, cached: true, data: created.data });
  const read = await fetch(`${system.dev.checkoutUrl}/api/sessions/${created.data.sessionId}`);
  expect(await read.json()).toMatchObject({
    success: true,
    data: {
      session: {
        id: created.data.sessionId,
        status: 'pending',
        amount: '55.00',
        currency: 'USD',
        merchantId: system.dev.merchantId,
        checkoutMode: 'payment',
        embedMode: 'redirect',
        taxExempt: false,
        appearance: {},
        metadata: { merchantName: 'Blue Kettle' },
        recurringConfig: null,
        surchargePercent: null,
        transactionChannel: 'ecommerce',
        expiresAt: expect.any(String),
        createdAt: expect.any(String),
      },
      pricing: { subtotal: 55.0, tax: 0, shipping: 0, total: 55.0, currency: 'USD' },
      items: [],
    },
  });
});

test('cancelling is for the page: API keys are rejected', async () => {
  const { sessionId } = await createSession(system.dev);
  const answer = await fetch(`${system.dev.checkoutUrl}/api/sessions/${sessionId}/cancel`, {
    method: 'POST',
    headers: keysOf(system.dev),
  });
  expect([answer.status, (await answer.json()).errorCode]).toEqual([403, 'KEY_NOT_ALLOWED']);
});
