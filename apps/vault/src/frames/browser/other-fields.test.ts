// The fields for the security code and for a bank account.
import { expect, it } from 'vitest';
import { accountNumber, routingNumber } from './bank.ts';
import { cvv } from './security-code.ts';

const nowMs = 0;

it('takes three digits of a security code, and four where the number is of Amex', () => {
  expect(cvv.format('12345', { brand: 'VISA', nowMs, deleting: false })).toBe('123');
  expect(cvv.format('12345', { brand: 'AMEX', nowMs, deleting: false })).toBe('1234');
  expect(cvv.judge('123', { brand: 'VISA', nowMs }).valid).toBe(true);
  expect(cvv.judge('123', { brand: 'AMEX', nowMs })).toMatchObject({ valid: false, complete: false });
  expect(cvv.judge('1234', { brand: 'VISA', nowMs })).toMatchObject({ valid: false, error: 'Invalid security code' });
});

it('accepts a security code of either length while there is no number', () => {
  expect(cvv.format('1234', { nowMs, deleting: false })).toBe('1234');
  expect(cvv.judge('123', { nowMs }).valid).toBe(true);
  expect(cvv.judge('1234', { nowMs }).valid).toBe(true);
  expect(cvv.judge('12', { nowMs }).valid).toBe(false);
});

it('checks account and routing numbers', () => {
  expect(accountNumber.format('12-34 5678', { nowMs, deleting: false })).toBe('12345678');
  expect(accountNumber.judge('123', { nowMs }).error).toBe('Invalid account number');
  expect(accountNumber.judge('1234', { nowMs }).valid).toBe(true);
  expect(routingNumber.judge('021000021', { nowMs }).valid).toBe(true);
  expect(routingNumber.judge('021000022', { nowMs })).toMatchObject({
    complete: true,
    error: 'Invalid routing number',
  });
});
