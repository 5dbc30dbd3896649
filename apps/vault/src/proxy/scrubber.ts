// Finds card data in one text of a processor's answer (contract 7.4): the number and the code that were sent, and any other
// number that looks like a card's.
import { brandOf, numberLengths } from '@ozura/core/card/brand';
import { passesLuhn } from '@ozura/core/card/luhn';
import { maskDigits } from '@ozura/core/card/mask';
import { hasDigits, inBase64, maskScattered, mayHold, plainDigits } from './scattered.ts';

export interface Scrubbing {
  /** The number that was sent, in clear. */
  readonly number: string;
  readonly mask: string;
  readonly securityCode: string | undefined;
  /** The member, field or tag that the request had the security code in. */
  readonly codeField: string | undefined;
  /** Members that only look like card data: losing a transaction's id would lose its refund. */
  readonly identifiers: ReadonlySet<string>;
}

const codeMask = '***';
/** Runs that stand alone. Inside a longer reference of ours digits are not a card number. */
const DIGIT_RUN = /(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])/g;
const SPACING = String.raw`(?:[\s.\-_+]|%20|&nbsp;)*`;
const CODE_NAMES = 'cv[vc]|csc|cid|security';
const shortestCard = 13;

export interface Scrubber {
  readonly number: string;
  readonly mask: string;
  readonly securityCode: string | undefined;
  /** Whether a member of this name may be the security code. */
  namesCode(name: string): boolean;
  /** Card numbers in it, and the security code behind its name, as where a request is repeated. */
  text(value: string): string;
  /** Card numbers in it, and the security code where it is all there is between two delimiters. */
  markup(value: string): string;
  /** A whole JSON value, by its source text, or that of a header. */
  member(name: string, source: string): string;
}

export function openScrubber({ number, mask, securityCode, codeField, identifiers }: Scrubbing): Scrubber {
  const codeNames = codeField === undefined ? CODE_NAMES : `${CODE_NAMES}|(?<![\\w-])${escaped(codeField)}(?![\\w-])`;
  const codeName = new RegExp(codeNames, 'i');
  // An answer seldom has the digits of the code anywhere: most need no expression that is made for them alone.
  const named = lazily(
    () => new RegExp(`((?:${codeNames})[\\w-]{0,20}[^0-9A-Za-z]{1,8})${securityCode}(?![0-9A-Za-z])`, 'gi'),
  );
  const alone = lazily(() => new RegExp(`(^|[>="'\\s:])${securityCode}(?=$|[<&"'\\s,;}])`, 'g'));
  const ownMasked = maskerOf(number, mask);
  const withoutNumbers = (value: string): string =>
    hasDigits(value, shortestCard)
      ? onPlainDigits(ownMasked(value), (plain) => plain.replace(DIGIT_RUN, maskCardNumber))
      : ownMasked(value);
  const masking = (value: string, codes: () => RegExp): string =>
    securityCode && hasDigits(value, securityCode.length)
      ? onPlainDigits(value, (plain) =>
          plain.includes(securityCode) ? plain.replace(codes(), `$1${codeMask}`) : plain,
        )
      : value;
  const text = (value: string): string => masking(withoutNumbers(value), named);
  return {
    number,
    mask,
    securityCode,
    namesCode: (name) => codeName.test(name),
    text,
    markup: (value) => masking(text(value), alone),
    member: (name, value) => {
      if (identifiers.has(name)) return ownMasked(value);
      return plainDigits(value).trim() === securityCode ? codeMask : text(value);
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const escaped = (text: string): string => text.replace(/[^\w-]/g, '\\$&');

function maskerOf(number: string, mask: string): (value: string) => string {
  if (number.length >= shortestCard) {
    const spellings = inBase64(number);
    return (value) => {
      if (value.length < number.length) return value;
      const plain = spellings.reduce((text, one) => text.replaceAll(one, '*'.repeat(one.length)), value);
      return hasDigits(plain, number.length) && mayHold(plain, number) ? maskScattered(plain, number, mask) : plain;
    };
  }
  // A short account number would be found inside any longer number.
  const own = new RegExp(`(?<![0-9])${[...number].join(SPACING)}(?![0-9])`, 'g');
  return (value) =>
    hasDigits(value, number.length) ? onPlainDigits(value, (plain) => plain.replace(own, mask)) : value;
}

/** What is found only once encoded digits are plain; a text in which nothing is found keeps its spelling. */
function onPlainDigits(value: string, change: (plain: string) => string): string {
  const plain = plainDigits(value);
  const changed = change(plain);
  return changed === plain ? value : changed;
}

function maskCardNumber(digits: string): string {
  const brand = brandOf(digits);
  const isCard = brand !== 'UNKNOWN' && numberLengths(brand).includes(digits.length) && passesLuhn(digits);
  return isCard ? maskDigits(digits) : digits;
}
