// The handle of a security code is its key.
import { hkdfSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { deriveCvcKeys, newCvcHandle, sealCvc, unsealCvc } from './cvc.ts';

const owner = { merchantId: 'ozu_1', token: 'tok_1' };
const handle = newCvcHandle(randomBytes);
const keys = deriveCvcKeys(handle);
if (keys === undefined) throw new Error('a new handle has keys');

it('a handle gives the same lookup id and key again, which tell nothing about each other or the handle', () => {
  expect(deriveCvcKeys(handle)?.lookupId).toBe(keys.lookupId);
  const secret = Buffer.from(handle.slice(4), 'base64url').toString('hex');
  const texts = [secret, keys.lookupId, keys.key.export().toString('hex')];
  expect(new Set(texts.map((text) => text.length))).toEqual(new Set([64]));
  expect(new Set(texts).size).toBe(3);
});

it('derives as HKDF-SHA-256 does, with a label for each', () => {
  const secret = Buffer.from(handle.slice(4), 'base64url');
  const derived = (label: string) => Buffer.from(hkdfSync('sha256', secret, '', label, 32)).toString('hex');
  expect(keys.lookupId).toBe(derived('ozura-cvc-lookup-v1'));
  expect(keys.key.export().toString('hex')).toBe(derived('ozura-cvc-key-v1'));
});

it('a code opens with its handle, for its token and merchant only', () => {
  const sealed = sealCvc(keys, '739', owner, randomBytes);
  expect(unsealCvc(keys, sealed, owner)).toBe('739');
  expect(() => unsealCvc(keys, sealed, { ...owner, token: 'tok_2' })).toThrow();
  expect(() => unsealCvc(keys, sealed, { ...owner, merchantId: 'ozu_2' })).toThrow();
  const other = deriveCvcKeys(newCvcHandle(randomBytes));
  expect(() => unsealCvc(other ?? keys, sealed, owner)).toThrow();
});

it.each(['', 'cvc_', 'cvc_short', `cvc_${'a'.repeat(44)}`, `cvc_test_${'a'.repeat(43)}`, `cvc_${'ü'.repeat(43)}`])(
  '%s is no handle',
  (text) => {
    expect(deriveCvcKeys(text)).toBeUndefined();
  },
);
