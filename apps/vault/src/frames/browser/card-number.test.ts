import { expect, it } from 'vitest';
import { cardNumber } from './card-number.ts';

const now = { nowMs: 0 };
const format = (typed: string): string => cardNumber.format(typed, { ...now, deleting: false });

it.each([
  ['4242424242424242', '4242 4242 4242 4242'],
  ['  4242-4242 4242.4242 ', '4242 4242 4242 4242'],
  ['371212121212122', '3712 121212 12122'],
  ['36148900647913', '3614 890064 7913'],
  ['4242424242424242424', '4242 4242 4242 4242 424'],
  ['37121212121212299', '3712 121212 12122'],
  ['card: 4242', '4242'],
  ['', ''],
])('shows %j as %j', (typed, shown) => {
  expect(format(typed)).toBe(shown);
});

it('is complete and valid when length and check digit are right, whatever the brand', () => {
  expect(cardNumber.judge('4242 4242 4242 4242', now)).toEqual({
    empty: false,
    complete: true,
    valid: true,
    cardBrand: 'VISA',
  });
  expect(cardNumber.judge('9999 9999 9999 9995', now)).toMatchObject({ valid: true, cardBrand: 'UNKNOWN' });
});

it('tells an unfinished number from a wrong one', () => {
  expect(cardNumber.judge('4242 42', now)).toMatchObject({
    complete: false,
    valid: false,
    error: 'Card number is incomplete',
    cardBrand: 'VISA',
  });
  expect(cardNumber.judge('4242 4242 4242 4241', now)).toMatchObject({
    complete: true,
    valid: false,
    error: 'Invalid card number',
  });
});

it('says nothing of digits or their number to the page', () => {
  const state = cardNumber.judge('3712 121212 12122', now);
  expect(JSON.stringify(state)).not.toMatch(/[0-9]/);
  expect(cardNumber.judge('', now)).toEqual({ empty: true, complete: false, valid: false });
});

it('hands the Vault digits only', () => {
  expect(cardNumber.values('4242 4242 4242 4242')).toEqual({ cardNumber: '4242424242424242' });
});
