// Draws a field as its page asks, with a style sheet that is filled through the object model.
import type { ElementStyleConfig } from '@ozura/elements/protocol';
import { declarationsOf } from './declarations.ts';

/** Later ones win over earlier ones. */
const SELECTORS = [
  ['base', 'input'],
  ['placeholder', 'input::placeholder'],
  ['complete', 'input.complete'],
  ['focus', 'input:focus'],
  ['invalid', 'input.invalid'],
] as const;

/** Text of the page is never parsed as a style sheet. */
export function applyStyle(sheet: CSSStyleSheet, config: ElementStyleConfig): void {
  sheet.replaceSync(SELECTORS.map(([, selector]) => `${selector}{}`).join(''));
  SELECTORS.forEach(([state], index) => {
    const rule = sheet.cssRules[index] as CSSStyleRule;
    for (const [name, value] of declarationsOf(config[state])) rule.style.setProperty(name, value);
  });
}
