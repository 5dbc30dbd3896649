import { expect, it } from 'vitest';
import { declarationsOf } from './declarations.ts';

it('writes the properties of the list as CSS names', () => {
  expect(declarationsOf({ color: '#111', fontSize: '16px', WebkitFontSmoothing: 'antialiased' })).toEqual([
    ['color', '#111'],
    ['font-size', '16px'],
    ['-webkit-font-smoothing', 'antialiased'],
  ]);
});

it.each([
  'position',
  'display',
  'width',
  'background',
  'backgroundImage',
  'borderImage',
  'cursor',
  'content',
  'filter',
  'transform',
  '--colour',
  'background-color',
  'cssText',
  '__proto__',
])('takes no %s', (name) => {
  expect(declarationsOf(JSON.parse(`{"${name}": "red"}`))).toEqual([]);
});

it.each(['url(https://example.com/x)', 'URL(//x)', 'image-set("x" 1x)', '\\75rl(x)', 'a'.repeat(201), 7, null])(
  'takes no value %j',
  (value) => {
    expect(declarationsOf({ color: value as string })).toEqual([]);
  },
);
