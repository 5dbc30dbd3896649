// Takes the font files that a page names. Where from is decided by the policy of the document, not by the page.
import type { FontFile } from '@ozura/elements/protocol';
import { urlOf } from '@ozura/elements/url';

/** A style sheet of a large alphabet has more than a hundred. */
const most = 500;
const known = new Set<string>();

export function addFonts(fonts: readonly FontFile[]): void {
  for (const { family, src, ...more } of fonts.slice(0, most)) {
    const descriptors = Object.fromEntries(Object.entries(more).filter(([, value]) => value));
    const key = JSON.stringify([family, src, descriptors]);
    const url = urlOf(src);
    if (known.has(key) || url === undefined) continue;
    known.add(key);
    const face = new FontFace(family, `url("${url.href.replaceAll('"', '%22')}")`, descriptors);
    document.fonts.add(face);
    // Before the first key is pressed: fetched when it is drawn, a file of one digit would tell its server who typed it. One
    // that is missing or refused leaves the next font of the list.
    if (isOfValues(face.unicodeRange)) face.load().catch(() => undefined);
  }
}

/** Between them is all that a value is written with. */
const [space, nine] = [0x20, 0x39];

/** Whether some of the characters are those of a value; what cannot be read may be. */
const isOfValues = (unicodeRange: string): boolean =>
  unicodeRange.split(',').some((part) => {
    const [, from = '', to = from] = /^U\+([0-9a-f?]+)(?:-([0-9a-f]+))?$/i.exec(part.trim()) ?? [];
    const [first, last] = [from.replaceAll('?', '0'), to.replaceAll('?', 'f')].map((digits) =>
      Number.parseInt(digits, 16),
    );
    return !(Number(first) > nine || Number(last) < space);
  });
