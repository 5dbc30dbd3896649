import { expect, test } from 'vitest';
import { frameMessage, redirectMessage } from './redirect-message.ts';

test('a success message lists its parameters by name, encoded, without the signature', () => {
  const message = redirectMessage([
    ['utm', 'the merchant’s own'],
    ['success', 'true'],
    ['sessionId', 'session_1'],
    ['metadata', '{"a":"b c*"}'],
    ['keyId', 'k1'],
    ['signedAt', '1772616852'],
    ['signature', 'not signed itself'],
  ]);
  expect(message.split('\n')).toEqual([
    'ozura-redirect-v1',
    'keyId=k1',
    'metadata=%7B%22a%22%3A%22b%20c%2A%22%7D',
    'sessionId=session_1',
    'signedAt=1772616852',
    'success=true',
  ]);
});

test('an error message covers the error parameters and no others', () => {
  const message = redirectMessage([
    ['success', 'false'],
    ['errorCode', 'FORBIDDEN'],
    ['amount', '1.00'],
    ['cancelUrl', 'https://shop.example/?a=b'],
  ]);
  expect(message.split('\n')).toEqual([
    'ozura-redirect-v1',
    'cancelUrl=https%3A%2F%2Fshop.example%2F%3Fa%3Db',
    'errorCode=FORBIDDEN',
    'success=false',
  ]);
});

test('a value cannot pass itself off as another line', () => {
  expect(redirectMessage([['success', 'true\namount=9.99']])).toBe('ozura-redirect-v1\nsuccess=true%0Aamount%3D9.99');
});

test('a frame message has four lines, the third empty outside iframe mode', () => {
  const frame = { checkoutUrl: 'https://pay.example', expiresAtMs: 1_772_616_600_000 };
  expect(frameMessage(frame)).toBe('ozura-frame-v1\nhttps://pay.example\n\n1772616600000');
  expect(frameMessage({ ...frame, parentOrigin: 'https://shop.example' })).toBe(
    'ozura-frame-v1\nhttps://pay.example\nhttps://shop.example\n1772616600000',
  );
});
