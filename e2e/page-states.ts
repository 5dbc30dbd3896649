// The states in which a customer may see the hosted pages, and how a browser gets into each, in any language. Tests and
// the pictures of `npm run shots` look at them.
import type { Page } from 'playwright-core';
import { pay, preparePay } from './browserless.ts';
import { APPROVED, DECLINED, fillBilling, openCheckout, payWith, pressPay, typeCard } from './customer.ts';
import { createSession, keysOf } from './merchant.ts';
import { createPaymentLink, openPaymentLink } from './payment-links.ts';
import type { DevFile } from './system.ts';

const cart = {
  amount: '18.40',
  surchargePercent: '3.00',
  items: [
    {
      name: 'Stovetop kettle, enamel, 1.5 l',
      price: '12.40',
      quantity: 1,
      originalPrice: '16.00',
      discountLabel: '-22%',
    },
    { name: 'Tea towel', description: 'Linen, blue stripes', price: '3.00', quantity: 2 },
  ],
};
const donation = {
  amount: undefined,
  checkoutMode: 'donation',
  surchargePercent: '3.00',
  donationConfig: { presets: ['5', '10', '25', '50', '100'], minAmount: 5, maxAmount: 500 },
};
const plan = {
  amount: '20.00',
  checkoutMode: 'recurring',
  surchargePercent: '3.00',
  recurringConfig: {
    planName: 'Kettle Club Gold',
    interval: 'monthly',
    startDate: '2037-01-01',
    maxCycles: 12,
    endDate: '2038-12-31',
    setupFee: '5.00',
    initialAmount: '9.99',
    initialCycles: 3,
  },
};

const pending = { status: 'pending', paymentState: 'processing' };

type Show = (page: Page, dev: DevFile) => Promise<unknown>;

const open = async (page: Page, dev: DevFile, more: Record<string, unknown> = {}): Promise<string> => {
  const { checkoutUrl } = await createSession(dev, more);
  await openCheckout(page, checkoutUrl);
  return checkoutUrl;
};

/** Made once for each system. */
const paid = new Map<string, { readonly link: string; readonly checkoutUrl: string }>();

async function paidOnce(dev: DevFile): Promise<{ readonly link: string; readonly checkoutUrl: string }> {
  const known = paid.get(dev.checkoutUrl);
  if (known !== undefined) return known;
  const link = await createPaymentLink(dev, { usageLimit: 1 });
  const sessionId = await openPaymentLink(link);
  await pay(dev, await preparePay(dev, sessionId, APPROVED.number));
  const made = { link: link.url, checkoutUrl: `${dev.checkoutUrl}/checkout/${sessionId}` };
  paid.set(dev.checkoutUrl, made);
  return made;
}

/** Pays with a name that tells the sandbox what to do (docs/sandbox.md); `again` is the same call repeated. */
async function payTold(dev: DevFile, step: string) {
  const { sessionId, checkoutUrl } = await createSession(dev, { errorUrl: `${dev.checkoutUrl}/error` });
  const prepared = await preparePay(dev, sessionId, APPROVED.number);
  const billing = { ...(prepared.body.billing as object), lastName: `TEST ${step}` };
  const again = async (): Promise<string> => {
    const { body } = await pay(dev, { ...prepared, body: { ...prepared.body, billing } });
    const { redirectUrl = checkoutUrl } = (body.data ?? body) as { redirectUrl?: string };
    return redirectUrl;
  };
  return { checkoutUrl, again, redirectUrl: await again() };
}

/** Looks at the page when so much time has passed, and lets the clock of the installation go on as before. */
async function later(dev: DevFile, { seconds }: { readonly seconds: number }, look: () => Promise<unknown>) {
  const clock = async (method: string, path: string, body: object) => {
    const call = { method, headers: keysOf(dev), body: JSON.stringify(body) };
    const { status } = await fetch(`${dev.checkoutUrl}/api/test/clock${path}`, call);
    if (status !== 200) throw new Error(`the clock answers ${status}`);
  };
  await clock('POST', '/advance', { seconds });
  await look();
  await clock('DELETE', '', {});
}

