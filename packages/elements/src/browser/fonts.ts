// Fonts of the merchant for the text in the fields (contract 11.2). A frame loads font files alone, and only from origins
// that are registered for the pub key; style sheets are read here, by the page.
import type { FontFile } from '../protocol.ts';
import { urlOf } from '../url.ts';
import { OzError } from './oz-error.ts';

/** A style sheet with `@font-face` rules, or one font file; https only. */
export type FontSource = { readonly cssSrc: string } | FontFile;

export function checkFonts(fonts: readonly FontSource[]): readonly FontSource[] {
  for (const font of fonts) {
    const address = 'cssSrc' in font ? font.cssSrc : font.family && font.src;
    if (!address || urlOf(address)?.protocol !== 'https:') {
      throw new OzError('config', 'fonts: each needs cssSrc, or family and src, with an https address');
    }
  }
  return fonts;
}

/** A sheet that cannot be read is left out: the fields have the next font of their list then. */
export async function readFonts(fonts: readonly FontSource[]): Promise<FontFile[]> {
  const read = fonts.map((font) => ('cssSrc' in font ? readSheet(font.cssSrc).catch(() => []) : [font]));
  return (await Promise.all(read)).flat();
}

async function readSheet(address: string): Promise<FontFile[]> {
  const answer = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  const sheet = await new CSSStyleSheet().replace(await answer.text());
  return [...sheet.cssRules]
    .filter((rule) => rule instanceof CSSFontFaceRule)
    .flatMap(({ style: rule }) => {
      const told = (name: string): string => rule.getPropertyValue(name).trim();
      const [, file] = /url\(["']?([^"')]+)/.exec(told('src')) ?? [];
      if (file === undefined) return [];
      const family = told('font-family').replace(/^["']|["']$/g, '');
      return [
        {
          family,
          src: new URL(file, address).href,
          weight: told('font-weight'),
          style: told('font-style'),
          display: told('font-display'),
          unicodeRange: told('unicode-range'),
        },
      ];
    });
}
