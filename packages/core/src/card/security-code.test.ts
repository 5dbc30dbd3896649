import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecurityCode } from './security-code.ts';

test('three digits fit a Visa card and four an Amex card', () => {
  expect(SecurityCode.parse(' 123 ', 'VISA')?.open()).toBe('123');
  expect(SecurityCode.parse('1234', 'AMEX')?.open()).toBe('1234');
});

test('a code of another length or with anything but digits is refused', () => {
  expect(SecurityCode.parse('1234', 'VISA')).toBeUndefined();
  expect(SecurityCode.parse('123', 'AMEX')).toBeUndefined();
  expect(SecurityCode.parse('12a', 'VISA')).toBeUndefined();
  expect(SecurityCode.parse('', 'VISA')).toBeUndefined();
});

test('a code never prints itself', () => {
  const code = SecurityCode.parse('987', 'VISA');
  const printed = [String(code), `${code}`, JSON.stringify({ code }), inspect({ code }, { showHidden: true })];
  for (const text of printed) {
    expect(text).toContain('[security code]');
    expect(text).not.toContain('987');
  }
});
