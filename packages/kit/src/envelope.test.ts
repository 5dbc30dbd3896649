// What is sealed opens in its own place only.
import { createDecipheriv, type Decipheriv, randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { keyOf, keyVersionOf, seal, sealText, unseal, unsealText } from './envelope.ts';

const key = { version: 7, key: keyOf(randomBytes(32)) };
const place = { merchantId: 'ozu_1', row: 'tok_1', field: 'number' };
const sealed = seal(key, Buffer.from('4242424242424242'), place, randomBytes);

it('a value comes back with its key in its place', () => {
  expect(unseal(key, sealed, place).toString()).toBe('4242424242424242');
  expect(keyVersionOf(sealed)).toBe(7);
});

it.each([
  ['another merchant', key, { ...place, merchantId: 'ozu_2' }],
  ['another row', key, { ...place, row: 'tok_2' }],
  ['another field', key, { ...place, field: 'holder' }],
  ['parts that only look alike together', key, { merchantId: 'ozu_1","tok', row: '_1', field: 'number' }],
  ['another key', { ...key, key: keyOf(randomBytes(32)) }, place],
  ['another version of the key', { ...key, version: 8 }, place],
])('it does not open for %s', (_what, otherKey, otherPlace) => {
  expect(() => unseal(otherKey, sealed, otherPlace)).toThrow();
});

it('not one bit of it can be changed, nor its end cut off', () => {
  for (let i = 0; i < sealed.length; i += 1) {
    const changed = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 1 : byte));
    expect(() => unseal(key, changed, place)).toThrow();
    expect(() => unseal(key, sealed.subarray(0, i), place)).toThrow();
  }
});

it('the same value is never sealed alike', () => {
  const other = seal(key, Buffer.from('4242424242424242'), place, randomBytes);
  expect(Buffer.from(other).equals(sealed)).toBe(false);
});

it('a text comes back too, and its bytes are wiped both times', () => {
  const decipher = Object.getPrototypeOf(
    createDecipheriv('aes-256-gcm', randomBytes(32), randomBytes(12)),
  ) as Decipheriv;
  const made = [vi.spyOn(Buffer, 'from'), vi.spyOn(Buffer, 'concat'), vi.spyOn(decipher, 'update')];
  expect(unsealText(key, sealText(key, '4242424242424242', place, randomBytes), place)).toBe('4242424242424242');
  const bytes = made.flatMap(({ mock }) => mock.results.map(({ value }) => value as Buffer));
  vi.restoreAllMocks();
  expect(bytes.length).toBeGreaterThan(3);
  expect(bytes.filter((one) => one.includes('4242424242424242'))).toEqual([]);
});
