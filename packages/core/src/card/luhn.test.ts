import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passesLuhn } from './luhn.ts';

test('the example of the standard passes', () => {
  expect(passesLuhn('17893729974')).toBe(true);
});

const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 });

test('exactly one check digit fits any number', () => {
  fc.assert(
    fc.property(digits, (body) => {
      const fitting = [...'0123456789'].filter((check) => passesLuhn(body.join('') + check));
      expect(fitting).toHaveLength(1);
    }),
  );
});

test('a single mistyped digit is always noticed', () => {
  fc.assert(
    fc.property(digits, fc.nat(17), fc.integer({ min: 1, max: 9 }), (body, place, change) => {
      const check = [...'0123456789'].find((digit) => passesLuhn(body.join('') + digit));
      const at = place % body.length;
      const mistyped = body.with(at, ((body[at] as number) + change) % 10);
      expect(passesLuhn(mistyped.join('') + check)).toBe(false);
    }),
  );
});
