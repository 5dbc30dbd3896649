import { expect, it } from 'vitest';
import { cardNumber } from './card-number.ts';
import { deleteDigit, reformat } from './caret.ts';

const format = (typed: string): string => cardNumber.format(typed, { nowMs: 0, deleting: false });
/** `|` stands for the caret. */
const edit = (marked: string) => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') });
const marked = ({ text, caret }: { text: string; caret: number }): string =>
  `${text.slice(0, caret)}|${text.slice(caret)}`;
const reformatted = (typed: string): string => marked(reformat(edit(typed), format));

it('leaves the caret at the end of what is typed at the end', () => {
  expect(reformatted('4242|')).toBe('4242|');
  expect(reformatted('42424|')).toBe('4242 4|');
});

it('keeps the caret behind the digit that was typed in the middle', () => {
  expect(reformatted('49|24 2424')).toBe('49|24 2424');
  expect(reformatted('4242 95|4 4242')).toBe('4242 95|44 242');
  expect(reformatted('42429|4242')).toBe('4242 9|424 2');
});

it('keeps the caret in place when the groups change with the brand', () => {
  expect(reformatted('37|12 1212 1212 121')).toBe('37|12 121212 12121');
});

it('deletes the digit beside a separator that was deleted', () => {
  expect(marked(deleteDigit('4242 4', edit('4242|4'), 'deleteContentBackward'))).toBe('424|4');
  expect(marked(deleteDigit('4242 42', edit('4242|42'), 'deleteContentForward'))).toBe('4242|2');
  expect(marked(deleteDigit('12 / ', edit('12 /|'), 'deleteContentBackward'))).toBe('1 /|');
});

it('deletes no second digit where one went already', () => {
  expect(marked(deleteDigit('4242 42', edit('4242 4|'), 'deleteContentBackward'))).toBe('4242 4|');
  expect(marked(deleteDigit('4242 42', edit('4242 |42'), 'deleteByCut'))).toBe('4242 |42');
});
