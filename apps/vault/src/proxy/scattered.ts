// Finds a known number in a text, however its digits are written and whatever stands between them: blanks and marks, plain
// or encoded, tags, or the names of further fields.

/** A digit as itself, full-width, or as a reference of XML, an escape of a URL, also of an escaped one, or of JSON. */
const DIGIT = /[0-9]|&#0{0,8}(?:4[89]|5[0-7]);|&#x0{0,8}3[0-9];|%(?:25){0,4}3[0-9]|\\u003[0-9]|[\uff10-\uff19]/;
/** Blanks are counted: a text of nothing else would be read to its end from each of them. */
const FIELD = /&[a-z_][\w.-]{0,40}=|\\?"?\s{0,16},\s{0,16}\\?"[a-z_][\w.-]{0,40}\\?"\s{0,16}:\s{0,16}\\?"?/;
const TAG = /<[^<>]{0,200}>/;
const SEPARATOR = /%[0-9a-f]{2}|&#?[0-9a-z]{1,8};|\\u[0-9a-f]{4}|\\[bfnrt]|[^\p{L}\p{N}]/u;
const UNIT = new RegExp(
  `(?<run>[0-9]+)|(?<digit>${DIGIT.source})|(?<structure>${TAG.source}|${FIELD.source})|(?<separator>${SEPARATOR.source})|(?<other>[\\s\\S])`,
  'giu',
);
/** Between two digits of one number. */
const unitsMax = 16;

const ENCODED_DIGIT =
  /&#0{0,8}(4[89]|5[0-7]);|&#x0{0,8}3([0-9]);|%(?:25){0,4}3([0-9])|\\u003([0-9])|([\uff10-\uff19])/gi;

/** What every encoded digit has in it, and hardly any text. */
const ENCODING = /&#|%(?:25){0,4}3|\\u003|[\uff10-\uff19]/i;

/** The text with every digit as itself. */
export const plainDigits = (text: string): string => (ENCODING.test(text) ? decodeDigits(text) : text);

const decodeDigits = (text: string): string =>
  text.replace(ENCODED_DIGIT, (_all, code?: string, ...[hex, escaped, inJson, wide]: (string | undefined)[]) => {
    if (code !== undefined) return String.fromCharCode(Number(code));
    return wide === undefined ? (hex ?? escaped ?? inJson ?? '') : String(wide.charCodeAt(0) - 0xff10);
  });

/** Whether it can have so many, in any spelling: each encoded one has a digit in it. Most values have too few. */
export function hasDigits(text: string, count: number): boolean {
  let left = count;
  for (let at = 0; at < text.length && left > 0; at += 1) {
    const code = text.charCodeAt(at);
    if ((code >= 0x30 && code <= 0x39) || (code >= 0xff10 && code <= 0xff19)) left -= 1;
  }
  return left <= 0;
}

interface Digit {
  readonly value: string;
  readonly from: number;
  readonly to: number;
  /** Something that has to stay is between this digit and the one before. */
  readonly apart: boolean;
}

/** Puts `mask`, which is as long as `number`, in its place. Tags and fields between its digits stay. */
export function maskScattered(text: string, number: string, mask: string): string {
  let masked = '';
  let from = 0;
  for (const digits of chainsOf(text)) {
    const values = digits.map(({ value }) => value).join('');
    for (let at = values.indexOf(number); at !== -1; at = values.indexOf(number, at + number.length)) {
      const found = digits.slice(at, at + number.length);
      masked += text.slice(from, found[0]?.from) + maskFound(text, found, mask);
      from = found.at(-1)?.to ?? from;
    }
  }
  return masked + text.slice(from);
}

function maskFound(text: string, found: readonly Digit[], mask: string): string {
  if (!found.slice(1).some(({ apart }) => apart)) return mask;
  return found.map(({ from }, index) => text.slice(found[index - 1]?.to ?? from, from) + (mask[index] ?? '')).join('');
}

/** Digits that could belong together, in their order. */
function* chainsOf(text: string): Generator<readonly Digit[]> {
  let chain: Digit[] = [];
  let gap = 0;
  let apart = false;
  for (const { 0: unit, index, groups = {} } of text.matchAll(UNIT)) {
    if (groups.run !== undefined) {
      // At once: an answer of nothing but digits has a million of them.
      for (let at = 0; at < unit.length; at += 1) {
        const value = unit[at] ?? '';
        chain.push({ value, from: index + at, to: index + at + 1, apart: at === 0 && apart });
      }
      [gap, apart] = [0, false];
      continue;
    }
    if (groups.digit !== undefined) {
      chain.push({ value: plainDigits(unit), from: index, to: index + unit.length, apart });
      [gap, apart] = [0, false];
      continue;
    }
    gap += 1;
    apart ||= groups.structure !== undefined;
    if (gap <= unitsMax && groups.other === undefined) continue;
    if (chain.length > 0) yield chain;
    [chain, gap, apart] = [[], 0, false];
  }
  yield chain;
}

const STRUCTURE = new RegExp(`${TAG.source}|${FIELD.source}`, 'gi');
const ENCODED_SEPARATOR = /%[0-9a-f]{2}|&#?[0-9a-z]{1,8};|\\u[0-9a-f]{4}/gi;

/**
 * How a text in base64 spells the number, by where it begins there: without the signs that it shares with its neighbours.
 * Nothing but letters and digits, so that it is the same in the alphabet for URLs.
 */
export const inBase64 = (number: string): readonly string[] =>
  [0, 2, 3].map((from, before) => {
    const bytes = Buffer.from(number.padStart(number.length + before));
    const spelled = bytes.toString('base64').slice(from, Math.floor((bytes.length * 8) / 6));
    bytes.fill(0);
    return spelled;
  });

/** A quick no for nearly every answer. */
export const mayHold = (text: string, number: string): boolean =>
  plainDigits(text)
    .replace(STRUCTURE, '')
    .replace(ENCODED_SEPARATOR, '')
    .replace(/[^0-9]/g, '')
    .includes(number);
