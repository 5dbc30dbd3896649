// The language a field speaks to who hears it (contract 4.3): English, or the one its address asks for. The texts that
// the page gets of a field stay those of the contract.
import { readdirSync, readFileSync } from 'node:fs';

export interface FrameLanguage {
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  /** By the English text; absent in English. */
  readonly texts?: Readonly<Record<string, string>>;
}

export const ENGLISH: FrameLanguage = { tag: 'en', direction: 'ltr' };

const folder = new URL('./messages/', import.meta.url);
const tags: ReadonlySet<string> = new Set(readdirSync(folder).map((file) => file.replace(/\.json$/, '')));
const opened = new Map<string, FrameLanguage>();

/** Of `lang` in the address of a frame. A file is read when its language is first asked for, and then kept. */
export function frameLanguage(lang: unknown): FrameLanguage {
  if (typeof lang !== 'string' || !tags.has(lang)) return ENGLISH;
  const language = opened.get(lang) ?? open(lang);
  opened.set(lang, language);
  return language;
}

const open = (tag: string): FrameLanguage => ({
  tag,
  direction: ['Arab', 'Hebr'].includes(new Intl.Locale(tag).maximize().script ?? '') ? 'rtl' : 'ltr',
  texts: JSON.parse(readFileSync(new URL(`${tag}.json`, folder), 'utf8')) as Record<string, string>,
});
