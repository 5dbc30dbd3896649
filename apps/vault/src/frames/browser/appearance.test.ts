import type { Appearance, ElementStyleConfig } from '@ozura/elements/protocol';
import { expect, it } from 'vitest';
import { merchantStyle } from './appearance.ts';

const resolveStyle = (appearance: Appearance | undefined, style: ElementStyleConfig = {}) =>
  merchantStyle({ appearance, style, fonts: [] });

it('leaves fields bare without an appearance', () => {
  expect(resolveStyle(undefined)).toEqual({});
  expect(resolveStyle(undefined, { base: { color: 'red' } })).toEqual({ base: { color: 'red' } });
});

it('takes the theme, then the variables, then the style of the element', () => {
  expect(resolveStyle({}).base).toMatchObject({ color: '#1f2937', borderRadius: '6px' });
  expect(resolveStyle({ variables: { colorText: 'navy' } }).base).toMatchObject({ color: 'navy' });
  expect(resolveStyle({ variables: { colorText: 'navy' } }, { base: { color: 'red' } }).base).toMatchObject({
    color: 'red',
  });
});

it('draws the flat theme with a bottom line only', () => {
  expect(resolveStyle({ theme: 'flat', variables: { borderRadius: '9px' } }).base).toMatchObject({
    borderWidth: '0 0 1px',
    borderRadius: '0',
  });
});
