// Absolute addresses that merchants give us (contract 1.1.1), parsed once and kept in canonical form.
import { accepting, hasControlCharacter, type Intake, type Reader } from '@ozura/core/validation';
import type { CreateSettings } from './settings.ts';

const urlMax = 2048;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const NOT_ABSOLUTE = 'must be an absolute https URL';

/** Where plain http is good enough. */
type PlainHttp = 'never' | 'loopback' | 'anywhere';

/** A page of the merchant's: of one of `hosts`, where there are any. */
export const returnUrl = (settings: CreateSettings, hosts: () => readonly string[]): Reader<string> => {
  const plainHttp = settings.mode === 'test' ? 'anywhere' : 'loopback';
  const read: Reader<string> = (value, path, intake) => {
    const allowed = hosts();
    if (allowed.length === 0 && isCanonical(value)) return value;
    const url = readUrl(value, { plainHttp, path, intake });
    if (url === undefined) return undefined;
    const isAllowed = allowed.length === 0 || allowed.includes(url.host) || isOurErrorPage(url, settings.checkoutUrl);
    return isAllowed ? url.href : intake.fail(path, 'host is not allowed for this merchant');
  };
  return accepting(read, ANY_URL);
};

const ANY_URL = {
  schema: { type: 'string', format: 'uri', maxLength: urlMax, description: NOT_ABSOLUTE },
} as const;

/** A picture that the hosted page shows. */
export const imageUrl = ({ mode }: Pick<CreateSettings, 'mode'>): Reader<string> => {
  const plainHttp = mode === 'test' ? 'loopback' : 'never';
  return accepting<string>(
    (value, path, intake) => (isCanonical(value) ? value : readUrl(value, { plainHttp, path, intake })?.href),
    ANY_URL,
  );
};

/** Where webhooks go. Where a name leads is looked at besides, whenever something is sent there. */
export const webhookUrl = ({ mode }: Pick<CreateSettings, 'mode'>): Reader<string> => {
  const plainHttp = mode === 'test' ? 'loopback' : 'never';
  return accepting<string>((value, path, intake) => {
    const url = readUrl(value, { plainHttp, path, intake });
    return url === undefined || url.hash === '' ? url?.href : intake.fail(path, 'must not contain a fragment');
  }, ANY_URL);
};

/** The page that embeds the checkout, as the browser names it. */
export const parentOrigin = ({ mode }: Pick<CreateSettings, 'mode'>): Reader<string> => {
  const plainHttp = mode === 'test' ? 'anywhere' : 'loopback';
  const read: Reader<string> = (value, path, intake) => {
    if (typeof value !== 'string') return intake.fail(path, 'must be a string');
    const text = value.trim().replace(/\/+$/, '');
    const url = /^https?:\/\/[^/?#@\\\s]+$/i.test(text) ? URL.parse(text) : null;
    return url !== null && isPlainHost(url) && isSecure(url, plainHttp) ? url.origin : intake.fail(path, NO_ORIGIN);
  };
  return accepting(read, { schema: { type: 'string', description: NO_ORIGIN } });
};

const NO_ORIGIN = 'must be a bare origin such as https://shop.example';

interface Reading {
  readonly plainHttp: PlainHttp;
  readonly path: string;
  readonly intake: Intake;
}

/**
 * Whether an address is for certain as the parser would write it, as most are that we get: https and a name in small
 * letters, then names and a query of nothing but letters and digits. To parse one costs many times as much.
 */
const isCanonical = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= hostMax && CANONICAL.test(value);

/** No name that may be punycode (`xn--`), none that ends like a number, and no `.` or `..` in the path. */
const CANONICAL = /^https:\/\/([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]+(\/([\w-]+(\.[\w-]+)*)?)+(\?[\w=&.-]*)?$/;

function readUrl(value: unknown, { plainHttp, path, intake }: Reading): URL | undefined {
  if (typeof value !== 'string') return intake.fail(path, 'must be a string');
  const text = value.trim();
  if (hasControlCharacter(text)) return intake.fail(path, 'must not contain control characters');
  if (text.length > urlMax) return intake.fail(path, `must be at most ${urlMax} characters`);
  // The parser forgives backslashes and missing or surplus slashes; a person who reads the address does not.
  const url = /^https?:\/\/[^/\\][^\\]*$/i.test(text) ? URL.parse(text) : null;
  if (url === null || !isPlainHost(url) || !isSecure(url, plainHttp)) return intake.fail(path, NOT_ABSOLUTE);
  if (url.username !== '' || url.password !== '') return intake.fail(path, 'must not contain credentials');
  if (url.href.length > urlMax) return intake.fail(path, `must be at most ${urlMax} characters`);
  return url;
}

/**
 * The parser lets a host have characters that no name in the DNS has. Origins stand in the content policy of the page,
 * where `*` is a wildcard and `;` begins another rule.
 */
const isPlainHost = ({ hostname }: URL): boolean =>
  hostname.length <= hostMax && /^([a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/.test(hostname);

/** Of a name in the DNS, as text (RFC 1035 2.3.4), with a dot at its end. */
const hostMax = 254;

const isSecure = (url: URL, plainHttp: PlainHttp): boolean =>
  url.protocol === 'https:' ||
  (url.protocol === 'http:' && (plainHttp === 'anywhere' || (plainHttp === 'loopback' && LOOPBACK.has(url.hostname))));

const isOurErrorPage = (url: URL, checkoutUrl: string): boolean =>
  `${url.origin}${url.pathname}` === `${checkoutUrl}/error`;
