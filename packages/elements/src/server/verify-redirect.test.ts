// The check of a redirect, against signatures made as contract 2.4 says, with keys that a small server publishes.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redirectMessage } from '@ozura/core/redirect-message';
import { expect, test } from 'vitest';
import { verifyRedirect } from './verify-redirect.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = { keys: [{ kid: 'sig_1', x: publicKey.export({ format: 'jwk' }).x ?? '' }] };
const now = () => String(Math.floor(Date.now() / 1000));
const success = {
  success: 'true',
  sessionId: 'session_1',
  checkoutMode: 'payment',
  transactionType: 'sale',
  amount: '18.95',
  currency: 'USD',
  ozuraMerchantId: 'ozu_shop',
  metadata: '{"a":"b c~!*\'()"}',
};

function signed(members: Record<string, string>, more: Record<string, string> = {}): string {
  const all = { keyId: 'sig_1', signedAt: now(), ...members };
  const signature = sign(null, Buffer.from(redirectMessage(Object.entries(all))), privateKey).toString('base64url');
  const url = new URL('https://shop.example/thanks?order=7#top');
  for (const [name, value] of Object.entries({ ...all, signature, ...more })) url.searchParams.append(name, value);
  return url.href;
}

const options = { merchantId: 'ozu_shop', keys };

test('a genuine result is valid, and only its own parameters are told', async () => {
  const result = await verifyRedirect(signed(success), options);
  expect(result).toMatchObject({
    valid: true,
    params: { sessionId: 'session_1', amount: '18.95', metadata: success.metadata },
  });
  expect(result.valid && result.params).not.toHaveProperty('order');
  const { pathname, search } = new URL(signed(success));
  expect((await verifyRedirect(pathname + search, options)).valid).toBe(true);
});

test('a genuine failure is valid, whoever the merchant is', async () => {
  const url = signed({
    success: 'false',
    errorCode: 'FORBIDDEN',
    error: 'Too many failed payment attempts',
    sessionId: 's',
  });
  expect(await verifyRedirect(url, options)).toMatchObject({ valid: true, params: { errorCode: 'FORBIDDEN' } });
});

test.each<[string, string, string]>([
  ['no signature', 'https://shop.example/thanks?success=true&sessionId=s', 'missing'],
  ['no session id', signed({ ...success, sessionId: '' }), 'missing'],
  ['nothing at all', 'https://shop.example/thanks', 'missing'],
  ['what a stranger made up', '//?success=true', 'missing'],
  ['a parameter twice', `${signed(success).replace('#top', '')}&amount=1.00`, 'repeated'],
  ['success twice', `${signed(success).replace('#top', '')}&success=false`, 'repeated'],
  ['a key that nobody published', signed({ ...success, keyId: 'sig_2' }), 'unknown_key'],
  ['an old one', signed({ ...success, signedAt: String(Number(now()) - 3_700) }), 'too_old'],
  ['one of the future', signed({ ...success, signedAt: String(Number(now()) + 120) }), 'too_old'],
  ['another amount', signed(success).replace('18.95', '18.96'), 'bad_signature'],
  ['a parameter put in', signed(success, { tipAmount: '1.00' }), 'bad_signature'],
  ['a parameter taken out', signed(success).replace('amount=18.95&', ''), 'bad_signature'],
  ['another merchant’s', signed({ ...success, ozuraMerchantId: 'ozu_other' }), 'wrong_merchant'],
])('%s is refused', async (_name, url, reason) => {
  expect(await verifyRedirect(url, options)).toEqual({ valid: false, reason });
});

test('keys are fetched once, and not again for every unknown one', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(keys));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const checkoutUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let i = 0; i < 3; i += 1) {
    expect((await verifyRedirect(signed(success), { merchantId: 'ozu_shop', checkoutUrl })).valid).toBe(true);
    expect(
      await verifyRedirect(signed({ ...success, keyId: 'sig_9' }), { merchantId: 'ozu_shop', checkoutUrl }),
    ).toMatchObject({ reason: 'unknown_key' });
  }
  expect(asked).toBe(1);
  server.close();
});
