// What a hostile answer costs: the time to look through it grows with its length, and with nothing else.
import { expect, test, vi } from 'vitest';
import { scrubBody } from './scrub.ts';
import { openScrubber } from './scrubber.ts';

const number = '4242424242424242';
const scrub = openScrubber({
  number,
  mask: '424242******4242',
  securityCode: '123',
  codeField: 'cvv',
  identifiers: new Set<string>(),
});

/** If each of them were read to the end of the text, these would take hours, and 60,000 blanks half a minute. */
test.each([
  ['blanks', ' ', 60_000],
  ['blanks and commas', ' ,', 60_000],
  ['brackets', '<', 200_000],
  ['references without an end', '&#0000000', 60_000],
  ['names of fields', '&a', 60_000],
  ['a digit now and then', `4${' '.repeat(99)}`, 5_000],
])('an answer of nothing but %s is looked through once', (_what, unit, times) => {
  const text = unit.repeat(times);
  expect(scrubBody(`${text}x`, 'text/plain', scrub)).toBe(`${text}x`);
  expect(scrubBody(JSON.stringify({ text }), 'application/json', scrub)).toEqual({ text });
});

test('in a million digits the number is found where it stands', () => {
  const before = '7'.repeat(999_984);
  expect(scrubBody(before + number, 'text/plain', scrub)).toBe(`${before}424242******4242`);
});

test('digits in runs, alone and encoded make up one number', () => {
  expect(scrubBody('a 4242-42 424&#50;42%3424&#x32; b', 'text/plain', scrub)).toBe('a 424242******4242 b');
  expect(scrubBody('<a>42424242</a><b>4242</b>4242', 'text/plain', scrub)).toBe('<a>424242**</a><b>****</b>4242');
});

test.each([
  [
    '{"cvv":123,"amount":123,"n":1.50,"id":12345678901234567890}',
    '{"cvv":"***","amount":123,"n":1.5,"id":"12345678901234567890"}',
  ],
  ['{"spelled":4242424242.424242}', '{"spelled":"424242******4242"}'],
  ['{"whole":4242424242424242,"other":5555555555554444}', '{"whole":"424242******4242","other":"555555******4444"}'],
  ['{"short":378282246310005,"none":378282246310006}', '{"short":"***********0005","none":378282246310006}'],
  ['[4242,424242,"42 42",42]', '[4242,"42****","** 42",42]'],
  ['{"text":"４２４２42424242%342%34&#50;","e":1e3,"zero":-0}', '{"text":"424242******4242","e":1000,"zero":0}'],
])('of the answer %s is left %s', (text, left) => {
  expect(JSON.stringify(scrubBody(text, 'application/json', scrub))).toBe(left);
});

test('how the number looks in base64 is worked out without leaving it in memory', () => {
  const from = vi.spyOn(Buffer, 'from');
  openScrubber({ number, mask: '', securityCode: undefined, codeField: undefined, identifiers: new Set() });
  const made = from.mock.results.map(({ value }) => value as Buffer);
  from.mockRestore();
  expect(made.length).toBeGreaterThan(0);
  expect(made.filter((bytes) => bytes.includes(number))).toEqual([]);
});
