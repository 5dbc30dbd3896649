import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { errorRedirect, type Signer } from '@ozura/core/redirect';
import { expect, test } from 'vitest';
import { signedError } from './error.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signedAtSeconds = 1_800_000_000;

const signer: Signer = {
  keyId: 'k1',
  signedAtSeconds,
  sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64url'),
};

const check = (nowSeconds = signedAtSeconds + 5) => ({
  nowSeconds,
  verify: (keyId: string, message: string, signature: string) =>
    keyId === 'k1' && verify(null, Buffer.from(message), publicKey, Buffer.from(signature, 'base64url')),
});

const facts = { errorCode: 'FORBIDDEN', cancelUrl: 'https://shop.example/cart?a=1', sessionId: 'session_x' } as const;
const query = (url = errorRedirect('https://pay.example/error', facts, signer)) => [...new URL(url).searchParams];
const without = (name: string) => query().filter(([other]) => other !== name);
const changed = (name: string, value: string) =>
  query().map(([other, old]) => [other, other === name ? value : old] as const);

test('a fresh result of ours is believed', () => {
  expect(signedError(query(), check())).toEqual(facts);
});

test('parameters that are not ours change nothing', () => {
  expect(signedError([['utm', 'x'], ...query()], check())).toEqual(facts);
});

test('a result is believed for an hour, and a minute of clock difference is forgiven', () => {
  expect(signedError(query(), check(signedAtSeconds + 3600))).toEqual(facts);
  expect(signedError(query(), check(signedAtSeconds + 3601))).toBeUndefined();
  expect(signedError(query(), check(signedAtSeconds - 60))).toEqual(facts);
  expect(signedError(query(), check(signedAtSeconds - 61))).toBeUndefined();
});

test.each(['success', 'errorCode', 'error', 'cancelUrl', 'sessionId', 'keyId', 'signedAt', 'signature'])(
  'without its %s a result is not believed',
  (name) => {
    expect(signedError(without(name), check())).toBeUndefined();
  },
);

test('a link that the signature does not cover is never used', () => {
  expect(signedError(changed('cancelUrl', 'https://evil.example/'), check())).toBeUndefined();
  expect(signedError([...query(), ['cancelUrl', 'https://evil.example/']], check())).toBeUndefined();
  expect(signedError([['cancelUrl', 'https://evil.example/']], check())).toBeUndefined();
});
