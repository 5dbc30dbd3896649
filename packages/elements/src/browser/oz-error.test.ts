import { expect, it } from 'vitest';
import { normalizeBankVaultError, normalizeCardSaleError, normalizeVaultError } from './customer-texts.ts';
import { errorOfFailure, OzError } from './oz-error.ts';

it.each([
  [{ kind: 'network', text: 'TypeError' }, 'network', true, 'TypeError'],
  [{ kind: 'field', text: 'Invalid card number' }, 'validation', false, 'Invalid card number'],
  [{ kind: 'answer', status: 400, text: 'Card has expired' }, 'validation', false, 'Card has expired'],
  [{ kind: 'answer', status: 401, text: 'Session expired' }, 'auth', false, 'Session expired'],
  [{ kind: 'answer', status: 403, text: '' }, 'auth', false, ''],
  [{ kind: 'answer', status: 404, text: '' }, 'unknown', false, ''],
  [{ kind: 'answer', status: 201, text: '' }, 'unknown', false, ''],
  [{ kind: 'answer', status: 429, text: 'Rate limit exceeded' }, 'server', true, 'Rate limit exceeded'],
  [{ kind: 'answer', status: 503, text: '' }, 'server', true, ''],
] as const)('calls %j %s', (failure, errorCode, retryable, raw) => {
  expect(errorOfFailure(failure, false)).toMatchObject({ errorCode, retryable, raw, name: 'OzError' });
});

it('keeps what was thrown as a text', () => {
  expect(new OzError('unknown', 'failed', new TypeError('why')).raw).toBe('why');
  expect(new OzError('unknown', 'failed', { code: 1 }).raw).toBe('[object Object]');
  expect(new OzError('config', 'failed').raw).toBe('failed');
});

it('has words for the customer', () => {
  expect(normalizeVaultError('Invalid card number')).toBe('Check the card number.');
  expect(normalizeBankVaultError('Invalid routing number')).toBe('Check the routing number.');
  expect(normalizeCardSaleError('Insufficient funds')).toContain('insufficient funds');
  expect(normalizeCardSaleError('Security code does not match')).toBe('Check the security code.');
});

it('never asks for another try where money may have moved', () => {
  expect(normalizeCardSaleError('The outcome of this payment is not known yet')).toContain('Do not pay again');
  expect(normalizeCardSaleError('ECONNRESET at 10.0.0.1')).toContain('before you pay again');
});

it.each(['', 'constructor', '__proto__', 'SQL error', undefined, null, 7, {}])('has a generic text for %j', (raw) => {
  for (const normalize of [normalizeVaultError, normalizeBankVaultError, normalizeCardSaleError]) {
    const text = normalize(raw as string);
    expect(text).toMatch(/^The .+\.$/);
    expect(text).toBe(normalize('something else'));
  }
});