export const PAGE_STATES: Readonly<Record<string, Show>> = {
  form: open,
  async cart(page, dev) {
    await open(page, dev, cart);
    await fillBilling(page);
    await typeCard(page, DECLINED);
    await page.click('.why summary');
  },
  async donation(page, dev) {
    await open(page, dev, donation);
    await page.check('input[value="25.00"]');
  },
  plan: (page, dev) => open(page, dev, plan),
  async errors(page, dev) {
    await open(page, dev);
    await pressPay(page);
    await page.locator('#problems').waitFor();
  },
  async declined(page, dev) {
    await payWith(page, (await createSession(dev)).checkoutUrl, DECLINED);
    await page.locator('#card-problem:not(:empty)').waitFor();
  },
  async moreTime(page, dev) {
    await open(page, dev);
    await page.evaluate(() => document.querySelector('dialog')?.showModal());
  },
  /** An answer that does not come: what the customer sees is up to the page. */
  async confirming(page, dev) {
    await page.route(/\/pay$/, (route) => route.fulfill({ status: 202, json: { success: true, data: pending } }));
    await payWith(page, (await createSession(dev)).checkoutUrl, DECLINED);
    await page.locator('#confirming').waitFor();
  },
  /** The same, opened again while nobody knows whether the charge was made. */
  async unknownOutcome(page, dev) {
    await page.route(/\/outcome\b/, (route) => route.fulfill({ json: { success: true, data: pending } }));
    await page.goto((await payTold(dev, 'timeout_before_accept')).checkoutUrl);
  },
  /** Nobody knew it within a minute. */
  async review(page, dev) {
    const { checkoutUrl } = await payTold(dev, 'review');
    await later(dev, { seconds: 61 }, () => page.goto(checkoutUrl));
  },
  async errorReview(page, dev) {
    const { again } = await payTold(dev, 'review');
    await later(dev, { seconds: 61 }, async () => page.goto(await again()));
  },
  async errorSigned(page, dev) {
    await page.goto((await payTold(dev, 'refuse_credentials')).redirectUrl);
  },
  async completed(page, dev) {
    await page.goto((await paidOnce(dev)).checkoutUrl);
  },
  async cancelled(page, dev) {
    const checkoutUrl = await open(page, dev);
    await page.click('#cancel');
    await page.waitForURL(/\/e2e\/cart/);
    await page.goto(checkoutUrl);
  },
  unknown: (page, dev) => page.goto(`${dev.checkoutUrl}/checkout/session_unknown`),
  async linkUsedUp(page, dev) {
    await page.goto((await paidOnce(dev)).link);
  },
  async linkExpired(page, dev) {
    const link = await createPaymentLink(dev, { expiresInDays: 1 });
    await later(dev, { seconds: 86_401 }, () => page.goto(link.url));
  },
  async linkEnded(page, dev) {
    const { paymentLinkId, url } = await createPaymentLink(dev);
    const end = `${dev.checkoutUrl}/api/payment-links/${paymentLinkId}/deactivate`;
    await fetch(end, { method: 'POST', headers: keysOf(dev), body: '{}' });
    await page.goto(url);
  },
  linkUnknown: (page, dev) => page.goto(`${dev.checkoutUrl}/pay/pl_unknown`),
  async expired(page, dev) {
    const { checkoutUrl } = await createSession(dev);
    await later(dev, { seconds: 31 * 60 }, () => page.goto(checkoutUrl));
  },
  error: (page, dev) => page.goto(`${dev.checkoutUrl}/error?errorCode=SYSTEM_ERROR`),
  preview: (page, dev) => page.goto(`${dev.checkoutUrl}/preview`),
};
