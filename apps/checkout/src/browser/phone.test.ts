import { expect, test } from 'vitest';
import { internationalPhone } from './phone.ts';

test.each([
  ['(415) 555-0134', 'US', '+14155550134'],
  ['1 415 555 0134', 'CA', '+14155550134'],
  ['+44 20 7946 0958', 'US', '+442079460958'],
  ['0044 20 7946 0958', 'GB', '+442079460958'],
])('%s in %s is %s', (written, country, expected) => {
  expect(internationalPhone(written, country)).toBe(expected);
});

test('a number whose country code is not known stays as it was written', () => {
  expect(internationalPhone('020 7946 0958', 'GB')).toBe('020 7946 0958');
  expect(internationalPhone('555 0134', 'US')).toBe('555 0134');
});
