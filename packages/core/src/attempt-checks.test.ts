// AVS and CVV results against the table of contract 8.9, and what a merchant may change in it.
import { expect, test } from 'vitest';
import { isAvsPolicy, isCvvPolicy, judgeChecks, standardChecks } from './attempt-checks.ts';

const avs = (avsResult: string, avsPolicy = 'standard') =>
  judgeChecks({ avsResult, cvvResult: 'M' }, { ...standardChecks, avsPolicy });
const cvv = (cvvResult: string, cvvPolicy = 'standard') =>
  judgeChecks({ avsResult: 'Y', cvvResult }, { ...standardChecks, cvvPolicy });

test.each([...'YXDMFZWP'])('address result %s is accepted', (result) => {
  expect(avs(result)).toEqual({ flags: [] });
});

test.each([...'AN'])('address result %s is refused', (result) => {
  expect(avs(result).refusal).toBe('AVS_MISMATCH');
});

test.each([...'BCEGIRSU', ''])('address result "%s" is accepted and flagged', (result) => {
  expect(avs(result)).toEqual({ flags: ['avsUnavailable'] });
  expect(avs(result, 'must-match').refusal).toBe('AVS_MISMATCH');
});

test('security code results: M matches, P, U and none are flagged, N and S are refused', () => {
  expect(cvv('M')).toEqual({ flags: [] });
  for (const result of ['P', 'U', '']) expect(cvv(result)).toEqual({ flags: ['cvvUnavailable'] });
  for (const result of ['N', 'S']) expect(cvv(result).refusal).toBe('INVALID_CVV');
});

test('with must-match a security code that nobody checked is refused as well', () => {
  expect(cvv('M', 'must-match')).toEqual({ flags: [] });
  for (const result of ['P', 'U', '', 'N', 'S']) expect(cvv(result, 'must-match').refusal).toBe('INVALID_CVV');
});

test('when both fail the security code is named', () => {
  expect(judgeChecks({ avsResult: 'N', cvvResult: 'N' }, standardChecks).refusal).toBe('INVALID_CVV');
});

test('with off nothing is refused and nothing flagged', () => {
  const off = { avsPolicy: 'off', cvvPolicy: 'off' };
  for (const [avsResult, cvvResult] of ['NN', 'AS', 'UU'].map(([a = '', c = '']) => [a, c] as const)) {
    expect(judgeChecks({ avsResult, cvvResult }, off)).toEqual({ flags: [] });
  }
});

test('a merchant may change single rows', () => {
  const policy = 'standard, street=accept, none=flag, full=reject';
  expect(isAvsPolicy(policy)).toBe(true);
  expect(avs('A', policy)).toEqual({ flags: [] });
  expect(avs('N', policy)).toEqual({ flags: ['avsNone'] });
  expect(avs('Y', policy).refusal).toBe('AVS_MISMATCH');
  expect(cvv('S', 'off,mismatch=flag')).toEqual({ flags: ['cvvMismatch'] });
});

test.each(['', 'strict', 'constructor', 'standard,', 'standard,town=accept', 'standard,street=maybe', 'street=accept'])(
  '"%s" is no policy, and in its place the standard one holds',
  (setting) => {
    expect([isAvsPolicy(setting), isCvvPolicy(setting)]).toEqual([false, false]);
    expect(avs('N', setting).refusal).toBe('AVS_MISMATCH');
    expect(cvv('N', setting).refusal).toBe('INVALID_CVV');
  },
);
