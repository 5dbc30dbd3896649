import { expect, it } from 'vitest';
import { isAllowedParent } from './parents.ts';

it('takes its first message from a listed origin only', () => {
  const parents = ['https://shop.example', 'https://pay.example:8443'];
  expect(isAllowedParent('https://shop.example', parents)).toBe(true);
  expect(isAllowedParent('https://pay.example:8443', parents)).toBe(true);
  for (const origin of [
    'https://pay.example',
    'http://shop.example',
    'https://shop.example.evil.example',
    'null',
    '',
  ]) {
    expect(isAllowedParent(origin, parents)).toBe(false);
  }
});

it('takes it from pages of this machine where the server says so', () => {
  for (const origin of ['http://localhost:4000', 'http://127.0.0.1:1', 'https://localhost']) {
    expect(isAllowedParent(origin, ['loopback'])).toBe(true);
    expect(isAllowedParent(origin, [''])).toBe(false);
  }
  for (const origin of ['http://localhost.evil.example', 'https://shop.example', 'null', 'loopback', 'file://']) {
    expect(isAllowedParent(origin, ['', 'https://x.example'])).toBe(false);
    if (origin !== 'loopback') expect(isAllowedParent(origin, ['loopback'])).toBe(false);
  }
});
