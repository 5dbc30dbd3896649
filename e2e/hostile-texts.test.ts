// Everything that merchants and addresses put into the hosted pages stays text, and changes nothing around it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { openCheckout } from './customer.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { createSession, keysOf, sessionFields } from './merchant.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;
/** A page that reads HTML without running it. */
let reader: Page;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  reader = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const short = (text: string, length: number): string => [...text].slice(0, length).join('').trim();

/** With the text wherever a merchant may write one. */
const fieldsWith = (text: string): Record<string, unknown> => ({
  merchantName: text,
  amount: undefined,
  items: [
    { name: text, description: text, discountLabel: short(text, 20), sku: text.slice(0, 40), price: '1', quantity: 1 },
  ],
  metadata: { [`x${text.slice(0, 60)}`]: text, order: [text, { note: text }] },
  appearance: { cancelButtonText: short(text, 20) },
});

async function create(fields: Record<string, unknown>) {
  const answer = await fetch(`${system.dev.checkoutUrl}/api/sessions/create`, {
    method: 'POST',
    headers: keysOf(system.dev),
    body: JSON.stringify(sessionFields(system.dev, fields)),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { error?: string; details?: string[]; data?: { checkoutUrl: string } },
  };
}

const bodyOf = async (path: string): Promise<string> => (await fetch(new URL(path, system.dev.checkoutUrl))).text();

/** Elements with the names of their attributes, and what the page says of the shop, the item and the way back. */
const read = (pages: readonly string[]) =>
  reader.evaluate(
    (texts) =>
      texts.map((text) => {
        const page = new DOMParser().parseFromString(text, 'text/html');
        const tag = (element: Element): string => `${element.tagName} ${element.getAttributeNames().join(' ')}`;
        const said = (selector: string): string => page.querySelector(selector)?.textContent ?? '';
        return {
          skeleton: [...page.querySelectorAll('*')].map(tag).join('\n'),
          texts: ['.shop-name', '.item-name', '.discount', '#cancel'].map(said),
        };
      }),
    pages,
  );

test('a text that could be markup is text on the page of its session', async () => {
  expect(HOSTILE_TEXTS.length).toBeGreaterThanOrEqual(200);
  const [plain] = await read([await bodyOf((await createSession(system.dev, fieldsWith('Tea'))).checkoutUrl)]);
  const pages: string[] = [];
  const written: string[] = [];
  for (const text of HOSTILE_TEXTS) {
    const { status, body } = await create(fieldsWith(text));
    expect([status, body.error], text).toEqual([200, undefined]);
    pages.push(await bodyOf(body.data?.checkoutUrl ?? ''));
    written.push(text.trim());
  }
  for (const [index, { skeleton, texts }] of (await read(pages)).entries()) {
    const text = written[index] ?? '';
    expect(skeleton, text).toBe(plain?.skeleton);
    expect(texts).toEqual([text, text, short(text, 20), short(text, 20)]);
  }
});

test('as part of a look it is refused by name, or changes no more than it may', async () => {
  const names = ['primaryColor', 'borderRadius', 'logoUrl', 'theme'];
  for (const text of HOSTILE_TEXTS) {
    const { status, body } = await create({ appearance: Object.fromEntries(names.map((name) => [name, text])) });
    const refused = body.details?.map((detail) => detail.split(':')[0]);
    expect([status, refused], text).toEqual([400, names.map((name) => `appearance.${name}`)]);
    const variable = await create({ appearance: { cssVariables: { 'page-background': text } } });
    const isPlain = !/[;{}<>\\@]|url\(|expression/.test(text);
    if (variable.status === 400) expect(variable.body.error).toMatch(/^appearance\.cssVariables\.page-background: /);
    else expect([variable.status, isPlain], text).toEqual([200, true]);
  }
});

test('in a browser nothing of it runs, loads or covers the page', async () => {
  const page = await browser.newPage();
  const strange: string[] = [];
  const ours = [system.dev.checkoutUrl, system.dev.elementsUrl];
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => strange.push('a dialog')));
  page.on('request', (request) => ours.includes(new URL(request.url()).origin) || strange.push(request.url()));
  page.on('console', (message) => /refused|violates/i.test(message.text()) && strange.push(message.text()));
  for (let from = 0; from < HOSTILE_TEXTS.length; from += 100) {
    const items = HOSTILE_TEXTS.slice(from, from + 100).map((name) => ({
      name,
      description: name,
      price: '1',
      quantity: 2,
    }));
    const merchantName = HOSTILE_TEXTS[from];
    await openCheckout(page, (await createSession(system.dev, { merchantName, items, amount: undefined })).checkoutUrl);
    await page.click('.why summary');
    expect(await page.locator('.items li').count()).toBe(items.length);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  }
  expect(strange).toEqual([]);
  await page.close();
});

test('in an address it changes nothing and is not repeated', async () => {
  const { sessionId } = await createSession(system.dev);
  // What is new at every opening: the credential, and the name of the tokenizer's frame.
  const fresh = /<script type="application\/json" id="facts">.*?<\/script>|name="oz-tokenizer-\w+"/gs;
  const plain = { missing: await bodyOf('/checkout/x'), link: await bodyOf('/pay/x'), error: await bodyOf('/error') };
  const form = (await bodyOf(`/checkout/${sessionId}`)).replace(fresh, '');
  const preview = await bodyOf('/preview');
  for (const [index, text] of HOSTILE_TEXTS.entries()) {
    const part = encodeURIComponent(text);
    const query = ['error', 'errorCode', 'cancelUrl', 'sessionId', 'signature', part]
      .map((name) => `${name}=${part}`)
      .join('&');
    const expected: [path: string, page: string][] = [
      [`/error?${query}`, plain.error],
      [`/preview?${query}`, preview],
    ];
    if (index % 5 === 0) expected.push([`/checkout/${sessionId}?${query}`, form]);
    // A browser would take other paths for these.
    const isPath = !part.startsWith('..') && part.length <= 1_000;
    if (isPath) expected.push([`/checkout/${part}`, plain.missing], [`/pay/${part}`, plain.link]);
    const found = await Promise.all(expected.map(([path]) => bodyOf(path)));
    const withoutFresh = (page: string): string => page.replace(fresh, '');
    expect(found.map(withoutFresh), text).toEqual(expected.map(([, page]) => withoutFresh(page)));
  }
});
