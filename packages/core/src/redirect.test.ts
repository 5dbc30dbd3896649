import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ErrorFacts, errorRedirect, type SuccessFacts, successRedirect } from './redirect.ts';
import { redirectMessage } from './redirect-message.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = {
  keyId: 'k1',
  signedAtSeconds: 1_772_616_852,
  sign: (message: string) => sign(null, Buffer.from(message), privateKey).toString('base64url'),
};
const paid: SuccessFacts = {
  sessionId: 'session_1',
  checkoutMode: 'payment',
  transactionId: '2603049F2K7Q0ZC3W8M5T1XR6B',
  amount: '18.95',
  currency: 'USD',
  ozuraMerchantId: 'ozu_bluekettle',
  surchargeAmount: '0.55',
  cardLastFour: '4242',
  cardBrand: 'VISA',
  metadata: { cart: 'c-771' },
};
const failed: ErrorFacts = { errorCode: 'FORBIDDEN', cancelUrl: 'https://shop.example/cart', sessionId: 'session_1' };
const namesOf = (url: string): string[] => [...new URL(url).searchParams.keys()];

function isGenuine(url: string): boolean {
  const parameters = new URL(url).searchParams;
  const signature = Buffer.from(parameters.get('signature') ?? '', 'base64url');
  return verify(null, Buffer.from(redirectMessage(parameters)), publicKey, signature);
}

test('a success redirect carries its facts in table order and a signature that verifies', () => {
  const url = successRedirect('https://shop.example/thanks', paid, signer);
  expect(namesOf(url).join(' ')).toBe(
    'success sessionId checkoutMode transactionType transactionId amount currency ozuraMerchantId surchargeAmount ' +
      'cardLastFour cardBrand metadata keyId signedAt signature',
  );
  expect(new URL(url).searchParams.get('metadata')).toBe('{"cart":"c-771"}');
  expect(isGenuine(url)).toBe(true);
});

test('a changed parameter no longer verifies, a changed parameter of the merchant does', () => {
  const url = successRedirect('https://shop.example/thanks?order=1', paid, signer);
  expect(isGenuine(url.replace('order=1', 'order=2'))).toBe(true);
  expect(isGenuine(url.replace('amount=18.95', 'amount=1.00'))).toBe(false);
});

test('parameters come after the merchant’s query and before its fragment', () => {
  expect(successRedirect('https://shop.example/a?x=1&y=2#top', paid, signer)).toMatch(
    /^https:\/\/shop\.example\/a\?x=1&y=2&success=true&[^#]*#top$/,
  );
  expect(successRedirect('https://shop.example/a?#?', paid, signer)).toMatch(
    /^https:\/\/shop\.example\/a\?success=true&[^#]*#\?$/,
  );
});

test('names of ours already in the URL are removed, however they are written; others keep order and spelling', () => {
  const url = 'https://shop.example/?b=%7e+1&success=false&a&%73essionId=x&errorCode=mine&a=%zz&?amount=3&amount';
  const expected = 'https://shop.example/?b=%7e+1&a&errorCode=mine&a=%zz&?amount=3&success=true&sessionId=session_1&';
  expect(successRedirect(url, paid, signer).slice(0, expected.length)).toBe(expected);
});

test('an error redirect removes the names of its own list only', () => {
  const url = errorRedirect('https://shop.example/error?amount=5&errorCode=x', failed, signer);
  expect(namesOf(url)).toEqual([
    'amount',
    'success',
    'errorCode',
    'error',
    'cancelUrl',
    'sessionId',
    'keyId',
    'signedAt',
    'signature',
  ]);
  expect(new URL(url).searchParams.get('error')).toBe('Too many failed payment attempts');
  expect(isGenuine(url)).toBe(true);
});

test('zero amounts and empty metadata are left out', () => {
  const nothing = { ...paid, surchargeAmount: '0.00', tipAmount: '0', metadata: {} };
  const names = namesOf(successRedirect('https://shop.example/', nothing, signer));
  expect(names).not.toContain('surchargeAmount');
  expect(names).not.toContain('tipAmount');
  expect(names).not.toContain('metadata');
});

/** Metadata that makes the signed success URL exactly `length` characters long. */
function factsOfLength(length: number): SuccessFacts {
  const empty = successRedirect('https://shop.example/', { ...paid, metadata: { a: '' } }, signer).length;
  return { ...paid, metadata: { a: 'x'.repeat(length - empty) } };
}

test('metadata stays as long as the whole URL has at most 4000 characters, signature included', () => {
  const fits = successRedirect('https://shop.example/', factsOfLength(4000), signer);
  expect(fits).toHaveLength(4000);
  expect(namesOf(fits)).toContain('metadata');
});

test('beyond that it is left out as a whole, and the signature says so', () => {
  const url = successRedirect('https://shop.example/', factsOfLength(4001), signer);
  expect(namesOf(url)).not.toContain('metadata');
  expect(new URL(url).searchParams.get('metadataTruncated')).toBe('true');
  expect(isGenuine(url)).toBe(true);
});

test('a cancel URL that would make an error redirect too long is left out', () => {
  const long = (path: string): string => `https://shop.example/${path.repeat(650)}`;
  const url = errorRedirect(long('e/'), { ...failed, cancelUrl: long('c/') }, signer);
  expect(namesOf(url)).not.toContain('cancelUrl');
  expect(isGenuine(url)).toBe(true);
});
