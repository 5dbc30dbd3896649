// Takes the font files that a page names. Where from is decided by the policy of the document, not by the page.
import type { FontFile } from '@ozura/elements/protocol';

/** A style sheet of a large alphabet has more than a hundred. */
const most = 500;
const known = new Set<string>();

export function addFonts(fonts: readonly FontFile[]): void {
  for (const { family, src, ...more } of fonts.slice(0, most)) {
    const descriptors = Object.fromEntries(Object.entries(more).filter(([, value]) => value));
    const key = JSON.stringify([family, src, descriptors]);
    if (known.has(key) || !URL.canParse(src)) continue;
    known.add(key);
    document.fonts.add(new FontFace(family, `url("${new URL(src).href.replaceAll('"', '%22')}")`, descriptors));
    // Before the first key is pressed. A file that is missing or refused leaves the next font of the list.
    document.fonts.load(`1em "${family.replace(/["\\]/g, '\\$&')}"`, '0').catch(() => undefined);
  }
}
