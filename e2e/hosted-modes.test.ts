// Donations, plans, tax and surcharges on the hosted page, in a real browser: what is shown is what is charged.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { APPROVED, fillBilling, newCustomer, openCheckout, pressPay, typeCard } from './customer.ts';
import { type CreatedSession, createSession, getSession } from './merchant.ts';
import { standingBookings } from './processor.ts';
import { type System, startSystem } from './system.ts';

const DEBIT = { number: '4000056655665556' };

let system: System;
let browser: Browser;
/** Who knows the tax: 8.875 % in Oakland, nothing elsewhere. */
let provider: Server;
let isTaxKnown = true;
beforeAll(async () => {
  provider = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { amount, postalCode } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
    const cents = postalCode?.startsWith('946') ? Math.round(Number(amount) * 8.875) : 0;
    response.writeHead(isTaxKnown ? 200 : 500).end(JSON.stringify({ tax: (cents / 100).toFixed(2) }));
  });
  await once(provider.listen(0, '127.0.0.1'), 'listening');
  const { port } = provider.address() as AddressInfo;
  [system, browser] = await Promise.all([
    startSystem({ TAX_PROVIDER_URL: `http://127.0.0.1:${port}/` }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
  provider?.close();
});

async function open(fields: Record<string, unknown>): Promise<{ page: Page; session: CreatedSession }> {
  const session = await createSession(system.dev, fields);
  const page = await (await newCustomer(browser)).newPage();
  await openCheckout(page, session.checkoutUrl);
  return { page, session };
}
const bookedMinor = ({ sessionId }: CreatedSession): number[] =>
  standingBookings(system.dataDir)
    .filter((booking) => booking.sessionId === sessionId)
    .map(({ amountMinor }) => amountMinor);
const shown = (page: Page, text: string): Promise<void> => page.locator('#pay', { hasText: text }).waitFor();
async function landed(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(/\/e2e\/thanks/);
  return new URL(page.url()).searchParams;
}

const donation = {
  amount: undefined,
  checkoutMode: 'donation',
  surchargePercent: '3.00',
  donationConfig: { presets: ['5', '50'], minAmount: 5, maxAmount: 500 },
};

test('a donor takes an offered amount with the keyboard', async () => {
  const { page, session } = await open(donation);
  await page.focus('input[name="preset"]');
  await page.keyboard.press('Space');
  await shown(page, 'Donate $5.15');
  await page.keyboard.press('ArrowRight');
  await shown(page, 'Donate $51.50');
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  expect((await landed(page)).get('amount')).toBe('51.50');
  expect(await getSession(system.dev, session.sessionId)).toMatchObject({ status: 'completed', amount: '50.00' });
  expect(bookedMinor(session)).toEqual([5150]);
});

test('a donor types an amount, after one that is refused beside the field', async () => {
  const { page, session } = await open(donation);
  await fillBilling(page);
  await typeCard(page, DEBIT);
  await page.check('input[name="preset"] >> nth=0', { force: true });
  await page.fill('#donationAmount', '500.01');
  expect(await page.locator('input[name="preset"]:checked').count()).toBe(0);
  await pressPay(page);
  await page.locator('#donationAmount-error', { hasText: 'between $5.00 and $500.00' }).waitFor();
  await page.fill('#donationAmount', '1,50');
  await pressPay(page);
  await page.locator('#donationAmount-error', { hasText: 'between' }).waitFor();
  expect((await getSession(system.dev, session.sessionId)).amount).toBeNull();
  await page.fill('#donationAmount', '$123.45');
  await shown(page, 'Donate $127.15');
  expect(await page.textContent('#why-surcharge small')).toBe('3% of $123.45');
  await pressPay(page);
  // A debit card bears no surcharge, and is not asked about the lower total.
  expect((await landed(page)).get('amount')).toBe('123.45');
  expect(bookedMinor(session)).toEqual([12_345]);
});

test('tax and surcharge are shown before the button as the address is typed, and charged', async () => {
  const { page, session } = await open({ amount: '100.00', surchargePercent: '3.00' });
  await shown(page, 'Pay $103.00');
  await fillBilling(page);
  await shown(page, 'Pay $111.88');
  await page.locator('#line-tax', { hasText: '$8.88' }).waitFor();
  await page.locator('#line-surcharge', { hasText: 'Credit card surcharge (3%)' }).waitFor();
  await page.getByText('The shop adds this for credit cards').waitFor();
  await page.getByText('Why this total?').click();
  await page.getByText('depends on your billing address').waitFor();
  const lines = await page.locator('.why .lines > div:visible').allInnerTexts();
  expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
    'Price $100.00',
    'Tax depends on your billing address $8.88',
    'Credit card surcharge (3%) 3% of $100.00 $3.00',
    'Total $111.88',
  ]);
  await page.fill('#zip', '10001');
  await shown(page, 'Pay $103.00');
  expect(await page.locator('#line-tax').isVisible()).toBe(false);
  await page.fill('#zip', '94607');
  await shown(page, 'Pay $111.88');
  await typeCard(page, APPROVED);
  await pressPay(page);
  expect((await landed(page)).get('amount')).toBe('111.88');
  expect(bookedMinor(session)).toEqual([11_188]);
});

test('a customer starts a plan after reading what it costs', async () => {
  const { page, session } = await open({
    amount: '20.00',
    checkoutMode: 'recurring',
    taxExempt: true,
    recurringConfig: { planName: 'Kettle Club', interval: 'monthly', startDate: '2037-01-01', setupFee: '5.00' },
  });
  await page.getByText('First payment today').waitFor();
  await page.getByText('$20.00 every month', { exact: true }).waitFor();
  await page.getByText('$5.00, only with the first payment').waitFor();
  await page.getByText('Blue Kettle will charge this card $20.00 every month, starting today.').waitFor();
  await shown(page, 'Pay $25.00 today');
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  const result = await landed(page);
  expect(result.get('planId')).toMatch(/^plan_[0-9A-Za-z]{22}$/);
  expect(result.get('amount')).toBe('25.00');
  expect(bookedMinor(session)).toEqual([2500]);
});

test('a price that rose since it was shown is shown and asked about before anything is charged', async () => {
  const { page, session } = await open({ amount: '10.00' });
  // The customer is faster than the quote.
  await page.route('**/quote', (route) => route.abort());
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.getByText('The total is now $10.89').waitFor();
  expect(bookedMinor(session)).toEqual([]);
  await shown(page, 'Pay $10.89');
  await pressPay(page);
  expect((await landed(page)).get('amount')).toBe('10.89');
  expect(bookedMinor(session)).toEqual([1089]);
});

test('while the tax is not known the page keeps what was typed, and pays when it is', async () => {
  const { page, session } = await open({ amount: '10.00' });
  // A quote on its way would tell the new total before the second press.
  await page.route('**/quote', (route) => route.abort());
  isTaxKnown = false;
  await fillBilling(page);
  await typeCard(page, APPROVED);
  await pressPay(page);
  await page.getByText('The tax could not be calculated and nothing was charged').waitFor();
  expect(await page.inputValue('#line1')).toBe('9 Pier Road');
  expect(await getSession(system.dev, session.sessionId)).toMatchObject({ status: 'pending', paymentState: null });
  isTaxKnown = true;
  await pressPay(page);
  await page.getByText('The total is now $10.89').waitFor();
  await pressPay(page);
  expect((await landed(page)).get('amount')).toBe('10.89');
  expect(bookedMinor(session)).toEqual([1089]);
});
