// Where the proxy may send to (contract 7.4): a URL is allowed when an entry of the caller's list has its host and
// port, and a path that its path lies below. No list, no destination.
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { isLoopbackAddress } from '@ozura/kit/public-address';
import type { VaultConfig } from '../config.ts';

type Rules = Pick<VaultConfig, 'mode' | 'processorDestinations'>;

export interface Destination {
  readonly url: URL;
  /** Sandbox and simulators live on this machine; everything else must not. */
  readonly reach: 'public' | 'loopback';
}

export const destinationRule =
  'must be an https URL of one host, with a port and a path if needed, without wildcard, query, fragment or credentials';

/** Whether `text` may stand on a list: https, or in test mode one of the configured test addresses. */
export function isDestination(text: string, rules: Rules): boolean {
  const url = parseUrl(text);
  if (url === undefined || url.search !== '' || text.includes('*') || !ONE_HOST.test(url.hostname)) return false;
  return (url.protocol === 'https:' && !holdsCardNumber(text)) || isTestAddress(text, rules);
}

/** A name of letters, digits and dashes (RFC 1123 2.1), or an address. The parser lets much more pass. */
const ONE_HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?)$/;

export function findDestination(proxyUrl: string, list: readonly string[], rules: Rules): Destination | undefined {
  const url = parseUrl(proxyUrl);
  if (url === undefined) return undefined;
  const entry = list.find((listed) => isDestination(listed, rules) && covers(new URL(listed), url));
  if (entry === undefined) return undefined;
  return { url, reach: isTestAddress(entry, rules) && isLoopbackHost(url) ? 'loopback' : 'public' };
}

const isTestAddress = (entry: string, { mode, processorDestinations }: Rules): boolean =>
  mode === 'test' && processorDestinations.includes(entry);

const isLoopbackHost = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));

// The parser forgives line breaks and backslashes, and servers differ on encoded slashes: none of these is let in.
const PLAIN = /^https?:\/\/[\x21-\x7e]+$/i;
const TRICKS = /\\|%2f|%5c|%2e/i;

function parseUrl(text: string): URL | undefined {
  const url = PLAIN.test(text) ? URL.parse(text) : null;
  if (url === null) return undefined;
  const isPlain =
    url.username === '' && url.password === '' && url.hash === '' && !TRICKS.test(text.split('?')[0] ?? '');
  return isPlain ? url : undefined;
}

function covers(listed: URL, url: URL): boolean {
  const below = listed.pathname.endsWith('/') ? listed.pathname : `${listed.pathname}/`;
  return listed.origin === url.origin && (url.pathname === listed.pathname || url.pathname.startsWith(below));
}
