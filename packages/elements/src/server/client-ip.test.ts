import { afterEach, expect, test, vi } from 'vitest';
import { getClientIp } from './client-ip.ts';

const fetchRequest = (headers: Record<string, string>) => new Request('https://shop.example', { headers });
const nodeRequest = (headers: Record<string, string | string[]>, remoteAddress = '10.0.0.7') => ({
  headers,
  socket: { remoteAddress },
});

test.each<[string, Parameters<typeof getClientIp>[0], string]>([
  ['Express and Fastify say it', { ip: '::ffff:203.0.113.9', headers: { 'x-real-ip': '1.1.1.1' } }, '203.0.113.9'],
  ['an IPv6 address of Express', { ip: '2001:db8::1' }, '2001:db8::1'],
  [
    'Fetch: cf-connecting-ip first',
    fetchRequest({ 'cf-connecting-ip': '203.0.113.1', 'x-forwarded-for': '203.0.113.2' }),
    '203.0.113.1',
  ],
  [
    'Fetch: the first forwarded entry',
    fetchRequest({ 'x-forwarded-for': ' 203.0.113.2 , 10.0.0.1', 'x-real-ip': '203.0.113.3' }),
    '203.0.113.2',
  ],
  ['Fetch: x-real-ip', fetchRequest({ 'x-real-ip': '203.0.113.3' }), '203.0.113.3'],
  [
    'Fetch: what is no address is skipped',
    fetchRequest({
      'cf-connecting-ip': 'unknown',
      'x-forwarded-for': '_hidden, 203.0.113.2',
      'x-real-ip': '203.0.113.3',
    }),
    '203.0.113.3',
  ],
  ['Fetch: nothing', fetchRequest({}), ''],
  ['Node: headers before the socket', nodeRequest({ 'x-forwarded-for': ['203.0.113.4', '10.0.0.1'] }), '203.0.113.4'],
  ['Node: the socket', nodeRequest({}, '::ffff:203.0.113.5'), '203.0.113.5'],
  ['Node: no socket any more', { headers: {}, socket: null }, ''],
  ['nothing at all', undefined as never, ''],
])('%s', (_name, request, address) => {
  expect(getClientIp(request)).toBe(address);
});

test('with known proxies headers are read only from them, and the list from the right', () => {
  const trustedProxies = ['10.0.0.0/8', '2001:db8:1::/48'];
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.1.2.3' };
  expect(getClientIp(nodeRequest(headers, '10.0.0.7'), { trustedProxies })).toBe('203.0.113.9');
  expect(getClientIp(nodeRequest(headers, '::ffff:10.0.0.7'), { trustedProxies })).toBe('203.0.113.9');
  expect(getClientIp(nodeRequest(headers, '2001:db8:1:2::3'), { trustedProxies })).toBe('203.0.113.9');
  expect(getClientIp(nodeRequest(headers, '198.51.100.1'), { trustedProxies })).toBe('198.51.100.1');
  expect(getClientIp(nodeRequest({ 'x-forwarded-for': '10.1.1.1' }, '10.0.0.7'), { trustedProxies })).toBe('10.0.0.7');
  expect(() => getClientIp(nodeRequest({}), { trustedProxies: ['10.0.0.0/33'] })).toThrow(/neither an address/);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('the first releases of Node 18, which cannot tell whether a URL can be parsed, read addresses too', () => {
  vi.stubGlobal('URL', Object.assign(class extends URL {}, { canParse: undefined }));
  expect(getClientIp({ ip: '2001:db8::1' })).toBe('2001:db8::1');
  expect(getClientIp({ ip: '2001:db8:::1' })).toBe('');
});
