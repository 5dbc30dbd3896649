import { expect, test } from 'vitest';
import { newMerchantKey, newReference, newSessionId, newVaultKey, randomText } from './ids.ts';

let seed = 1;
const random = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => {
    seed = (seed * 48271) % 2147483647;
    return seed % 256;
  });

test('ids have the shapes of the contract', () => {
  const now = Date.UTC(2026, 2, 4);
  expect(newSessionId(now, random)).toMatch(/^session_[0-9A-Za-z]{30}$/);
  expect(newReference(now, random)).toMatch(/^260304[0-9A-HJKMNP-TV-Z]{20}$/);
  expect(newVaultKey('shop', 'test', random)).toMatch(/^key_shop_test_pvt_[0-9A-Za-z]{43}$/);
  expect(newMerchantKey('live', random)).toMatch(/^mk_live_[0-9A-Za-z]{43}$/);
});

test('session ids sort by their time', () => {
  const ids = [1, 1000, 1_772_000_000_000, 1_772_000_000_001].map((now) => newSessionId(now, random));
  expect([...ids].sort()).toEqual(ids);
});

test('bytes that would favour the first letters of the alphabet are not used', () => {
  const bytes = [255, 254, 253, 252, 251, 250, 249, 248, 0, 61];
  const source = (): Uint8Array => Uint8Array.from(bytes);
  expect(randomText(source, 2)).toBe('0z');
});
