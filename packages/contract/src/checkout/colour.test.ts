import { expect, test } from 'vitest';
import { contrast, parseColour } from './colour.ts';

test.each([
  ['#f00', [255, 0, 0, 1]],
  ['#FF000080', [255, 0, 0, 128 / 255]],
  ['#0f08', [0, 255, 0, 136 / 255]],
  ['rgb(255, 0, 10)', [255, 0, 10, 1]],
  ['rgba(255,0,0,.5)', [255, 0, 0, 0.5]],
  ['rgb(100% 0% 0% / 50%)', [255, 0, 0, 0.5]],
  ['hsl(120, 100%, 50%)', [0, 255, 0, 1]],
  ['hsla(-240deg 100% 50% / 1)', [0, 255, 0, 1]],
  ['hsl(0.5turn, 100%, 50%)', [0, 255, 255, 1]],
  ['rgb(100%, 0%, 0%, 50%)', [255, 0, 0, 0.5]],
  ['rgb(100% 0 10/.5)', [255, 0, 10, 0.5]],
  ['RebeccaPurple', [102, 51, 153, 1]],
  ['transparent', [0, 0, 0, 0]],
])('%s is a colour', (text, colour) => {
  expect(parseColour(text)?.map((part) => Math.round(part * 1000) / 1000)).toEqual(
    colour.map((part) => Math.round(part * 1000) / 1000),
  );
});

test.each([
  '',
  '#12',
  '#12345',
  '#ggg',
  'rgb(1,2)',
  'rgb(1,2,3',
  'rgb(1, 2 3)',
  'rgb(10%, 2, 3)',
  'rgb(1,2,3 / .5)',
  'rgb(1 2 3, .5)',
  'rgb(1., 2, 3)',
  'hsl(120, 100% 50%)',
  'url(x)',
  'var(--x)',
  'red;',
  'hsl(1 2 3)',
  'constructor',
])('%s is none', (text) => {
  expect(parseColour(text)).toBeUndefined();
});

test('contrast is that of WCAG', () => {
  const ratio = (text: string, background: string): number => {
    const [front, back] = [parseColour(text), parseColour(background)];
    if (front === undefined || back === undefined) throw new Error('no colour');
    return contrast(front, back);
  };
  expect(ratio('black', 'white')).toBeCloseTo(21);
  expect(ratio('white', 'white')).toBeCloseTo(1);
  expect(ratio('#767676', '#fff')).toBeCloseTo(4.54, 2);
  // Half-transparent black on white is a grey.
  expect(ratio('#00000080', '#fff')).toBeLessThan(4.5);
});
