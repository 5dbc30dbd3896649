import { expect, test } from 'vitest';
import { plainDigits } from './digits.ts';

test.each([
  ['٤٢٤٢ ٤٢٤٢', '4242 4242'],
  ['۱۲/۲۹', '12/29'],
  ['४२४२', '4242'],
  ['৪২', '42'],
  ['๑๒๓', '123'],
  ['４２４２', '4242'],
  ['4242-x', '4242-x'],
  ['カード９', 'カード9'],
  ['😀٣', '😀3'],
])('%s is %s', (typed, plain) => {
  expect(plainDigits(typed)).toBe(plain);
  expect(plain.length).toBe(typed.length);
});
