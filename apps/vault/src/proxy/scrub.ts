// Takes card data out of a processor's answer before anyone sees it (contract 7.4).
import { bodyKindOf } from './body-kind.ts';
import { parseScrubbed } from './scrub-json.ts';
import type { Scrubber } from './scrubber.ts';

/** The value of a JSON answer, the text of any other; unreadable JSON is text. */
export function scrubBody(text: string, contentType: string | undefined, scrub: Scrubber): unknown {
  if (bodyKindOf(contentType) !== 'json') return scrub.markup(text);
  try {
    return parseScrubbed(text, scrub);
  } catch {
    return scrub.markup(text);
  }
}

export function scrubHeaders(
  headers: Readonly<Record<string, string>>,
  scrub: Scrubber,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, scrub.member(name, value)]));
}
