// A JSON answer without card data: each of its values, and what several of them make up together.
import { isObject } from '@ozura/core/validation';
import type { Scrubber } from './scrubber.ts';

/** Throws for what is no JSON. */
export function parseScrubbed(text: string, scrub: Scrubber): unknown {
  const scrubbed = scrubValue(parseKeepingNumbers(text), { name: '', mayBeCode: false }, scrub);
  maskSpread(leavesOf(scrubbed), scrub.number, scrub.mask);
  return scrubbed;
}

/** As it was written: an id beyond 2^53 would change its last digits. */
class WrittenNumber {
  readonly value: number;
  readonly source: string;

  constructor(value: number, source: string) {
    this.value = value;
    this.source = source;
  }
}

type Reviver = (this: unknown, name: string, value: unknown, about: { readonly source?: string }) => unknown;

/** Numbers whose digits their value may not have: fractions, powers, and those beyond 2^53. */
const UNLIKE_ITS_VALUE = /(?:^|[:[,])\s*-?[0-9]+[.eE]|[0-9]{16}/;

function parseKeepingNumbers(text: string): unknown {
  if (!UNLIKE_ITS_VALUE.test(text)) return JSON.parse(text);
  const revive: Reviver = (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined ? new WrittenNumber(value, source) : value;
  return JSON.parse(text, revive as (name: string, value: unknown) => unknown);
}

interface Place {
  /** Of the nearest member that has one. */
  readonly name: string;
  /** In or below a member with the name of the security code. */
  readonly mayBeCode: boolean;
}

function scrubValue(value: unknown, place: Place, scrub: Scrubber): unknown {
  if (typeof value === 'string') return scrub.member(place.name, value);
  if (value instanceof WrittenNumber) return scrubNumber(value, place, scrub);
  if (typeof value === 'number') return scrubNumber({ value, source: String(value) }, place, scrub);
  if (!Array.isArray(value) && !isObject(value)) return value;
  const scrubbed = Array.isArray(value)
    ? value.map((entry) => scrubValue(entry, place, scrub))
    : scrubMembers(value, place, scrub);
  if (place.mayBeCode && scrub.securityCode !== undefined) maskWholeSpread(leavesOf(scrubbed), scrub.securityCode);
  return scrubbed;
}

function scrubMembers(value: Record<string, unknown>, { mayBeCode }: Place, scrub: Scrubber): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      scrub.text(name),
      scrubValue(member, { name, mayBeCode: mayBeCode || scrub.namesCode(name) }, scrub),
    ]),
  );
}

function scrubNumber({ value, source }: WrittenNumber, { name, mayBeCode }: Place, scrub: Scrubber): unknown {
  // An amount may be the same three digits as the code by chance.
  const scrubbed = mayBeCode ? scrub.member(name, source) : scrub.text(source);
  if (scrubbed !== source) return scrubbed;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
}

/** A value that could be some of the digits of a number. */
interface Leaf {
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly text: string;
}

const isEmpty = (value: unknown): boolean => value === null || value === '';
/** What is masked already is none. */
const DIGITS_ONLY = /^[^\p{L}\p{N}*]*[0-9](?:[^\p{L}\p{N}*]|[0-9])*$/u;

/** In the order of the text: rows of values that follow each other and have nothing but digits and marks. */
function leavesOf(root: unknown): Leaf[][] {
  const rows: Leaf[][] = [[]];
  const visit = (holder: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(holder)) {
      const text = String(value);
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
      else if (DIGITS_ONLY.test(text)) rows.at(-1)?.push({ holder, name, text });
      else if (!isEmpty(value)) rows.push([]);
    }
  };
  if (typeof root === 'object' && root !== null) visit(root as Record<string, unknown>);
  return rows;
}

const digitsOf = (leaf: Leaf | undefined): string => leaf?.text.replace(/[^0-9]/g, '') ?? '';

/** Whole values only: part of a longer number is not ours. */
function maskSpread(rows: readonly Leaf[][], number: string, mask: string): void {
  for (const row of rows) {
    for (let from = 0; from < row.length; ) {
      const count = countSpelling(row, from, number);
      if (count > 0) maskDigitsOf(row.slice(from, from + count), (index) => mask[index]);
      from += Math.max(1, count);
    }
  }
}

/** How many values from `from` on make up the number: zero when they do not. */
function countSpelling(row: readonly Leaf[], from: number, number: string): number {
  let digits = '';
  for (let to = from; to < row.length && number.startsWith(digits); to += 1) {
    digits += digitsOf(row[to]);
    if (digits === number) return to - from + 1;
  }
  return 0;
}

/** The security code is short, so all the digits there have to be it. */
function maskWholeSpread(rows: readonly Leaf[][], code: string): void {
  for (const row of rows) {
    if (row.map(digitsOf).join('') === code) maskDigitsOf(row, () => '*');
  }
}

/** `undefined` leaves a digit as it is. */
function maskDigitsOf(row: readonly Leaf[], maskAt: (index: number) => string | undefined): void {
  let index = 0;
  for (const { holder, name, text } of row) {
    const masked = text.replace(/[0-9]/g, (digit) => maskAt(index++) ?? digit);
    if (masked !== text) holder[name] = masked;
  }
}
