import { afterEach, expect, it, vi } from 'vitest';
import { checkOptions } from './options.ts';
import { OzError } from './oz-error.ts';
import { createFetchWaxKey } from './session-route.ts';

const getSessionKey = async (): Promise<string> => 'vs_1';

afterEach(() => vi.unstubAllGlobals());

it('puts frames on the Elements origin, with the pub key in their address', () => {
  const { frameUrl, sessionLimit } = checkOptions({ pubKey: 'pk_test_1', getSessionKey }, 'shop.example');
  expect(frameUrl('cvv').href).toBe('http://localhost:4003/v1/frame/cvv?pubKey=pk_test_1');
  expect(sessionLimit).toBe(3);
});

it.each([
  ['no pub key outside this machine', { getSessionKey }, 'shop.example', 'pubKey is required'],
  ['a live pub key on this machine', { pubKey: 'pk_prod_1', getSessionKey }, 'localhost', 'a live one'],
  ['no source of session keys', { pubKey: 'pk_test_1' }, 'localhost', 'sessionUrl or getSessionKey'],
  ['a limit that is none', { getSessionKey, sessionLimit: 0 }, 'localhost', 'sessionLimit must be'],
  ['a part of a use as limit', { getSessionKey, maxTokenizeCalls: 1.5 }, 'localhost', 'sessionLimit must be'],
  ['a key in place of a function', { getSessionKey: 'vs_1' as never }, 'localhost', 'sessionUrl or getSessionKey'],
  [
    'a theme that nobody drew',
    { getSessionKey, appearance: { theme: 'neon' as never } },
    'localhost',
    'default, night',
  ],
  ['a font without https', { getSessionKey, fonts: [{ cssSrc: 'http://x.test/a.css' }] }, 'localhost', 'fonts: each'],
  ['a font without a name', { getSessionKey, fonts: [{ family: '', src: 'https://x.test/a' }] }, 'localhost', 'fonts:'],
  ['an address that is none', { frameBaseUrl: 'elements', getSessionKey }, 'localhost', 'frameBaseUrl'],
  ['an address without its scheme', { frameBaseUrl: 'localhost:4003', getSessionKey }, 'localhost', 'frameBaseUrl'],
])('refuses %s', (_what, options, host, text) => {
  expect(() => checkOptions(options, host)).toThrow(
    expect.objectContaining({ errorCode: 'config', message: expect.stringContaining(text) }),
  );
});

it('does without what browsers of 2023 have not', () => {
  vi.stubGlobal('URL', Object.assign(class extends URL {}, { canParse: undefined, parse: undefined }));
  const fonts = [{ cssSrc: 'https://shop.example/a.css' }];
  expect(checkOptions({ getSessionKey, fonts }, 'localhost').frameUrl('cvv').port).toBe('4003');
  expect(() => checkOptions({ getSessionKey, frameBaseUrl: 'elements' }, 'localhost')).toThrow('frameBaseUrl');
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

it.each([
  ['half an answer', '{"sessionKey":"vs_secret', 'unknown'],
  ['a page of HTML', '<h1>Shop</h1>', 'unknown'],
])('refuses %s of a session route that says 200, and keeps it to itself', async (_what, text, errorCode) => {
  vi.stubGlobal('fetch', async () => new Response(text));
  const failed = checkOptions({ sessionUrl: '/s' }, 'localhost').fetchKey('id');
  await expect(failed).rejects.toMatchObject({ errorCode, raw: expect.not.stringContaining('vs_secret') });
});

it('takes an answer that breaks off for a lost connection', async () => {
  const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) });
  vi.stubGlobal('fetch', async () => new Response(broken));
  const failed = checkOptions({ sessionUrl: '/s' }, 'localhost').fetchKey('id');
  await expect(failed).rejects.toMatchObject({ errorCode: 'network', retryable: true, raw: 'network error' });
});

it('passes on what a page throws, in the one kind of error', async () => {
  const keyOf = (getSessionKey: () => Promise<string>) => checkOptions({ getSessionKey }, 'localhost').fetchKey('id');
  await expect(keyOf(() => Promise.reject(new Error('no luck')))).rejects.toMatchObject({
    errorCode: 'unknown',
    raw: 'no luck',
  });
  await expect(keyOf(() => Promise.reject(new DOMException('late', 'TimeoutError')))).rejects.toMatchObject({
    errorCode: 'timeout',
  });
  await expect(keyOf(() => Promise.reject(new OzError('auth', 'signed out')))).rejects.toMatchObject({
    errorCode: 'auth',
    message: 'signed out',
  });
});

it('waits half a minute for a function of the page', async () => {
  vi.useFakeTimers();
  const failed = checkOptions({ getSessionKey: () => new Promise(() => undefined) }, 'localhost').fetchKey('id');
  const outcome = expect(failed).rejects.toMatchObject({ errorCode: 'timeout', retryable: true });
  await vi.advanceTimersByTimeAsync(30_000);
  await outcome;
  vi.useRealTimers();
});

it('has the older way to name a session route', async () => {
  const asked = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ sessionKey: 'from-url' }));
  vi.stubGlobal('fetch', asked);
  const fetchWaxKey = createFetchWaxKey('/wax');
  expect(await checkOptions({ fetchWaxKey }, 'localhost').fetchKey('id-1')).toBe('from-url');
  expect(asked).toHaveBeenCalledWith('/wax', expect.objectContaining({ method: 'POST', body: '{"sessionId":"id-1"}' }));
});

it('tells a lost connection from a late answer', async () => {
  const keyAfter = (error: unknown) => {
    vi.stubGlobal('fetch', () => Promise.reject(error));
    return checkOptions({ sessionUrl: '/s' }, 'localhost').fetchKey('id');
  };
  await expect(keyAfter(new TypeError('Failed to fetch'))).rejects.toMatchObject({ errorCode: 'network' });
  await expect(keyAfter(new DOMException('late', 'TimeoutError'))).rejects.toMatchObject({ errorCode: 'timeout' });
});
