// Loads the font files that a page names. Where from is decided by the policy of the document, not by the page.
import type { FontFile } from '@ozura/elements/protocol';

const most = 20;
const known = new Set<string>();

export function loadFonts(fonts: readonly FontFile[]): void {
  for (const { family, src, weight, style, display } of fonts.slice(0, most)) {
    const key = [family, src, weight, style].join();
    if (known.has(key) || !URL.canParse(src)) continue;
    known.add(key);
    const descriptors = Object.entries({ weight, style, display }).filter(([, value]) => value);
    const face = new FontFace(
      family,
      `url("${new URL(src).href.replaceAll('"', '%22')}")`,
      Object.fromEntries(descriptors),
    );
    document.fonts.add(face);
    // A file that is missing or refused leaves the next font of the list.
    face.load().catch(() => undefined);
  }
}
