// Types a known card and searches everything outside the vault and the frames for it (contract 12.7, invariant 11).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newCustomer, payWith } from './customer.ts';
import { createSession, getSession, keysOf, sessionFields } from './merchant.ts';
import { filesBelow, readable, tracesOf } from './secret-search.ts';
import { type System, startSystem } from './system.ts';

const NUMBER = '4917610000000000003';
const CVC = '7391';
const AMEX = '378282246310005';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ LOG_LEVEL: 'trace' }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

interface Heard {
  readonly where: string;
  readonly text: string;
}

/** Everything that the page's own window, its network and its console see. */
async function listen(page: Page, elementsUrl: string, vaultUrl: string): Promise<Heard[]> {
  const heard: Heard[] = [];
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { heardMessages: seen });
    globalThis.addEventListener('message', (event) => seen.push(JSON.stringify(event.data) ?? ''), true);
  });
  page.on('console', (message) => heard.push({ where: 'console', text: message.text() }));
  page.on('request', (request) => {
    heard.push({ where: 'url', text: request.url() });
    if (new URL(request.url()).origin === vaultUrl) return;
    heard.push({ where: `request ${request.url()}`, text: request.postData() ?? '' });
  });
  page.on('response', async (response) => {
    if ([elementsUrl, vaultUrl].includes(new URL(response.url()).origin)) return;
    heard.push({ where: `answer ${response.url()}`, text: await response.text().catch(() => '') });
  });
  return heard;
}

test.each([
  ['a Visa of 19 digits', { number: NUMBER, cvc: CVC.slice(0, 3) }],
  ['an Amex with a code of four', { number: AMEX, cvc: CVC }],
])('%s is nowhere outside the vault and the frames', async (_name, card) => {
  const session = await createSession(system.dev);
  const page = await (await newCustomer(browser)).newPage();
  const heard = await listen(page, system.dev.elementsUrl, system.dev.vaultUrl);
  await payWith(page, session.checkoutUrl, card);
  const dom = await page.evaluate(() => ({
    html: document.documentElement.outerHTML,
    values: [...document.querySelectorAll('input,select,textarea')].map((field) => (field as HTMLInputElement).value),
    messages: (globalThis as unknown as { heardMessages: string[] }).heardMessages,
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  }));
  await page.waitForURL(/\/e2e\/thanks/);
  heard.push({ where: 'DOM', text: JSON.stringify(dom) }, { where: 'landing URL', text: page.url() });
  heard.push({ where: 'session', text: JSON.stringify(await getSession(system.dev, session.sessionId, true)) });
  const found = await fetch(`${system.dev.payUrl}/transQuery?orderId=${session.sessionId}`, {
    headers: { 'x-api-key': system.dev.merchantKey },
  });
  heard.push({ where: 'transQuery', text: await found.text() }, { where: 'output', text: system.output() });
  for (const path of filesBelow(system.dataDir)) heard.push({ where: path, text: readable(path) });
  const number = tracesOf(card.number);
  expect(heard.filter(({ text }) => number.test(text)).map(({ where }) => where)).toEqual([]);
  const code = new RegExp(`["'=: ]${card.cvc}["'&, ]`);
  expect(
    heard.filter(({ text, where }) => !where.endsWith('.db-wal') && !where.endsWith('.db') && code.test(text)),
  ).toEqual([]);
  // The search itself finds what is there: the four digits that everybody may see.
  expect(heard.some(({ text }) => text.includes(card.number.slice(-4)))).toBe(true);
});

test('Checkout and Pay refuse card data and keep nothing of it', async () => {
  for (const url of [`${system.dev.checkoutUrl}/api/sessions/create`, `${system.dev.payUrl}/cardSale`]) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        ...keysOf(system.dev),
        'x-api-key': url.includes('cardSale') ? system.dev.merchantKey : system.dev.vaultKey,
        'vault-api-key': system.dev.vaultKey,
      },
      body: JSON.stringify({ merchantId: system.dev.merchantId, card: { cardNumber: NUMBER } }),
    });
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ errorCode: 'CARD_DATA_REFUSED' });
    expect(text).not.toContain(NUMBER);
  }
  const inGroups = '4917 6100 0000 0000 003';
  for (const [url, texts, headers] of [
    [`${system.dev.checkoutUrl}/api/sessions/create`, { metadata: { note: NUMBER } }, {}],
    [`${system.dev.checkoutUrl}/api/payment-links/create`, { merchantName: inGroups }, {}],
    [`${system.dev.vaultUrl}/sessions`, { order_id: inGroups }, { 'x-request-id': NUMBER }],
  ] as const) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...keysOf(system.dev), ...headers },
      body: JSON.stringify({ ...sessionFields(system.dev), ...texts }),
    });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([400, expect.stringContaining('must not contain a card number')]);
    expect(text).not.toMatch(tracesOf(NUMBER));
  }
  expect(system.output()).not.toMatch(tracesOf(NUMBER));
  for (const path of filesBelow(system.dataDir)) expect(tracesOf(NUMBER).test(readable(path)), path).toBe(false);
});
