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
])('of %s only %s is kept', (sent, kept) => {
  expect(report(sent)).toEqual({ directive: 'script-src-elem', blocked: kept });
});

test.each(['', '[]', '{"csp-report":1}', 'null'])('%s is not a report', (body) => {
  expect(readPolicyReport(body)).toBeUndefined();
});
