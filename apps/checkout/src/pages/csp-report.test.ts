import { expect, test } from 'vitest';
import { readPolicyReport } from './csp-report.ts';

const report = (blocked: string) =>
  readPolicyReport(
    Buffer.from(JSON.stringify({ 'csp-report': { 'effective-directive': 'script-src-elem', 'blocked-uri': blocked } })),
  );

test.each([
  ['https://evil.example/a/b?c=d', 'https://evil.example'],
  ['inline', 'inline'],
  ['data:text/html,x', 'data:'],
  ['4242 4242 4242 4242', '…'],
  ['https://4242424242424242.example/', '…'],
])('of %s only %s is kept', (sent, kept) => {
  expect(report(sent)).toEqual({ directive: 'script-src-elem', blocked: kept });
});

test('a directive that is a card number is not kept', () => {
  const sent = JSON.stringify({ 'csp-report': { 'effective-directive': '4242-4242-4242-4242' } });
  expect(readPolicyReport(sent)).toEqual({ directive: '…', blocked: '' });
});

test.each(['', '[]', '{"csp-report":1}', 'null'])('%s is not a report', (body) => {
  expect(readPolicyReport(body)).toBeUndefined();
});
