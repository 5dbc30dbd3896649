// What the pages say and what they never do, whatever a merchant has put into them.
import { price } from '@ozura/core/pricing';
import { describe, expect, test } from 'vitest';
import { lookOf } from './appearance.ts';
import { bundleAssets } from './assets.ts';
import { checkoutPage } from './checkout.ts';
import { errorPage } from './error.ts';
import { english } from './language.ts';
import { cancelledPage, completedPage, expiredPage, genericPage, processingPage, reviewPage } from './result.ts';
import type { PayView, ShopView } from './view.ts';

const assets = bundleAssets();
const language = english;

const shop = (more: Partial<ShopView> = {}): ShopView => ({
  sessionId: 'session_1',
  merchantName: 'Blue Kettle',
  testMode: true,
  look: lookOf({}, false),
  ...more,
});

const pay = (more: Partial<PayView> = {}): PayView => ({
  ...shop(),
  price: price({ currency: 'USD', subtotalMinor: 1840n, funding: 'credit' }),
  surchargeHundredths: 0n,
  items: [],
  country: 'US',
  facts: {},
  ...more,
});

const draw = (view: PayView): string => checkoutPage({ language, assets, view, elementsUrl: 'http://localhost:4003' });

/** What a customer reads: without markup, the data block and the long list of countries. */
const words = (page: string): string =>
  page
    .replace(/<script[\s\S]*?<\/script>|<select[\s\S]*?<\/select>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the payment page', () => {
  test('says who is paid, how much, and how to leave', () => {
    const text = words(draw(pay()));
    expect(text).toContain('Pay Blue Kettle');
    expect(text).toContain('Pay $18.40');
    expect(text).toContain('Cancel');
    expect(text).toContain('JavaScript is switched off');
    expect(text).toContain('Test mode');
  });

  test('has a labelled field with its autofill name for everything that is asked', () => {
    const page = draw(pay());
    const wanted = {
      email: 'email',
      phone: 'tel',
      firstName: 'billing given-name',
      lastName: 'billing family-name',
      country: 'billing country',
      line1: 'billing address-line1',
      line2: 'billing address-line2',
      city: 'billing address-level2',
      state: 'billing address-level1',
      zip: 'billing postal-code',
    };
    for (const [name, autocomplete] of Object.entries(wanted)) {
      expect(page).toMatch(new RegExp(`<(input|select) id="${name}"[^>]* autocomplete="${autocomplete}"`));
      expect(page).toContain(`<label for="${name}">`);
      expect(page).toContain(`id="${name}-error"`);
    }
    for (const name of ['cardNumber', 'expirationDate', 'cvv']) expect(page).toContain(`id="${name}"`);
  });

  test('offers the likely country, and states where there is a list of them', () => {
    expect(draw(pay())).toContain('<option value="US">United States</option>');
    expect(draw(pay())).toContain('<select id="state"');
    const german = draw(pay({ country: 'DE' }));
    expect(german).toContain('<option value="DE">Germany</option>');
    expect(german).toContain('<input id="state"');
  });

  test('shows the surcharge and its reason whenever a percentage is set, and tax only when there is some', () => {
    const priced = price({ currency: 'USD', subtotalMinor: 2500n, surchargeHundredths: 300n, funding: 'credit' });
    const text = words(draw(pay({ price: priced, surchargeHundredths: 300n })));
    expect(text).toContain('Credit card surcharge (3%) $0.75');
    expect(text).toContain('With a debit or prepaid card you pay less');
    expect(text).toContain('Pay $25.75');
    expect(draw(pay())).toContain('<div id="line-surcharge" hidden>');
    expect(draw(pay())).toContain('<div id="line-tax" hidden>');
    const taxed = price({ currency: 'USD', subtotalMinor: 2500n, taxMinor: 222n, funding: 'credit' });
    expect(draw(pay({ price: taxed }))).toContain('<div id="line-tax"><dt>Tax</dt><dd>$2.22</dd>');
  });

  test('writes amounts of every size and currency exactly', () => {
    const amount = (currency: string, subtotalMinor: bigint): string =>
      words(draw(pay({ price: price({ currency, subtotalMinor, funding: 'credit' }) })));
    expect(amount('JPY', 1000n)).toContain('Pay ¥1,000');
    expect(amount('KWD', 1265n)).toMatch(/Pay KWD.1\.265/);
    expect(amount('USD', 102999999n)).toContain('Pay $1,029,999.99');
  });

  test('carries no style, handler or executable script of its own', () => {
    const page = draw(pay({ look: lookOf({ primaryColor: '#c2410c' }, false) }));
    expect(page).not.toMatch(/<[^>]+\s(style|on[a-z]+)=/i);
    expect(page).not.toContain('<style');
    const scripts = [...page.matchAll(/<script ([^>]*)>/g)].map(([, attributes]) => attributes);
    expect(scripts).toEqual([
      'type="application/json" id="facts"',
      `type="module" src="${assets.checkoutScript.url}" integrity="${assets.checkoutScript.integrity}" blocking="render"`,
    ]);
  });
});

