// What a page loads for one field: document, script and style of its frame.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { frameLanguage } from './language.ts';
import { bundleFrames, framePage } from './page.ts';

const hardBytes = 10 * 1024;

test.each(['cardNumber', 'expirationDate', 'cvv', 'accountNumber', 'routingNumber', 'tokenizer'])(
  'the frame %s with all its files has at most 10 KB',
  (name) => {
    const files = bundleFrames();
    const ancestors = { parents: ['http://localhost:*'], sources: ['http://localhost:*'] };
    const page = framePage(name, files, {
      vaultUrl: 'http://localhost:4001',
      ancestors,
      language: frameLanguage('hi'),
    });
    const loaded = Object.values(files).filter(({ url }) => page?.body.includes(url));
    const bytes = loaded.reduce((sum, { gzipped }) => sum + gzipped.length, gzipSync(page?.body ?? '').length);
    expect(loaded.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(hardBytes);
  },
);
