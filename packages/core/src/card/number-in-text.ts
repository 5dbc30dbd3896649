// Card numbers in texts that are no place for them (contract 12.7, invariant 11): names, notes and metadata are kept in
// clear. Two rules, because the ids of shops and the codes on goods are digits too (decision 0025).
import { brandOf, numberLengths } from './brand.ts';
import { passesLuhn } from './luhn.ts';

const shortest = 13;
const longest = 19;
/** Fourteen digits and fewer in one run are also GTINs, and the ids of large shops. */
const shortestRun = 15;

/** For texts that people type, and for all that the Vault keeps: 13-19 digits with whatever between them. */
export function holdsCardNumber(text: string): boolean {
  if (!hasEnoughDigits(text)) return false;
  const plain = text.normalize('NFKC').replace(UUID, (id) => (/[a-f]/i.test(id) ? 'x' : id));
  return [...plain.matchAll(SPACED)].some(([spaced]) => anyOf(groupsOf(spaced), (digits) => isCardNumber(digits)));
}

/** What somebody sent, as an error or a log may name it. */
export const withoutCardNumber = (text: string): string => (holdsCardNumber(text) ? '…' : text);

/** For texts that merchants' programs send: a number in one run, or in groups as cards show it. */
export function showsCardNumber(text: string): boolean {
  if (!hasEnoughDigits(text)) return false;
  const plain = text.normalize('NFKC');
  return [...plain.matchAll(SHOWN)].some(([shown]) =>
    anyOf(groupsOf(shown), (digits, groups) => (groups > 1 || digits.length >= shortestRun) && isCardNumber(digits)),
  );
}

/** Digits with anything between them that is no letter and no digit. A word may stand beside them, a hexadecimal id not. */
const SPACED = /(?<!\p{N}\p{L}+)[0-9](?:[^\p{L}\p{N}]{0,16}[0-9])*(?![0-9]*\p{L}+\p{N})/gu;
/** One in 30,000 random ones begins like a card. With a letter in it, it is an id; without, it is looked at. */
const UUID = /(?<![\p{L}\p{N}])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu;
/** A run that stands alone, or groups of four to six with one blank, dash or dot between; the last may be shorter. */
const SHOWN = /(?<![\p{L}\p{N}])(?:[0-9]{4,6}[ .\p{Pd}])*[0-9]+(?![\p{L}\p{N}])/gu;

const groupsOf = (text: string): readonly string[] => text.match(/[0-9]+/g) ?? [];

/** Whole groups only: a part of a longer number is none. */
function anyOf(groups: readonly string[], test: (digits: string, groups: number) => boolean): boolean {
  return groups.some((_, from) => {
    let digits = '';
    for (let to = from; to < groups.length && digits.length < longest; to += 1) {
      digits += groups[to];
      if (digits.length >= shortest && digits.length <= longest && test(digits, to - from + 1)) return true;
    }
    return false;
  });
}

/** What refuses most of them comes first: whoever sends a header of single digits has seven tries from each. */
function isCardNumber(digits: string): boolean {
  if (!passesLuhn(digits)) return false;
  const brand = brandOf(digits);
  return brand !== 'UNKNOWN' && numberLengths(brand).includes(digits.length);
}

function hasEnoughDigits(text: string): boolean {
  if (text.length < shortest) return false;
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Digits, and the wide ones of East Asian keyboards.
    if ((code >= 48 && code <= 57) || (code >= 0xff10 && code <= 0xff19)) count += 1;
  }
  return count >= shortest;
}
