// The headers of the hosted pages, exactly as contract 2.7 lists them.
import type { BrowserFile } from '@ozura/kit/bundle';
import type { Assets } from './assets.ts';

export interface Framing {
  readonly embedMode: 'redirect' | 'popup' | 'iframe' | 'new_tab';
  readonly parentOrigin?: string;
}

export interface PageHeaderFacts {
  readonly assets: Assets;
  readonly elementsUrl: string;
  /** How the session of the page is embedded; absent on pages that belong to none. */
  readonly framing?: Framing;
  /** Only of the preview. */
  readonly preview?: PreviewSources;
  /** The developers' page has its own script and no frames. */
  readonly isSandbox?: boolean;
  /** Addresses of the pictures of this session. */
  readonly imageUrls?: readonly string[];
}

/** Sources of a content policy: who may hold the preview, and where the logo that it is told of may come from. */
export interface PreviewSources {
  readonly ancestors: readonly string[];
  readonly images: readonly string[];
}

const SWITCHED_OFF = [
  'camera',
  'microphone',
  'geolocation',
  'usb',
  'serial',
  'bluetooth',
  'hid',
  'midi',
  'display-capture',
  'clipboard-read',
  'browsing-topics',
];

const PERMISSIONS = SWITCHED_OFF.map((feature) => `${feature}=()`).join(', ');

export function pageHeaders(facts: PageHeaderFacts): Record<string, string> {
  const { embedMode = 'redirect', parentOrigin } = facts.framing ?? {};
  const ancestors = facts.preview?.ancestors ?? (embedMode === 'iframe' && parentOrigin ? [parentOrigin] : []);
  const framed = ancestors.length > 0;
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentPolicy(facts, framed ? ancestors.join(' ') : "'none'"),
    'Permissions-Policy': PERMISSIONS,
    'X-Robots-Tag': 'noindex, nofollow',
    'Origin-Agent-Cluster': '?1',
    ...(framed ? {} : { 'X-Frame-Options': 'DENY' }),
    // In the other modes it would cut the connection to the page that opened us and waits for our events.
    ...(embedMode === 'redirect' && !framed ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
  };
}

function contentPolicy(facts: PageHeaderFacts, ancestors: string): string {
  const { elementsUrl, preview, imageUrls = [], isSandbox } = facts;
  const scripts = scriptsOf(facts).map(({ integrity }) => `'${integrity}'`);
  const images = new Set(preview?.images ?? imageUrls.map((url) => new URL(url).origin));
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    "style-src 'self'",
    `img-src ${["'self'", ...images].join(' ')}`,
    "font-src 'self'",
    "connect-src 'self'",
    `frame-src ${isSandbox ? "'none'" : new URL(elementsUrl).origin}`,
    "form-action 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    `frame-ancestors ${ancestors}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    'report-uri /csp-report',
  ].join('; ');
}

function scriptsOf({ assets, preview, isSandbox }: PageHeaderFacts): readonly BrowserFile[] {
  const { checkoutScript, donateScript, framedScript, pageScript, phoneScript, previewScript, sandboxScript } = assets;
  if (isSandbox) return [sandboxScript];
  return preview === undefined
    ? [checkoutScript, donateScript, phoneScript, framedScript, pageScript]
    : [previewScript];
}
