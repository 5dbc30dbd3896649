// Takes card data out of a processor's answer before anyone sees it (contract 7.4).
import { brandOf, numberLengths } from '@ozura/core/card/brand';
import { passesLuhn } from '@ozura/core/card/luhn';
import { maskDigits } from '@ozura/core/card/mask';
import { isObject } from '@ozura/core/validation';
import { bodyKindOf } from './body-kind.ts';

export interface Scrubbing {
  /** The number that was sent, in clear. */
  readonly number: string;
  readonly mask: string;
  readonly securityCode: string | undefined;
  /** Members that only look like card data: losing a transaction's id would lose its refund. */
  readonly identifiers: ReadonlySet<string>;
}

const codeMask = '***';
/** Runs that stand alone. Inside a longer reference of ours digits are not a card number. */
const DIGIT_RUN = /(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])/g;
const SPACING = String.raw`(?:[\s.\-_+]|%20|&nbsp;)*`;
/**
 * Between the digits of a whole card number anything may stand that is neither a letter nor a digit, encoded or not. Not
 * without end: an answer of nothing but separators must not be read once from each of them.
 */
const WIDE_SPACING = String.raw`(?:[^0-9A-Za-z%&\\]|%[0-9a-f]{2}|&#?[0-9a-z]{1,8};|\\u[0-9a-f]{4}|\\[nrt]){0,16}`;
const CODE_NAMES = 'cv[vc]|csc|cid|security';
const CODE_NAME = new RegExp(CODE_NAMES, 'i');
const shortestCard = 13;

/** The value of a JSON answer, the text of any other; unreadable JSON is text. */
export function scrubBody(text: string, contentType: string | undefined, scrubbing: Scrubbing): unknown {
  const scrub = openScrubber(scrubbing);
  if (bodyKindOf(contentType) !== 'json') return scrub.markup(text);
  try {
    return parseScrubbed(text, scrub);
  } catch {
    return scrub.markup(text);
  }
}

export function scrubHeaders(
  headers: Readonly<Record<string, string>>,
  scrubbing: Scrubbing,
): Readonly<Record<string, string>> {
  const scrub = openScrubber(scrubbing);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, scrub.member(name, value)]));
}

interface Scrubber {
  /** Card numbers in it, and the security code behind its name, as where a request is repeated. */
  text(value: string): string;
  /** Card numbers in it, and the security code where it is all there is between two delimiters. */
  markup(value: string): string;
  /** A whole JSON value, by its source text, or that of a header. */
  member(name: string, source: string): string;
}

function openScrubber({ number, mask, securityCode, identifiers }: Scrubbing): Scrubber {
  // A short account number would be found inside any longer number.
  const own =
    number.length < shortestCard
      ? new RegExp(`(?<![0-9])${[...number].join(SPACING)}(?![0-9])`, 'g')
      : new RegExp([...number].join(WIDE_SPACING), 'gi');
  const named =
    securityCode && new RegExp(`((?:${CODE_NAMES})[\\w-]{0,20}[^0-9A-Za-z]{1,8})${securityCode}(?![0-9A-Za-z])`, 'gi');
  const code = securityCode && new RegExp(`(^|[>="'\\s:])${securityCode}(?=$|[<&"'\\s,;}])`, 'g');
  const ownMasked = (value: string): string => value.replace(own, mask);
  const withoutNumbers = (value: string): string => ownMasked(value).replace(DIGIT_RUN, maskCardNumber);
  const text = (value: string): string =>
    named ? withoutNumbers(value).replace(named, `$1${codeMask}`) : withoutNumbers(value);
  return {
    text,
    markup: (value) => (code ? text(value).replace(code, `$1${codeMask}`) : text(value)),
    member: (name, value) => {
      if (identifiers.has(name)) return ownMasked(value);
      return value.trim() === securityCode ? codeMask : text(value);
    },
  };
}

function maskCardNumber(digits: string): string {
  const brand = brandOf(digits);
  const isCard = brand !== 'UNKNOWN' && numberLengths(brand).includes(digits.length) && passesLuhn(digits);
  return isCard ? maskDigits(digits) : digits;
}

type Reviver = (this: unknown, name: string, value: unknown, about: { readonly source?: string }) => unknown;

function parseScrubbed(text: string, scrub: Scrubber): unknown {
  const revive: Reviver = (name, value, { source }) => {
    if (typeof value === 'string') return scrub.member(name, value);
    if (typeof value === 'number' && source !== undefined) return scrubNumber(name, value, source, scrub);
    return isObject(value) ? scrubNames(value, scrub) : value;
  };
  return JSON.parse(text, revive as (name: string, value: unknown) => unknown);
}

function scrubNumber(name: string, value: number, source: string, scrub: Scrubber): unknown {
  // An amount may be the same three digits as the code by chance.
  const scrubbed = CODE_NAME.test(name) ? scrub.member(name, source) : scrub.text(source);
  if (scrubbed !== source) return scrubbed;
  // An id beyond 2^53 would change its last digits as a number.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
}

function scrubNames(value: Record<string, unknown>, scrub: Scrubber): Record<string, unknown> {
  const names = Object.keys(value);
  if (names.every((name) => scrub.text(name) === name)) return value;
  return Object.fromEntries(names.map((name) => [scrub.text(name), value[name]]));
}
