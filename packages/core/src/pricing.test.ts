import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Funding } from './card/funding.ts';
import { formatMoney, parseMoney, parsePositiveMoney } from './money.ts';
import { price } from './pricing.ts';
import { surchargePercent } from './surcharge.ts';
import { formatTaxRate, taxOn, taxRow } from './tax.ts';
import { readAll } from './validation.ts';

interface Golden {
  readonly currency: string;
  /** Lines as [price, quantity]. */
  readonly lines: readonly (readonly [price: string, quantity: number])[];
  readonly tax?: string;
  readonly surcharge?: string;
  readonly tip?: string;
  readonly cards: readonly Funding[];
  /** Subtotal, tax, surcharge, tip, total. */
  readonly expected: string;
}

const any: readonly Funding[] = ['credit', 'debit', 'prepaid', 'unknown'];
const others: readonly Funding[] = ['debit', 'prepaid', 'unknown'];
const credit: readonly Funding[] = ['credit'];
const one = (amount: string) => [[amount, 1]] as const;

// Contract 6.6, G1 to G22. Exempt sales and donations (G13, G18) are those the tax provider is not asked about.
const golden: Readonly<Record<string, Golden>> = {
  G1: { currency: 'USD', lines: one('55.00'), cards: any, expected: '55.00 0.00 0.00 0.00 55.00' },
  G2: { currency: 'USD', lines: [['149.99', 3]], cards: any, expected: '449.97 0.00 0.00 0.00 449.97' },
  G3: { currency: 'USD', lines: one('25'), surcharge: '3.00', cards: credit, expected: '25.00 0.00 0.75 0.00 25.75' },
  G4: { currency: 'USD', lines: one('25'), surcharge: '3.00', cards: others, expected: '25.00 0.00 0.00 0.00 25.00' },
  G5: {
    currency: 'USD',
    lines: one('10.50'),
    surcharge: '3.00',
    cards: credit,
    expected: '10.50 0.00 0.32 0.00 10.82',
  },
  G6: {
    currency: 'USD',
    lines: one('10.49'),
    surcharge: '3.00',
    cards: credit,
    expected: '10.49 0.00 0.31 0.00 10.80',
  },
  G7: { currency: 'USD', lines: one('0.16'), surcharge: '3.00', cards: credit, expected: '0.16 0.00 0.00 0.00 0.16' },
  G8: { currency: 'USD', lines: one('0.17'), surcharge: '3.00', cards: credit, expected: '0.17 0.00 0.01 0.00 0.18' },
  G9: { currency: 'JPY', lines: one('1000'), surcharge: '3.00', cards: credit, expected: '1000 0 30 0 1030' },
  G10: {
    currency: 'JPY',
    lines: one('1050.00'),
    tax: '10',
    surcharge: '3.00',
    cards: credit,
    expected: '1050 105 32 0 1187',
  },
  G11: {
    currency: 'KWD',
    lines: one('1.234'),
    surcharge: '2.50',
    cards: credit,
    expected: '1.234 0.000 0.031 0.000 1.265',
  },
  G12: {
    currency: 'USD',
    lines: one('100'),
    tax: '8.875',
    surcharge: '3.00',
    tip: '5',
    cards: credit,
    expected: '100.00 8.88 3.00 5.00 116.88',
  },
  G13: {
    currency: 'USD',
    lines: one('100'),
    surcharge: '3.00',
    tip: '5',
    cards: credit,
    expected: '100.00 0.00 3.00 5.00 108.00',
  },
  G14: {
    currency: 'USD',
    lines: one('100'),
    tax: '8.875',
    surcharge: '3.00',
    tip: '5',
    cards: ['debit'],
    expected: '100.00 8.88 0.00 5.00 113.88',
  },
  G15: {
    currency: 'USD',
    lines: [
      ['5.00', 1],
      ['9.99', 1],
    ],
    surcharge: '3.00',
    cards: credit,
    expected: '14.99 0.00 0.45 0.00 15.44',
  },
  G16: { currency: 'USD', lines: one('9.99'), surcharge: '3.00', cards: credit, expected: '9.99 0.00 0.30 0.00 10.29' },
  G17: { currency: 'USD', lines: one('20'), surcharge: '3.00', cards: credit, expected: '20.00 0.00 0.60 0.00 20.60' },
  G18: { currency: 'USD', lines: one('50'), surcharge: '3.00', cards: credit, expected: '50.00 0.00 1.50 0.00 51.50' },
  G19: { currency: 'ISK', lines: one('1999'), tax: '24', cards: any, expected: '1999 480 0 0 2479' },
  G20: {
    currency: 'BHD',
    lines: [
      ['2.350', 2],
      ['0.005', 3],
    ],
    tax: '10',
    surcharge: '1.50',
    cards: credit,
    expected: '4.715 0.472 0.071 0.000 5.258',
  },
  G21: {
    currency: 'CAD',
    lines: [
      ['19.95', 2],
      ['3.50', 1],
    ],
    tax: '13',
    surcharge: '1.50',
    cards: credit,
    expected: '43.40 5.64 0.65 0.00 49.69',
  },
  G22: {
    currency: 'USD',
    lines: one('999999.99'),
    surcharge: '3.00',
    cards: credit,
    expected: '999999.99 0.00 30000.00 0.00 1029999.99',
  },
};

function minor(amount: string, currency: string): bigint {
  const parsed = parseMoney(amount, currency);
  if ('reason' in parsed) throw new Error(parsed.reason);
  return parsed.minor;
}

/** What the tax table answers: `ratePercent` has up to five decimals (contract 6.4). */
const taxOf = (subtotalMinor: bigint, ratePercent: string): bigint =>
  taxOn(subtotalMinor, readAll(taxRow, { country: 'US', ratePercent }).rate);

