// How a field looks is asked for by a page that we do not trust (contract 11.8). Only these properties are taken: none
// of them loads anything or takes the field out of its place.
import type { ElementStyle, ElementStyleConfig } from '@ozura/elements/protocol';

const BORDERS = ['', 'Top', 'Right', 'Bottom', 'Left'].flatMap((side) =>
  ['', 'Color', 'Style', 'Width'].map((part) => `border${side}${part}`),
);
const ALLOWED = new Set([
  ...BORDERS,
  ...'backgroundColor borderRadius boxShadow caretColor color fontFamily fontSize fontStyle fontVariantNumeric fontWeight'.split(
    ' ',
  ),
  ...'letterSpacing lineHeight opacity outline outlineColor outlineOffset outlineStyle outlineWidth'.split(' '),
  ...'padding paddingTop paddingRight paddingBottom paddingLeft'.split(' '),
  ...'textAlign textDecoration textShadow textTransform transition WebkitFontSmoothing'.split(' '),
]);
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

/** Later ones win over earlier ones. */
const SELECTORS = [
  ['base', 'input'],
  ['placeholder', 'input::placeholder'],
  ['complete', 'input.complete'],
  ['focus', 'input:focus'],
  ['invalid', 'input.invalid'],
] as const;

/** Rules are filled through the object model: text of the page is never parsed as a style sheet. */
export function applyStyle(sheet: CSSStyleSheet, config: ElementStyleConfig): void {
  sheet.replaceSync(SELECTORS.map(([, selector]) => `${selector}{}`).join(''));
  SELECTORS.forEach(([state], index) => {
    const rule = sheet.cssRules[index] as CSSStyleRule;
    for (const [name, value] of declarationsOf(config[state])) rule.style.setProperty(name, value);
  });
}
