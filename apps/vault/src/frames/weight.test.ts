// What a page loads for one field: document, script and style of its frame.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Ancestors } from './ancestors.ts';
import { frameLanguage } from './language.ts';
import { bundleFrames, framePage } from './page.ts';

const hardBytes = 10 * 1024;
const everyone = { parents: ['http://localhost:*'], sources: ['http://localhost:*'] };

/** Of document, script and style, gzip. */
function weigh(name: string, ancestors: Ancestors): number {
  const files = bundleFrames();
  const page = framePage(name, files, { vaultUrl: 'http://localhost:4001', ancestors, language: frameLanguage('hi') });
  const loaded = Object.values(files).filter(({ url }) => page?.body.includes(url));
  expect(loaded.length).toBeGreaterThan(0);
  return loaded.reduce((sum, { gzipped }) => sum + gzipped.length, gzipSync(page?.body ?? '').length);
}

test.each(['cardNumber', 'expirationDate', 'cvv', 'accountNumber', 'routingNumber', 'tokenizer'])(
  'the frame %s with all its files has at most 10 KB',
  (name) => {
    expect(weigh(name, everyone)).toBeLessThanOrEqual(hardBytes);
  },
);

test('the tokenizer of the hosted page is spared the rules of billing details, which that page has itself', () => {
  expect(weigh('tokenizer', { ...everyone, isHosted: true })).toBeLessThan(weigh('tokenizer', everyone) / 2);
});