describe('merchant text', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '</script><script>alert(1)</script>',
    '<!--<script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '&lt;b&gt;',
    '{{constructor}} {amount} $& $1',
  ];

  test.each(hostile)('%s stays text everywhere', (merchantName) => {
    const look = lookOf({ cancelButtonText: merchantName, fontFamily: merchantName }, false);
    const item = {
      name: merchantName,
      description: merchantName,
      discountLabel: merchantName,
      quantity: 1,
      priceMinor: 1n,
    };
    const plain = draw(pay({ items: [{ ...item, name: 'x', description: 'x', discountLabel: 'x' }] }));
    const page = draw(pay({ merchantName, look, items: [item] }));
    const tags = (text: string): number => text.match(/<\/?[a-z!]/gi)?.length ?? 0;
    expect(tags(page)).toBe(tags(plain));
    const block = /<script type="application\/json" id="facts">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(block).variables['--font']).toBe(merchantName);
    const escaped = merchantName
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
    expect(page).toContain(`<span class="shop-name">${escaped}</span>`);
  });
});

describe('appearance', () => {
  test('becomes custom properties, with names that cannot leave the list', () => {
    const { variables } = lookOf(
      {
        primaryColor: '#c2410c',
        borderRadius: 'full',
        fontSize: 'lg',
        logoMaxHeight: 32,
        cssVariables: { 'page-background': '#fed7aa', '--x': '1' },
      },
      false,
    );
    expect(variables).toEqual({
      '--accent': '#c2410c',
      '--radius': '999px',
      '--font-size': '18px',
      '--logo-height': '32px',
      '--page-background': '#fed7aa',
      '--x': '1',
    });
  });

  test('is light where the merchant chose colours without a theme, else as the customer likes it', () => {
    expect(lookOf({}, false).theme).toBe('auto');
    expect(lookOf({ textColor: '#000' }, false).theme).toBe('light');
    expect(lookOf({ textColor: '#fff', theme: 'dark' }, false).theme).toBe('dark');
  });

  test('hides the header, the name and the brand line when asked to', () => {
    const look = lookOf(
      { hideBranding: true, showMerchantName: false, logoUrl: 'https://cdn.example/logo.png' },
      false,
    );
    const page = draw(pay({ look }));
    expect(page).toContain('<img class="logo" src="https://cdn.example/logo.png" alt="Blue Kettle"');
    expect(page).not.toContain('shop-name');
    expect(page).not.toContain('Powered by');
    expect(draw(pay({ look: lookOf({}, true) }))).not.toContain('<header');
  });
});

describe('pages of sessions that cannot be paid', () => {
  const href = 'https://shop.example/back?a=1&b=2';
  const link = 'href="https://shop.example/back?a=1&amp;b=2"';

  test('completed, cancelled, expired and review lead to where the contract says', () => {
    const page = { language, assets, view: shop(), href };
    for (const drawn of [
      completedPage({ ...page, amount: '$18.40' }),
      cancelledPage(page),
      expiredPage(page),
      reviewPage(page),
    ]) {
      expect(drawn).toContain(link);
      expect(drawn.match(/<a /g)).toHaveLength(1);
    }
    expect(words(completedPage({ ...page, amount: '$18.40' }))).toContain('Already paid');
    expect(words(reviewPage(page))).toContain('session_1');
  });

  test('processing asks not to pay again and gives the script what it needs to ask', () => {
    const page = processingPage({ language, assets, view: shop(), credential: 'pc_x' });
    expect(words(page)).toContain('do not pay again');
    expect(page).toContain('{"sessionId":"session_1","credential":"pc_x"');
    expect(page).not.toContain('<a ');
  });

  test.each(['unknown', 'busy', 'broken'] as const)('the generic page "%s" names no shop and links nowhere', (kind) => {
    const page = genericPage(language, assets, kind);
    expect(page).not.toContain('<a ');
    expect(page).not.toContain('<header');
  });

  test('the error page shows our text for the code, and a button only to an address it is given', () => {
    const page = errorPage({ language, assets, code: 'AUTH_ERROR', cancelUrl: href });
    expect(words(page)).toContain('Payment service authentication failed');
    expect(words(page)).toContain('Return to Store');
    expect(page).toContain(link);
    expect(errorPage({ language, assets, code: undefined, cancelUrl: undefined })).not.toContain('<a ');
  });
});
