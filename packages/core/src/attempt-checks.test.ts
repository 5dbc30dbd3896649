// AVS and CVV results against the table of contract 8.9.
import { expect, test } from 'vitest';
import { judgeChecks } from './attempt-checks.ts';

const avs = (avsResult: string) => judgeChecks({ avsResult, cvvResult: 'M' });
const cvv = (cvvResult: string) => judgeChecks({ avsResult: 'Y', cvvResult });

test.each([...'YXDMFZWP'])('address result %s is accepted', (result) => {
  expect(avs(result)).toEqual({ flags: [] });
});

test.each([...'AN'])('address result %s is refused', (result) => {
  expect(avs(result).refusal).toBe('AVS_MISMATCH');
});

test.each([...'BCEGIRSU', ''])('address result "%s" is accepted and flagged', (result) => {
  expect(avs(result)).toEqual({ flags: ['avsUnavailable'] });
});

test('security code results: M matches, P, U and none are flagged, N and S are refused', () => {
  expect(cvv('M')).toEqual({ flags: [] });
  for (const result of ['P', 'U', '']) expect(cvv(result)).toEqual({ flags: ['cvvUnavailable'] });
  for (const result of ['N', 'S']) expect(cvv(result).refusal).toBe('INVALID_CVV');
});

test('when both fail the security code is named', () => {
  expect(judgeChecks({ avsResult: 'N', cvvResult: 'N' }).refusal).toBe('INVALID_CVV');
});
