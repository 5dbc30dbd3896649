// How a field looks is asked for by a page that we do not trust (contract 11.8). Only these properties are taken: none
// of them loads anything or takes the field out of its place.
import type { ElementStyle } from '@ozura/elements/protocol';

const BORDERS = ['', 'Top', 'Right', 'Bottom', 'Left'].flatMap((side) =>
  ['', 'Color', 'Style', 'Width'].map((part) => `border${side}${part}`),
);
const OTHERS = `
  backgroundColor borderRadius boxShadow caretColor color
  fontFamily fontSize fontStyle fontVariantNumeric fontWeight letterSpacing lineHeight
  opacity outline outlineColor outlineOffset outlineStyle outlineWidth
  padding paddingTop paddingRight paddingBottom paddingLeft
  textAlign textDecoration textShadow textTransform transition WebkitFontSmoothing`;
const ALLOWED = new Set([...BORDERS, ...OTHERS.trim().split(/\s+/)]);
const valueMax = 200;

/** CSS names and values of what may be set. */
export function declarationsOf(style: ElementStyle | undefined): readonly (readonly [name: string, value: string])[] {
  return Object.entries(style ?? {})
    .filter(([name, value]) => ALLOWED.has(name) && isHarmless(value))
    .map(([name, value]) => [name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`), value]);
}

// A backslash could spell `url` in another way.
const isHarmless = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= valueMax && !/url\(|image|\\/i.test(value);
