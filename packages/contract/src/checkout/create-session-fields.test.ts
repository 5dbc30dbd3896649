// Every field of contract 1.1 wrong in every documented way, and what right input becomes.
import { CURRENCIES } from '@ozura/core/currencies';
import { Refusal } from '@ozura/core/errors';
import { Intake, readAll } from '@ozura/core/validation';
import { describe, expect, test } from 'vitest';
import { createSessionFields } from './create-session-fields.ts';
import type { SessionRequest } from './session-request.ts';
import type { CreateSettings } from './settings.ts';

const base = {
  merchantId: 'ozu_bluekettle',
  merchantName: 'Blue Kettle',
  amount: '18.40',
  successUrl: 'https://shop.example/thanks',
  cancelUrl: 'https://shop.example/cart',
  errorUrl: 'https://shop.example/error',
};

const settings: CreateSettings = {
  mode: 'test',
  now: () => Date.parse('2026-03-04T09:30:00Z'),
  currencies: CURRENCIES,
  checkoutUrl: 'http://localhost:4000',
  allowedReturnHosts: (merchantId) => (merchantId === 'ozu_strict' ? ['shop.example'] : []),
};

interface Outcome {
  readonly request?: SessionRequest;
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

function read(change: object, mode: 'test' | 'live' = 'test', more: Partial<CreateSettings> = {}): Outcome {
  const intake = new Intake();
  try {
    const request = readAll(createSessionFields({ ...settings, mode, ...more }), { ...base, ...change }, intake);
    return { request, failures: [], warnings: intake.warnings };
  } catch (error) {
    const { message, options } = error as Refusal;
    return { failures: options.details ?? [message], warnings: intake.warnings };
  }
}

const url = 'must be an absolute https URL';
const money = 'must be a decimal number such as "25.00"';
const donation = (donationConfig: object) => ({ amount: undefined, checkoutMode: 'donation', donationConfig });
const plan = { planName: 'Tea club', interval: 'monthly', startDate: '2026-03-04' };
const recurring = (change: object) => ({ checkoutMode: 'recurring', recurringConfig: { ...plan, ...change } });
const item = { name: 'Kettle', price: '18.40', quantity: 1 };
const items = (change: object) => ({ amount: undefined, items: [{ ...item, ...change }] });
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });

