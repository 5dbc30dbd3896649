import { expect, test } from 'vitest';
import { defaultMasking } from './mask.ts';
import { parseMasking } from './masking-config.ts';

const fallback = defaultMasking(16);

test('without a wish the default holds', () => {
  expect(parseMasking(undefined, fallback)).toBe(fallback);
  expect(parseMasking({ cardNumber: {} }, fallback)).toEqual(fallback);
});

test('a wish replaces only what it names', () => {
  expect(parseMasking({ cardNumber: { showFirst: 2, maskChar: 'X' } }, fallback)).toEqual({
    showFirst: 2,
    showLast: 4,
    maskChar: 'X',
  });
});

test.each([
  [{ showFirst: 7 }],
  [{ showLast: 5 }],
  [{ showFirst: -1 }],
  [{ showFirst: 1.5 }],
  [{ showFirst: '6' }],
  [{ maskChar: '' }],
  [{ maskChar: '**' }],
  [{ maskChar: '7' }],
  [{ maskChar: ' ' }],
  [{ maskChar: '\u0007' }],
  ['full'],
])('%j is refused', (cardNumber) => {
  expect(parseMasking({ cardNumber }, fallback)).toBeUndefined();
});
