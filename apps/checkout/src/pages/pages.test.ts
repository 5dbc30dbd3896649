// What the pages say and what they never do, whatever a merchant has put into them.
import { readFileSync } from 'node:fs';
import { THEME_COLOURS } from '@ozura/contract/checkout/theme-colours';
import { price } from '@ozura/core/pricing';
import { describe, expect, test } from 'vitest';
import { lookOf } from './appearance.ts';
import { bundleAssets } from './assets.ts';
import { checkoutPage } from './checkout.ts';
import { errorPage } from './error.ts';
import { languageFor } from './language.ts';
import { cancelledPage, completedPage, expiredPage, genericPage, processingPage, reviewPage } from './result.ts';
import type { PayView, PlanView, ShopView } from './view.ts';

const assets = bundleAssets();
const language = languageFor({});

const shop = (more: Partial<ShopView> = {}): ShopView => ({
  sessionId: 'session_1',
  merchantName: 'Blue Kettle',
  banner: 'testMode',
  look: lookOf({}, false),
  ...more,
});

const pay = (more: Partial<PayView> = {}): PayView => ({
  ...shop(),
  price: price({ currency: 'USD', subtotalMinor: 1840n, funding: 'credit' }),
  surchargeHundredths: 0n,
  isTaxed: true,
  items: [],
  country: 'US',
  facts: {},
  ...more,
});

test('the colours that warnings are computed with are those of the style sheet', () => {
  const style = readFileSync(new URL('./styles/page.css', import.meta.url), 'utf8');
  const colours = (name: string) => new RegExp(`--${name}: light-dark\\((.*), (.*)\\);`).exec(style)?.slice(1);
  const { light, dark } = THEME_COLOURS;
  expect(colours('ink')).toEqual([light.ink, dark.ink]);
  expect(colours('card')).toEqual([light.card, dark.card]);
  expect(colours('field')).toEqual([light.field, dark.field]);
  expect(colours('accent')).toEqual([light.button, dark.button]);
  expect(colours('button-ink')).toEqual([light.buttonInk, dark.buttonInk]);
  expect(style).toContain('--muted: color-mix(in srgb, var(--ink) 68%, var(--card));');
});

