import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { CardNumber } from './number.ts';

const visa = '4242424242424242';

test('a number is read with the spaces and dashes people type', () => {
  expect(CardNumber.parse(' 4242 4242-4242 4242 ')?.open()).toBe(visa);
  // From a line of a file.
  expect(CardNumber.parse('4242424242424242\r\n')?.open()).toBe(visa);
});

test.each([
  ['4242424242424241', 'a wrong check digit'],
  ['424242424242', 'twelve digits'],
  ['42424242424242424242', 'twenty digits'],
  ['4242a4242b4242c4242', 'letters'],
  ['42424242\n42424242', 'two lines'],
  ['٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢', 'digits of another script'],
  ['', 'nothing'],
])('%s is refused: %s', (typed) => {
  expect(CardNumber.parse(typed)).toBeUndefined();
});

test('a number never prints itself', () => {
  const number = CardNumber.parse(visa);
  const printed = [String(number), `${number}`, JSON.stringify({ number }), inspect({ number }, { showHidden: true })];
  for (const text of printed) {
    expect(text).toContain('[card number]');
    expect(text).not.toContain('4242');
  }
});

test('a number tells the parts that may be stored in clear', () => {
  const number = CardNumber.parse('5555555555554444');
  expect([number?.bin, number?.last4, number?.length]).toEqual(['555555', '4444', 16]);
});

test('sixteen digits and more show the first six and the last four', () => {
  expect(CardNumber.parse(visa)?.masked()).toBe('424242******4242');
  expect(CardNumber.parse('6205500000000000004')?.masked()).toBe('620550*********0004');
});

test('shorter numbers show the last four only', () => {
  expect(CardNumber.parse('378282246310005')?.masked()).toBe('***********0005');
});

test('a mask may be asked for that shows less', () => {
  expect(CardNumber.parse(visa)?.masked({ showFirst: 0, showLast: 2, maskChar: '•' })).toBe('••••••••••••••42');
});