const WRONG: [change: object, ...failures: string[]][] = [
  [{ merchantId: undefined }, 'merchantId: is required'],
  [{ merchantId: null }, 'merchantId: is required'],
  [{ merchantId: 7 }, 'merchantId: must be a string'],
  [{ merchantId: '' }, 'merchantId: must be 1-30 letters, digits, "_" or "-"'],
  [{ merchantId: 'x'.repeat(31) }, 'merchantId: must be 1-30 letters, digits, "_" or "-"'],
  [{ merchantId: 'a b' }, 'merchantId: must be 1-30 letters, digits, "_" or "-"'],
  [{ merchantName: undefined }, 'merchantName: is required'],
  [{ merchantName: '  ' }, 'merchantName: must be 1-200 characters'],
  [{ merchantName: 'x'.repeat(201) }, 'merchantName: must be 1-200 characters'],
  [{ merchantName: 'a\u0007b' }, 'merchantName: must not contain control characters'],
  [{ merchantName: ['x'] }, 'merchantName: must be a string'],
  [{ amount: undefined }, 'amount: is required when items is not provided'],
  ...['1,000.00', '1e3', '+5', '-5', ' ', '', '1.', '.5', true, {}, [1], Number.POSITIVE_INFINITY, 1e21, 0.1 + 0.2].map(
    (amount): [object, string] => [{ amount }, `amount: ${money}`],
  ),
  [{ amount: 0 }, 'amount: must be greater than 0'],
  [{ amount: -0 }, 'amount: must be greater than 0'],
  [{ amount: '0.00' }, 'amount: must be greater than 0'],
  [{ amount: 10.075 }, 'amount: USD allows at most 2 decimals'],
  [{ amount: '1000.50', currency: 'JPY' }, 'amount: JPY allows at most 0 decimals'],
  [{ amount: 1_000_000 }, 'amount: must be at most 999999.99 USD'],
  [{ amount: '12.345', currency: 'ZZZ' }, 'currency: must be a supported ISO 4217 currency'],
  [{ amount: 'x', currency: 'ZZZ' }, `amount: ${money}`, 'currency: must be a supported ISO 4217 currency'],
  [{ ...items({ price: 766_773_955 }), currency: 'ZZZ' }, 'currency: must be a supported ISO 4217 currency'],
  [{ ...donation({ presets: [1e9, 2e9] }), currency: 'ZZZ' }, 'currency: must be a supported ISO 4217 currency'],
  [
    { ...recurring({ setupFee: 1e9, initialAmount: 2e9, initialCycles: 2 }), currency: 'ZZZ' },
    'currency: must be a supported ISO 4217 currency',
  ],
  [{ currency: 'XAU' }, 'currency: must be a supported ISO 4217 currency'],
  [{ currency: 'u\u017fd' }, 'currency: must be a supported ISO 4217 currency'],
  [{ currency: 840 }, 'currency: must be a supported ISO 4217 currency'],
  ...['successUrl', 'cancelUrl', 'errorUrl'].flatMap((name): [object, string][] => [
    [{ [name]: undefined }, `${name}: is required`],
    [{ [name]: 1 }, `${name}: must be a string`],
    [{ [name]: '' }, `${name}: ${url}`],
    [{ [name]: '/thanks' }, `${name}: ${url}`],
    [{ [name]: 'javascript:alert(1)' }, `${name}: ${url}`],
    [{ [name]: 'data:text/html,x' }, `${name}: ${url}`],
    [{ [name]: 'https://' }, `${name}: ${url}`],
    [{ [name]: 'https:///shop.example' }, `${name}: ${url}`],
    [{ [name]: 'https://shop example/' }, `${name}: ${url}`],
    [{ [name]: 'https:\\\\shop.example' }, `${name}: ${url}`],
    [{ [name]: 'https://shop.example/a\\b' }, `${name}: ${url}`],
    [{ [name]: 'https://shop.example/a\tb' }, `${name}: must not contain control characters`],
    [{ [name]: 'https://me:pw@shop.example/' }, `${name}: must not contain credentials`],
    [{ [name]: `https://shop.example/${'x'.repeat(2048)}` }, `${name}: must be at most 2048 characters`],
    ...['ozu_strict', ' ozu_strict '].map((merchantId): [object, string] => [
      { merchantId, [name]: 'https://evil.example/' },
      `${name}: host is not allowed for this merchant`,
    ]),
  ]),
  [{ embedMode: 'modal' }, 'embedMode: must be one of redirect, popup, iframe, new_tab'],
  [{ embedMode: 1 }, 'embedMode: must be a string'],
  [{ embedMode: 'popup' }, 'parentOrigin: is required when embedMode is "popup" or "iframe"'],
  [{ embedMode: 'iframe' }, 'parentOrigin: is required when embedMode is "popup" or "iframe"'],
  ...[
    '*',
    'null',
    'https://*.shop.example',
    'https://a;b',
    "https://'self'",
    'https://shop.example/x',
    'https://a@shop.example',
    'ftp://shop.example',
    'shop.example',
    `https://${'a'.repeat(250)}.example`,
    '',
  ].map((parentOrigin): [object, string] => [
    { embedMode: 'iframe', parentOrigin },
    'parentOrigin: must be a bare origin such as https://shop.example',
  ]),
  [{ checkoutMode: 'gift' }, 'checkoutMode: must be one of payment, donation, recurring'],
  [{ checkoutMode: 'recurring' }, 'recurringConfig: is required when checkoutMode is "recurring"'],
  [{ recurringConfig: plan }, 'recurringConfig: only allowed when checkoutMode is "recurring"'],
  [{ donationConfig: {} }, 'donationConfig: only allowed when checkoutMode is "donation"'],
  ...[3.01, '-1', 'x', true].map((surchargePercent): [object, string] => [
    { surchargePercent },
    'surchargePercent: must be between 0 and 3.00',
  ]),
  [{ surchargePercent: '2.999' }, 'surchargePercent: at most 2 decimals'],
  [{ transactionChannel: 'phone' }, 'transactionChannel: must be one of ecommerce, moto'],
  [{ taxExempt: 'true' }, 'taxExempt: must be a boolean'],
  [{ items: {} }, 'items: must be an array'],
  [{ items: [] }, 'items: must have 1-100 entries'],
  [{ amount: undefined, items: new Array(101).fill(item) }, 'items: must have 1-100 entries'],
  [{ items: [null] }, 'items[0]: is required'],
  [{ items: ['x'] }, 'items[0]: must be an object'],
  [{ amount: '19.00', items: [item] }, 'amount: does not equal the sum of items (18.40)'],
  [items({ price: 0 }), 'items: total must be greater than 0'],
  [items({ price: '999999.99', quantity: 2 }), 'items: total must be at most 999999.99 USD'],
  [items({ name: undefined }), 'items[0].name: is required'],
  [items({ name: 'x'.repeat(201) }), 'items[0].name: must be 1-200 characters'],
  [items({ price: undefined }), 'items[0].price: is required'],
  [items({ price: '1.234' }), 'items[0].price: USD allows at most 2 decimals'],
  [items({ quantity: 0 }), 'items[0].quantity: must be between 1 and 9999'],
  [items({ quantity: 1.5 }), 'items[0].quantity: must be an integer'],
  [items({ quantity: '1' }), 'items[0].quantity: must be an integer'],
  [items({ productId: 'x'.repeat(101) }), 'items[0].productId: must be 1-100 characters'],
  [items({ imageUrl: 'http://shop.example/k.png' }), `items[0].imageUrl: ${url}`],
  [items({ originalPrice: '18.39' }), 'items[0].originalPrice: must not be below price'],
  [
    items({ originalPrice: '18.39', sku: 'x'.repeat(101), imageUrl: 'https://a;script-src/x.png' }),
    `items[0].imageUrl: ${url}`,
    'items[0].originalPrice: must not be below price',
    'items[0].sku: must be at most 100 characters',
  ],
  [items({ discountLabel: 'x'.repeat(41) }), 'items[0].discountLabel: must be 1-40 characters'],
  [items({ description: 'x'.repeat(501) }), 'items[0].description: must be at most 500 characters'],
  [items({ sku: 'x'.repeat(101) }), 'items[0].sku: must be at most 100 characters'],
  [
    {
      amount: undefined,
      items: [1, 2, 3, 4, 5, 6].map((n) => ({ ...item, imageUrl: `https://img${n}.example/k.png` })),
    },
    'items: at most 5 image origins',
  ],
  [{ ...recurring({}), items: [item] }, 'items: not allowed when checkoutMode is "recurring"'],
  [{ ...donation({}), items: [item] }, 'items: not allowed when checkoutMode is "donation"'],
  [{ metadata: 'x' }, 'metadata: must be an object'],
  [{ metadata: [] }, 'metadata: must be an object'],
  [{ metadata: { a: 'x'.repeat(10_240) } }, 'metadata: must be at most 10240 bytes'],
  [{ metadata: nested(9) }, 'metadata: must be at most 8 levels deep'],
  [{ metadata: { a: [{ b: Number.POSITIVE_INFINITY }] } }, 'metadata: numbers must be finite'],
  [{ metadata: { ['x'.repeat(129)]: 1 } }, 'metadata: names must be 1-128 characters'],
  [{ metadata: { a: [{ note: 'card 4242 4242 4242 4242' }] } }, 'metadata.a[0].note: must not contain a card number'],
  [{ metadata: { n: 4242424242424242 } }, 'metadata.n: must not contain a card number'],
  [{ metadata: { '4242424242424242': 1 } }, 'metadata: must not contain a card number'],
  [{ merchantName: '4242-4242-4242-4242' }, 'merchantName: must not contain a card number'],
  [{ appearance: 'dark' }, 'appearance: must be an object'],
  [{ appearance: { primaryColor: 'blurple' } }, 'appearance.primaryColor: must be a CSS colour'],
  [{ appearance: { textColor: '#12345' } }, 'appearance.textColor: must be a CSS colour'],
  [{ appearance: { textColor: 'url(x)' } }, 'appearance.textColor: must be a CSS colour'],
  [{ appearance: { cancelButtonText: '' } }, 'appearance.cancelButtonText: must be 1-40 characters'],
  [{ appearance: { borderRadius: 'round' } }, 'appearance.borderRadius: must be one of none, sm, base, lg, xl, full'],
  [
    { appearance: { fontFamily: 'a;b' } },
    'appearance.fontFamily: must be 1-100 letters, digits, spaces, commas, dashes or quotes',
  ],
  [{ appearance: { fontSize: 16 } }, 'appearance.fontSize: must be a string'],
  [{ appearance: { logoUrl: 'http://shop.example/l.png' } }, `appearance.logoUrl: ${url}`],
  [{ appearance: { logoPosition: 'left' } }, 'appearance.logoPosition: must be one of inline, top'],
  [
    { appearance: { logoMaxHeight: 15 } },
    'appearance.logoMaxHeight: must be an integer between 16 and 200, or one of sm, md, lg',
  ],
  [{ appearance: { showMerchantName: 'no' } }, 'appearance.showMerchantName: must be a boolean'],
  [{ appearance: { cssVariables: [] } }, 'appearance.cssVariables: must be an object'],
  [{ appearance: { cssVariables: { A: 'x' } } }, 'appearance.cssVariables.A: must be named like "page-background"'],
  [
    { appearance: { cssVariables: { '4242424242424242': 'x' } } },
    'appearance.cssVariables.…: must be named like "page-background"',
  ],
  ...['red;', 'url(x)', 'a{b', '</style>', 'expression(1)', 'a/*b*/', '@import'].map((value): [object, string] => [
    { appearance: { cssVariables: { x: value } } },
    'appearance.cssVariables.x: must be a plain CSS value',
  ]),
  [{ appearance: { theme: 'night' } }, 'appearance.theme: must be one of light, dark, auto'],
  [{ idempotencyKey: '' }, 'idempotencyKey: must be 1-255 printable ASCII characters'],
  [{ idempotencyKey: 'é' }, 'idempotencyKey: must be 1-255 printable ASCII characters'],
  [{ idempotencyKey: 'x'.repeat(256) }, 'idempotencyKey: must be 1-255 printable ASCII characters'],
  [{ allowPopup: 1 }, 'allowPopup: must be a boolean'],
  [{ hideHeader: 'yes' }, 'hideHeader: must be a boolean'],
  ...['german', 'd', 'de_DE', 7, 'en-a'].map((locale): [object, string] => [
    { locale },
    'locale: must be a language tag such as "de" or "pt-BR"',
  ]),
  [{ taxRate: 101 }, 'taxRate: must be between 0 and 100'],
  [{ taxRate: 'x' }, 'taxRate: must be between 0 and 100'],
  [{ shippingCost: -1 }, 'shippingCost: must be 0 or more'],
  [
    donation({ presets: [10, 600], minAmount: 5, maxAmount: 500 }),
    'donationConfig.presets[1]: must be between 5.00 and 500.00',
  ],
  [donation({ presets: [10, '10.00'] }), 'donationConfig.presets: must be different amounts'],
  [donation({ presets: new Array(9).fill(1) }), 'donationConfig.presets: must have 1-8 entries'],
  [
    donation({ presets: [10], defaultAmount: 12, allowCustomAmount: false }),
    'donationConfig.defaultAmount: must be one of presets when allowCustomAmount is false',
  ],
  [donation({ defaultAmount: 20_000 }), 'donationConfig.defaultAmount: must be between 1.00 and 10000.00'],
  [
    donation({ allowCustomAmount: false }),
    'donationConfig.allowCustomAmount: presets are required when allowCustomAmount is false',
  ],
  [donation({ minAmount: 0 }), 'donationConfig.minAmount: must be greater than 0'],
  [donation({ min: 10, max: 5 }), 'donationConfig.maxAmount: must not be below minAmount'],
  [recurring({ planName: undefined }), 'recurringConfig.planName: is required'],
  [recurring({ planName: 'x'.repeat(51) }), 'recurringConfig.planName: must be 1-50 characters'],
  [recurring({ interval: 'hourly' }), 'recurringConfig.interval: must be one of daily, weekly, monthly, yearly'],
  [recurring({ startDate: undefined }), 'recurringConfig.startDate: is required'],
  [recurring({ startDate: '2026-03-02' }), 'recurringConfig.startDate: must not be in the past'],
  [recurring({ startDate: '2026-02-30' }), 'recurringConfig.startDate: must be a date such as 2026-03-04'],
  [recurring({ intervalCount: 366 }), 'recurringConfig.intervalCount: must be between 1 and 365'],
  [recurring({ intervalCount: '1.5' }), 'recurringConfig.intervalCount: must be an integer'],
  [recurring({ endDate: '2026-03-04' }), 'recurringConfig.endDate: must be after startDate'],
  [recurring({ maxCycles: 0 }), 'recurringConfig.maxCycles: must be between 1 and 1000'],
  [recurring({ setupFee: -1 }), `recurringConfig.setupFee: ${money}`],
  [recurring({ initialAmount: 5 }), 'recurringConfig: initialAmount and initialCycles go together'],
  [
    recurring({ initialCycles: 101, planName: 7 }),
    'recurringConfig.planName: must be a string',
    'recurringConfig.initialCycles: must be between 1 and 100',
    'recurringConfig: initialAmount and initialCycles go together',
  ],
  [recurring({ initialAmount: 0, initialCycles: 1 }), 'recurringConfig: the first charge must be greater than 0'],
  [
    { ...recurring({ surchargePercent: 1 }), surchargePercent: 2 },
    'recurringConfig.surchargePercent: must equal surchargePercent',
  ],
  [
    recurring({ merchantRecurringReference: 'x'.repeat(51) }),
    'recurringConfig.merchantRecurringReference: must be 1-50 characters',
  ],
];

