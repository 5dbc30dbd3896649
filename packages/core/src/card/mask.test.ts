import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskDigits } from './mask.ts';

test('a mask keeps the length and never shows more than the first six and last four', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{13,19}$/), fc.nat(6), fc.nat(4), (digits, showFirst, showLast) => {
      const masked = maskDigits(digits, { showFirst, showLast, maskChar: '*' });
      expect(masked).toHaveLength(digits.length);
      expect(masked).toMatch(/^[0-9]{0,6}\*{3,}[0-9]{0,4}$/);
    }),
  );
});
