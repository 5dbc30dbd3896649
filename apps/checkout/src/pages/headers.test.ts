import { expect, test } from 'vitest';
import { bundleAssets } from './assets.ts';
import { pageHeaders } from './headers.ts';

const assets = bundleAssets();
const elementsUrl = 'https://elements.example';

test('a page in redirect mode has exactly the headers of the contract', () => {
  const headers = pageHeaders({ assets, elementsUrl, framing: { embedMode: 'redirect' } });
  expect(headers).toEqual({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      `default-src 'none'; script-src '${assets.checkoutScript.integrity}' '${assets.donateScript.integrity}' ` +
      `'${assets.phoneScript.integrity}' '${assets.framedScript.integrity}' '${assets.pageScript.integrity}'; ` +
      "style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-src https://elements.example; " +
      "form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /csp-report",
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), hid=(), midi=(), ' +
      'display-capture=(), clipboard-read=(), browsing-topics=()',
    'X-Robots-Tag': 'noindex, nofollow',
    'Origin-Agent-Cluster': '?1',
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Opener-Policy': 'same-origin',
  });
});

test('in iframe mode exactly the parent origin may hold the page', () => {
  const framing = { embedMode: 'iframe', parentOrigin: 'https://shop.example' } as const;
  const headers = pageHeaders({ assets, elementsUrl, framing });
  expect(headers['Content-Security-Policy']).toContain('frame-ancestors https://shop.example;');
  expect(headers).not.toHaveProperty('X-Frame-Options');
  expect(headers).not.toHaveProperty('Cross-Origin-Opener-Policy');
});

test.each(['popup', 'new_tab'] as const)(
  'in %s mode the opener stays reachable, and nobody may frame the page',
  (embedMode) => {
    const headers = pageHeaders({ assets, elementsUrl, framing: { embedMode, parentOrigin: 'https://shop.example' } });
    expect(headers['Content-Security-Policy']).toContain("frame-ancestors 'none';");
    expect(headers['X-Frame-Options']).toBe('DENY');
    expect(headers).not.toHaveProperty('Cross-Origin-Opener-Policy');
  },
);

test('pictures come only from the origins that the session names', () => {
  const imageUrls = ['https://cdn.example/a.png', 'https://cdn.example/b.png', 'https://img.example:8443/x;y'];
  const headers = pageHeaders({ assets, elementsUrl, imageUrls });
  expect(headers['Content-Security-Policy']).toContain(
    "img-src 'self' https://cdn.example https://img.example:8443; font-src",
  );
});