test.each(WRONG)('%j is refused', (change, ...failures) => {
  expect(read(change).failures).toEqual(failures);
});

test('metadata of any depth is refused by its depth', () => {
  expect(read({ metadata: nested(8) }).failures).toEqual([]);
  expect(read({ metadata: nested(5_000) }).failures).toEqual(['metadata: must be at most 8 levels deep']);
});

test('all failing fields are named, in the order of the table', () => {
  const body = { hideHeader: 1, locale: 'x', items: [{ quantity: 0 }], currency: 'nope', embedMode: 'iframe' };
  const intake = new Intake();
  expect(() => readAll(createSessionFields(settings), body, intake)).toThrow(Refusal);
  expect(intake.failures).toEqual([
    'merchantId: is required',
    'merchantName: is required',
    'currency: must be a supported ISO 4217 currency',
    'successUrl: is required',
    'cancelUrl: is required',
    'errorUrl: is required',
    'parentOrigin: is required when embedMode is "popup" or "iframe"',
    'items[0].name: is required',
    'items[0].price: is required',
    'items[0].quantity: must be between 1 and 9999',
    'hideHeader: must be a boolean',
    'locale: must be a language tag such as "de" or "pt-BR"',
  ]);
});

describe('what is accepted', () => {
  test('defaults are applied', () => {
    const { request, warnings } = read({});
    expect(warnings).toEqual([]);
    expect(request).toMatchObject({
      amountMinor: 1840n,
      subtotalMinor: 1840n,
      currency: 'USD',
      embedMode: 'redirect',
      checkoutMode: 'payment',
      transactionChannel: 'ecommerce',
      taxExempt: false,
      metadata: {},
      allowPopup: true,
      hideHeader: false,
      locale: 'auto',
    });
    expect(request?.surchargeHundredths).toBeUndefined();
  });

  test.each([
    [25, 'usd', 2500n],
    ['25.5', 'Eur', 2550n],
    ['1000.00', 'JPY', 1000n],
    [1.234, 'kwd', 1234n],
    ['999999.99', 'USD', 99_999_999n],
  ])('%s %s is %s minor units', (amount, currency, minor) => {
    expect(read({ amount, currency }).request?.amountMinor).toBe(minor);
  });

  test('items are summed, and images of five origins are fine', () => {
    const { request, warnings } = read({
      amount: '449.97',
      items: [
        { name: 'Kettle', price: 149.99, quantity: 3, originalPrice: '199', imageUrl: 'http://localhost/k.png', x: 1 },
      ],
    });
    expect(request).toMatchObject({
      amountMinor: 44_997n,
      items: [{ priceMinor: 14_999n, originalPriceMinor: 19_900n }],
    });
    expect(warnings).toEqual(['items[0].x: unknown field ignored']);
  });

  test('plain http is for loopback in live mode and for any host in test mode', () => {
    expect(read({ successUrl: 'http://shop.example/' }).failures).toEqual([]);
    expect(read({ successUrl: 'http://localhost:3000/a' }, 'live').failures).toEqual([]);
    expect(read({ successUrl: 'http://shop.example/' }, 'live').failures).toEqual([`successUrl: ${url}`]);
    expect(read(items({ imageUrl: 'http://localhost/k.png' }), 'live').failures).toEqual([`items[0].imageUrl: ${url}`]);
    expect(read({ merchantId: 'ozu_strict', errorUrl: 'http://localhost:4000/error' }).failures).toEqual([]);
  });

  test('addresses are kept in canonical form, origins without a slash', () => {
    const { request } = read({
      successUrl: 'HTTPS://Shop.Example:443/a b?x=1#f',
      embedMode: 'iframe',
      parentOrigin: 'https://Shop.Example//',
    });
    expect(request?.successUrl).toBe('https://shop.example/a%20b?x=1#f');
    expect(request?.parentOrigin).toBe('https://shop.example');
  });

  test('reserved names are dropped from the top of metadata only', () => {
    const { request, warnings } = read({
      metadata: { cart: 'c', apiKey: 's', inner: { waxKey: 1 }, paymentLinkId: 2 },
    });
    expect(request?.metadata).toEqual({ cart: 'c', inner: { waxKey: 1 } });
    expect(warnings).toEqual([
      'metadata.apiKey: reserved name ignored',
      'metadata.paymentLinkId: reserved name ignored',
    ]);
  });

  test('what has no effect is said to be ignored', () => {
    expect(
      read({ parentOrigin: 'x', taxRate: '8.5', shippingCost: 0, colour: 1, appearance: { x: 1 } }).warnings,
    ).toEqual([
      'parentOrigin: ignored when embedMode is "redirect"',
      'appearance.x: unknown field ignored',
      'taxRate: deprecated and ignored',
      'shippingCost: deprecated and ignored',
      'colour: unknown field ignored',
    ]);
    expect(read({ ...donation({}), amount: 'x' }).warnings).toEqual([
      'amount: ignored when checkoutMode is "donation"',
    ]);
    expect(read(recurring({ x: 1 })).warnings).toEqual(['recurringConfig.x: unknown field ignored']);
  });

  test('where dollars are not offered the currency has to be said', () => {
    const euros = { currencies: new Set(['EUR']) };
    expect(read({ currency: undefined }, 'test', euros).failures).toEqual([
      'currency: must be a supported ISO 4217 currency',
    ]);
    expect(read({ currency: 'eur' }, 'test', euros).request?.currency).toBe('EUR');
  });

  test('a deprecated field may be any number of its range', () => {
    for (const fields of [
      { taxRate: 7.000000000000001, shippingCost: 1e21 },
      { taxRate: '8.3333333333', shippingCost: 0 },
    ]) {
      expect(read(fields).failures).toEqual([]);
    }
  });

  test('text that is hard to read on its background is accepted with a warning', () => {
    expect(read({ appearance: { textColor: '#777', backgroundColor: 'white' } }).warnings).toEqual([
      'appearance.textColor: contrast 4.4:1 is below 4.5:1',
    ]);
    expect(read({ appearance: { textColor: '#111', inputBackgroundColor: '#000' } }).warnings).toEqual([
      'appearance.inputBackgroundColor: contrast 1.1:1 is below 4.5:1',
    ]);
    expect(read({ appearance: { buttonTextColor: 'yellow', primaryColor: 'hsl(60 100% 90%)' } }).warnings).toHaveLength(
      1,
    );
    expect(read({ appearance: { textColor: 'black', backgroundColor: 'rgb(255 255 255 / 50%)' } }).warnings).toEqual(
      [],
    );
  });

  test.each([
    ['a pale text', { textColor: '#bbb' }, ['textColor: contrast 1.9:1']],
    ['a dark card', { backgroundColor: '#222' }, ['textColor: contrast 1.0:1']],
    ['a dark card with the dark theme', { backgroundColor: '#222', theme: 'dark' }, []],
    [
      'a text that only one of two themes can show',
      { textColor: '#222', theme: 'auto' },
      ['textColor: contrast 1.0:1'],
    ],
    ['a dark field', { inputBackgroundColor: '#333' }, ['inputBackgroundColor: contrast 1.3:1']],
    ['a button text like the button', { buttonTextColor: '#2447c8' }, ['buttonTextColor: contrast 1.0:1']],
    ['any button, whose text is chosen for it', { primaryColor: '#777' }, []],
    ['a pale way out', { cancelButtonTextColor: '#ccc' }, ['cancelButtonTextColor: contrast 1.6:1']],
    ['a way out on red', { cancelButtonBackgroundColor: '#f00' }, ['cancelButtonBackgroundColor: contrast 1.4:1']],
    ['all colours of the theme', {}, []],
  ])('a colour is compared with the theme where its partner is not set: %s', (_, appearance, warnings) => {
    expect(read({ appearance }).warnings).toEqual(warnings.map((text) => `appearance.${text} is below 4.5:1`));
  });

  test('a donation has limits even when nothing is configured', () => {
    expect(read({ amount: undefined, checkoutMode: 'donation' }).request).toMatchObject({
      subtotalMinor: 0n,
      donationConfig: { presetsMinor: [], allowCustomAmount: true, minAmountMinor: 100n, maxAmountMinor: 1_000_000n },
    });
    expect(read({ ...donation({ min: '5', max: 500, presets: [10] }), currency: 'JPY' }).request).toMatchObject({
      donationConfig: { presetsMinor: [10n], minAmountMinor: 5n, maxAmountMinor: 500n },
    });
  });

  test('the first charge of a plan is the fee and the introductory price', () => {
    const { request } = read({
      amount: '20.00',
      ...recurring({ setupFee: 5, initialAmount: '9.99', initialCycles: '3', surchargePercent: '3' }),
    });
    expect(request).toMatchObject({ amountMinor: 2000n, subtotalMinor: 1499n, surchargeHundredths: 300n });
    expect(read(recurring({ startDate: '2026-03-03' })).failures).toEqual([]);
  });

  test('language tags are written canonically', () => {
    expect(read({ locale: 'pt-br' }).request?.locale).toBe('pt-BR');
  });
});
