import { afterEach, expect, it, vi } from 'vitest';
import { checkOptions } from './options.ts';

const getSessionKey = async (): Promise<string> => 'vs_1';

afterEach(() => vi.unstubAllGlobals());

it('puts frames on the Elements origin, with the pub key in their address', () => {
  const { frameUrl, sessionLimit } = checkOptions({ pubKey: 'pk_test_1', getSessionKey }, 'shop.example');
  expect(frameUrl('cvv').href).toBe('http://localhost:4003/v1/frame/cvv?pubKey=pk_test_1');
  expect(sessionLimit).toBe(3);
});

it('takes the signed address of the hosted page in place of a pub key', () => {
  const options = { frameBaseUrl: 'https://elements.example', frameQuery: 'exp=1&sig=x', getSessionKey };
  expect(checkOptions(options, 'pay.example').frameUrl('cvv').href).toBe(
    'https://elements.example/v1/frame/cvv?exp=1&sig=x',
  );
});

it.each([
  ['no pub key outside this machine', { getSessionKey }, 'shop.example', 'pubKey is required'],
  ['a live pub key on this machine', { pubKey: 'pk_prod_1', getSessionKey }, 'localhost', 'a live one'],
  ['no source of session keys', { pubKey: 'pk_test_1' }, 'localhost', 'sessionUrl or getSessionKey'],
  ['an address that is none', { frameBaseUrl: 'elements', getSessionKey }, 'localhost', 'frameBaseUrl'],
])('refuses %s', (_what, options, host, text) => {
  expect(() => checkOptions(options, host)).toThrow(
    expect.objectContaining({ errorCode: 'config', message: expect.stringContaining(text) }),
  );
});

it('prefers sessionUrl, then getSessionKey, then the deprecated name', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ sessionKey: 'from-url' }));
  const [own, old] = [async () => 'own', async () => 'old'];
  const keyOf = (options: object) => checkOptions(options, 'localhost').fetchKey('id');
  expect(await keyOf({ sessionUrl: '/s', getSessionKey: own, fetchWaxKey: old })).toBe('from-url');
  expect(await keyOf({ getSessionKey: own, fetchWaxKey: old })).toBe('own');
  expect(await keyOf({ fetchWaxKey: old })).toBe('old');
});

it('takes null and the older name for the limit', () => {
  expect(checkOptions({ getSessionKey, sessionLimit: null }, 'localhost').sessionLimit).toBeNull();
  expect(checkOptions({ getSessionKey, maxTokenizeCalls: 7 }, 'localhost').sessionLimit).toBe(7);
});

it.each([
  [401, 'auth'],
  [403, 'auth'],
  [429, 'server'],
  [500, 'server'],
  [400, 'validation'],
  [404, 'unknown'],
])('calls a session route that answers %s %s', async (status, errorCode) => {
  vi.stubGlobal('fetch', async () => new Response('<h1>no</h1>', { status }));
  await expect(checkOptions({ sessionUrl: '/s' }, 'localhost').fetchKey('id')).rejects.toMatchObject({ errorCode });
});

it('tells a lost connection from a late answer', async () => {
  const keyAfter = (error: unknown) => {
    vi.stubGlobal('fetch', () => Promise.reject(error));
    return checkOptions({ sessionUrl: '/s' }, 'localhost').fetchKey('id');
  };
  await expect(keyAfter(new TypeError('Failed to fetch'))).rejects.toMatchObject({ errorCode: 'network' });
  await expect(keyAfter(new DOMException('late', 'TimeoutError'))).rejects.toMatchObject({ errorCode: 'timeout' });
});