function priced({ currency, lines, tax = '0', surcharge = '0', tip = '0' }: Golden, funding: Funding): string {
  const subtotalMinor = lines.reduce((sum, [each, quantity]) => sum + minor(each, currency) * BigInt(quantity), 0n);
  const result = price({
    currency,
    subtotalMinor,
    taxMinor: taxOf(subtotalMinor, tax),
    surchargeHundredths: readAll(surchargePercent, surcharge),
    funding,
    tipMinor: minor(tip, currency),
  });
  const { taxMinor, surchargeMinor, tipMinor, totalMinor } = result;
  return [result.subtotalMinor, taxMinor, surchargeMinor, tipMinor, totalMinor]
    .map((part) => formatMoney(part, currency))
    .join(' ');
}

test.each(Object.entries(golden))('golden vector %s is priced as written', (_name, row) => {
  for (const funding of row.cards) expect(priced(row, funding)).toBe(row.expected);
});

const anyPrice = fc.record({
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  subtotalMinor: fc.bigInt(1n, 999_999_999n),
  taxMinor: fc.bigInt(0n, 999_999_999n),
  surchargeHundredths: fc.bigInt(0n, 300n),
  funding: fc.constantFrom<Funding>('credit', 'debit', 'prepaid', 'unknown'),
  tipMinor: fc.bigInt(0n, 999_999_999n),
});

test('the parts of a price are never negative and add up to its total', () => {
  fc.assert(
    fc.property(anyPrice, (input) => {
      const { currency, totalMinor, ...parts } = price(input);
      const amounts = Object.values(parts);
      expect(amounts.every((amount) => amount >= 0n)).toBe(true);
      expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(totalMinor);
      expect(currency).toBe(input.currency);
    }),
  );
});

test('a quote as for a credit card is never below what another card is charged', () => {
  fc.assert(
    fc.property(anyPrice, (input) => {
      expect(price({ ...input, funding: 'credit' }).totalMinor).toBeGreaterThanOrEqual(price(input).totalMinor);
    }),
  );
});

test.each<[amount: unknown, currency: string, reason: string]>([
  [10.075, 'USD', 'USD allows at most 2 decimals'],
  ['1,000.00', 'USD', 'must be a decimal number such as "25.00"'],
  ['1e3', 'USD', 'must be a decimal number such as "25.00"'],
  ['+5', 'USD', 'must be a decimal number such as "25.00"'],
  ['-5', 'USD', 'must be a decimal number such as "25.00"'],
  [' ', 'USD', 'must be a decimal number such as "25.00"'],
  [0, 'USD', 'must be greater than 0'],
  ['0.00', 'USD', 'must be greater than 0'],
  ['1000.50', 'JPY', 'JPY allows at most 0 decimals'],
  [1_000_000, 'USD', 'must be at most 999999.99 USD'],
])('the amount %j %s is refused', (amount, currency, reason) => {
  expect(parsePositiveMoney(amount, currency)).toEqual({ reason });
});

const exponents = { USD: 2, JPY: 0, KWD: 3 } as const;
const anySale = fc.record({
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  lines: fc.array(fc.tuple(fc.bigInt(0n, 500_000n), fc.bigInt(1n, 99n)), { minLength: 1, maxLength: 20 }),
  taxRate: fc.bigInt(0n, 10_000_000n),
  surchargeHundredths: fc.bigInt(0n, 300n),
});

test('a decimal library that knows nothing of minor units comes to the same price', () => {
  fc.assert(
    fc.property(anySale, ({ currency, lines, taxRate, surchargeHundredths }) => {
      const exponent = exponents[currency as keyof typeof exponents];
      const subtotalMinor = lines.reduce((sum, [each, quantity]) => sum + each * quantity, 0n);
      const ours = price({
        currency,
        subtotalMinor,
        taxMinor: taxOn(subtotalMinor, taxRate),
        surchargeHundredths,
        funding: 'credit',
      });
      const subtotal = lines.reduce(
        (sum, [each, quantity]) => sum.plus(new Decimal(formatMoney(each, currency)).times(quantity.toString())),
        new Decimal(0),
      );
      const share = (percent: Decimal.Value): Decimal =>
        subtotal.times(percent).div(100).toDecimalPlaces(exponent, Decimal.ROUND_HALF_UP);
      const [tax, surcharge] = [share(formatTaxRate(taxRate)), share(Number(surchargeHundredths) / 100)];
      const theirs = [subtotal, tax, surcharge, subtotal.plus(tax).plus(surcharge)];
      expect([ours.subtotalMinor, ours.taxMinor, ours.surchargeMinor, ours.totalMinor].map(written(currency))).toEqual(
        theirs.map((amount) => amount.toFixed(exponent)),
      );
    }),
  );
});

const written =
  (currency: string) =>
  (minor: bigint): string =>
    formatMoney(minor, currency);

test('the order of the items does not matter', () => {
  fc.assert(
    fc.property(anySale, fc.integer(), ({ currency, lines, taxRate }, seed) => {
      const shuffled = [...lines].sort((a, b) => Number((a[0] ^ BigInt(seed)) - (b[0] ^ BigInt(seed))));
      const of = (cart: typeof lines) => {
        const subtotalMinor = cart.reduce((sum, [each, quantity]) => sum + each * quantity, 0n);
        return price({ currency, subtotalMinor, taxMinor: taxOn(subtotalMinor, taxRate), funding: 'credit' });
      };
      expect(of(shuffled)).toEqual(of(lines));
    }),
  );
});
