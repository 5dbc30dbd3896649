// What runs on the payment page is what the inventory says, nothing else can, and the policies that say so are good ones.
import { readFileSync } from 'node:fs';
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js';
import { Severity } from 'csp_evaluator/dist/finding.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newCustomer, openCheckout } from './customer.ts';
import { createSession } from './merchant.ts';
import { pageWithInventory, scriptInventory } from './script-inventory.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const donation = { amount: undefined, checkoutMode: 'donation' };
const PAGES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  payment: async (page) => openCheckout(page, (await createSession(system.dev)).checkoutUrl),
  donation: async (page) => openCheckout(page, (await createSession(system.dev, donation)).checkoutUrl),
  preview: (page) => page.goto(`${system.dev.checkoutUrl}/preview`),
  sandbox: (page) => page.goto(`${system.dev.checkoutUrl}/sandbox`),
  unknown: (page) => page.goto(`${system.dev.checkoutUrl}/checkout/session_unknown`),
};

test('the table of docs/pci-scope.md is what `npm run scripts` writes', () => {
  expect(readFileSync(new URL('../docs/pci-scope.md', import.meta.url), 'utf8')).toBe(pageWithInventory());
});

test.each(Object.keys(PAGES))('every script of the page "%s" and of its frames is in the inventory', async (name) => {
  const page = await (await newCustomer(browser)).newPage();
  await PAGES[name]?.(page);
  const known = new Set(scriptInventory().map(({ integrity }) => integrity));
  const found = (await Promise.all(page.frames().map(scriptsOf))).flat();
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(({ integrity, isOurs }) => !known.has(integrity) || !isOurs)).toEqual([]);
  await page.context().close();
});

const scriptsOf = (frame: Frame) =>
  frame.evaluate(() =>
    [...document.scripts]
      .filter(({ type }) => type !== 'application/json')
      .map(({ src, integrity }) => ({ src, integrity, isOurs: src !== '' && new URL(src).origin === location.origin })),
  );

test('a script that somebody gets into the page does not run, written or loaded', async () => {
  const page = await (await newCustomer(browser)).newPage();
  await PAGES.payment?.(page);
  const ran = await page.evaluate(async () => {
    const attempts: (() => void)[] = [
      () => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = 1">'),
      () => Object.assign(document.createElement('script'), { text: 'window.ran = 2' }),
      () => {
        const script = document.createElement('script');
        script.append('window.ran = 3');
        document.body.append(script);
      },
      () => {
        const script = document.createElement('script');
        script.setAttribute('src', '/assets/none.js');
        document.body.append(script);
      },
      () => document.body.setAttribute('onclick', 'window.ran = 5'),
    ];
    const refused = attempts.map((attempt) => {
      try {
        attempt();
        return 'let through';
      } catch (error) {
        return (error as Error).name;
      }
    });
    document.body.click();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { ran: (window as { ran?: number }).ran, refused };
  });
  expect(ran.ran).toBeUndefined();
  // What is not text of ours is refused before it is anything (Trusted Types).
  expect(ran.refused.slice(0, 2)).toEqual(['TypeError', 'TypeError']);
});

test('csp_evaluator finds nothing in the policies of the pages, the frames and the API', async () => {
  const { checkoutUrl, elementsUrl } = system.dev;
  const session = await createSession(system.dev, { embedMode: 'iframe', parentOrigin: 'https://shop.example' });
  const addresses = [
    ...[
      session.checkoutUrl,
      `${checkoutUrl}/error`,
      `${checkoutUrl}/preview`,
      `${checkoutUrl}/sandbox`,
      `${checkoutUrl}/api/sessions/x`,
    ],
    ...[`${elementsUrl}/v1/frame/cardNumber`, `${elementsUrl}/v1/frame/tokenizer`],
  ];
  for (const address of addresses) {
    const sent = (await fetch(address)).headers.get('content-security-policy') ?? '';
    // Plain http is for this machine alone: elsewhere the programs start with https only.
    const policy = sent.replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1)(?::[\d*]+)?/g, 'https://elements.example');
    expect(policy).toContain("default-src 'none'");
    const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
    const grave = findings.filter(({ severity }) => severity <= Severity.MEDIUM);
    expect([address, grave.map(({ directive, description }) => `${directive}: ${description}`)]).toEqual([address, []]);
  }
});