const draw = (view: PayView): string => checkoutPage({ language, assets, view });

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

  test('asks for the family name first where people say it first', () => {
    const order = (locale: string) => {
      const page = checkoutPage({ language: languageFor({ locale }), assets, view: pay() });
      return [...page.matchAll(/id="(firstName|lastName)"/g)].map(([, id]) => id);
    };
    expect(order('ja')).toEqual(['lastName', 'firstName']);
    expect(order('hu')).toEqual(['lastName', 'firstName']);
    expect(order('de')).toEqual(['firstName', 'lastName']);
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
    expect(draw(pay())).not.toMatch(/id="[a-z-]*surcharge/);
    expect(draw(pay())).toContain('<div id="line-tax" hidden>');
    const taxed = price({ currency: 'USD', subtotalMinor: 2500n, taxMinor: 222n, funding: 'credit' });
    expect(draw(pay({ price: taxed }))).toContain('<div id="line-tax"><dt>Tax</dt><dd>$2.22</dd>');
  });

  test('lets a long order scroll in its place, also by keyboard', () => {
    const item = { name: 'Cup', quantity: 1, priceMinor: 100n };
    expect(draw(pay({ items: Array(6).fill(item) }))).toContain('<ul class="items"><li>');
    expect(draw(pay({ items: Array(7).fill(item) }))).toContain(
      '<ul class="items long" tabindex="0" aria-label="Your order"><li>',
    );
  });

  test('explains the total line by line: items, tax, surcharge', () => {
    const items = [
      { name: 'Kettle', quantity: 1, priceMinor: 1240n },
      { name: 'Tea towel', quantity: 2, priceMinor: 300n },
    ];
    const priced = price({ currency: 'USD', subtotalMinor: 1840n, surchargeHundredths: 300n, funding: 'credit' });
    const page = draw(pay({ price: priced, surchargeHundredths: 300n, items }));
    expect(words(/<details[\s\S]*<\/details>/.exec(page)?.[0] ?? '').trim()).toBe(
      'Why this total? Kettle 1 × $12.40 $12.40 Tea towel 2 × $3.00 $6.00 Subtotal $18.40 ' +
        'Tax depends on your billing address $0.00 Credit card surcharge (3%) 3% of $18.40 $0.55 Total $18.95',
    );
    expect(draw(pay({ isTaxed: false }))).not.toContain('why-tax');
  });

  test('has no surcharge line while the surcharge is nothing', () => {
    const priced = price({ currency: 'USD', subtotalMinor: 16n, surchargeHundredths: 300n, funding: 'credit' });
    const page = draw(pay({ price: priced, surchargeHundredths: 300n }));
    expect(page).toContain('<div id="line-surcharge" hidden>');
    expect(page).toContain('id="surcharge-reason" hidden>');
  });

  test('writes amounts of every size and currency exactly', () => {
    const amount = (currency: string, subtotalMinor: bigint): string =>
      words(draw(pay({ price: price({ currency, subtotalMinor, funding: 'credit' }) })));
    expect(amount('JPY', 1000n)).toContain('Pay ¥1,000');
    expect(amount('KWD', 1265n)).toMatch(/Pay KWD.1\.265/);
    expect(amount('USD', 102999999n)).toContain('Pay $1,029,999.99');
    // Two decimals by ISO 4217, although nobody in Hungary has seen a fillér for decades.
    expect(amount('HUF', 123450n)).toMatch(/Pay HUF.1,234\.50/);
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

describe('a donation', () => {
  const limits = {
    presetsMinor: [500n, 2500n],
    minAmountMinor: 500n,
    maxAmountMinor: 50_000n,
    allowCustomAmount: true,
  };
  const zero = price({ currency: 'USD', subtotalMinor: 0n, funding: 'credit' });

  test('offers its amounts, and a labelled field for another one with its limits', () => {
    const page = draw(pay({ price: zero, donation: limits }));
    expect(page.match(/<input type="radio" name="preset"/g)).toHaveLength(2);
    expect(page).toContain('<label for="donationAmount">');
    expect(page).toContain('inputmode="decimal"');
    const text = words(page);
    expect(text).toContain('Donate to Blue Kettle');
    expect(text).toContain('$5.00 $25.00');
    expect(text).toContain('Between $5.00 and $500.00');
  });

  test('has the default amount chosen, whether it is offered or not', () => {
    expect(draw(pay({ price: zero, donation: { ...limits, defaultAmountMinor: 2500n } }))).toContain(
      'value="25.00" checked>',
    );
    const other = draw(pay({ price: zero, donation: { ...limits, defaultAmountMinor: 777n } }));
    expect(other).not.toContain(' checked>');
    expect(other).toMatch(/<input id="donationAmount"[^>]* value="7.77">/);
  });

  test('offers nothing else where only the offered amounts are allowed, and only the field where none are', () => {
    const fixed = draw(pay({ price: zero, donation: { ...limits, allowCustomAmount: false } }));
    expect(fixed).not.toContain('<input id="donationAmount"');
    expect(fixed).toContain('id="donationAmount" role="radiogroup"');
    const free = draw(pay({ price: zero, donation: { ...limits, presetsMinor: [] } }));
    expect(free).not.toContain('type="radio"');
    expect(free).toMatch(/<input id="donationAmount"[^>]* required/);
  });
});

describe('a plan', () => {
  const plan = {
    planName: 'Kettle Club',
    interval: 'monthly',
    intervalCount: 1,
    startDate: '2026-04-01',
    amountMinor: 2000n,
  } as const;
  const first = price({ currency: 'USD', subtotalMinor: 1499n, surchargeHundredths: 300n, funding: 'credit' });
  const say = (more: Partial<PlanView> = {}): string =>
    words(draw(pay({ price: first, surchargeHundredths: 300n, plan: { ...plan, ...more } })));

  test('says in plain words what is paid today and from then on, before the button', () => {
    const text = say({ setupFeeMinor: 500n, initialAmountMinor: 999n, initialCycles: 3 });
    for (const wanted of [
      'Start Kettle Club',
      '$15.44 First payment today',
      'Price $20.00 every month',
      'Introductory price $9.99 each for the first 3 payments',
      'Set-up fee $5.00, only with the first payment',
      'Plan start April 1, 2026',
      'End when it is cancelled',
      'Introductory price $9.99 Set-up fee $5.00 Subtotal $14.99',
      'Blue Kettle will charge this card every month, starting today: $20.00 after the introductory price. Pay $15.44 today',
    ]) {
      expect(text).toContain(wanted);
    }
  });

  test.each<[string, Partial<PlanView>]>([
    ['$20.00 every 2 weeks', { intervalCount: 2, interval: 'weekly' }],
    ['$20.00 every day, starting today', { interval: 'daily' }],
    ['$20.00 every 3 years', { interval: 'yearly', intervalCount: 3 }],
    ['$0.00 for the first payment', { initialAmountMinor: 0n, initialCycles: 1 }],
    ['End after 12 payments', { maxCycles: 12 }],
    ['End after the first payment', { maxCycles: 1 }],
    ['End no payment after February 28, 2027', { endDate: '2027-02-28' }],
    ['End after 5 payments, none after February 28, 2027', { endDate: '2027-02-28', maxCycles: 5 }],
  ])('says "%s" where that is so', (wanted, more) => {
    expect(say(more)).toContain(wanted);
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
    expect(page).toContain(`<bdi class="shop-name">${escaped}</bdi>`);
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
      '--button-ink': '#fff',
      '--radius': '999px',
      '--font-size': '18px',
      '--logo-height': '32px',
      '--page-background': '#fed7aa',
      '--x': '1',
    });
  });

  test('writes on a button what can be read on it, unless the merchant says otherwise', () => {
    const inkOf = (appearance: Parameters<typeof lookOf>[0]) => lookOf(appearance, false).variables['--button-ink'];
    expect(inkOf({ primaryColor: '#facc15' })).toBe('#10131a');
    expect(inkOf({ primaryColor: '#facc15', buttonBackgroundColor: 'navy' })).toBe('#fff');
    expect(inkOf({ primaryColor: '#facc15', buttonTextColor: 'white' })).toBe('white');
    expect(inkOf({ textColor: '#111' })).toBeUndefined();
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
    const paid = { ...page, amount: '$18.40', paymentData: {} };
    for (const drawn of [completedPage(paid), cancelledPage(page), expiredPage(page), reviewPage(page)]) {
      expect(drawn).toContain(link);
      expect(drawn.match(/<a /g)).toHaveLength(1);
    }
    expect(words(completedPage(paid))).toContain('Already paid');
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
