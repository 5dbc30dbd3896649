// The languages of the pages. A locale file is read when the first customer speaks its language, and then kept.
import { readFileSync } from 'node:fs';
import { isObject } from '@ozura/core/validation';
import { type LocaleTexts, type Messages, messagesOf } from './catalogue.ts';
import { englishTexts } from './en.ts';

/** Canonical BCP 47 tags; each but `en` has a file of its own. A script is named where a language is written in two. */
export const LOCALES = [
  'en',
  'ar',
  'bg',
  'bn',
  'ca',
  'cs',
  'da',
  'de',
  'el',
  'es',
  'et',
  'fa',
  'fi',
  'fil',
  'fr',
  'he',
  'hi',
  'hr',
  'hu',
  'id',
  'is',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'ms',
  'nb',
  'nl',
  'pl',
  'pt-BR',
  'pt-PT',
  'ro',
  'ru',
  'sk',
  'sl',
  'sr',
  'sr-Latn',
  'sv',
  'th',
  'tr',
  'uk',
  'ur',
  'vi',
  'zh-Hans',
  'zh-Hant',
] as const;

export type LocaleTag = (typeof LOCALES)[number];

const opened = new Map<LocaleTag, Messages>();

export function openMessages(tag: LocaleTag): Messages {
  const known = opened.get(tag);
  if (known !== undefined) return known;
  const messages = messagesOf(
    tag === 'en' ? englishTexts : (withEnglish(readLocale(tag), englishTexts) as LocaleTexts),
  );
  opened.set(tag, messages);
  return messages;
}

const readLocale = (tag: Exclude<LocaleTag, 'en'>): unknown =>
  JSON.parse(readFileSync(new URL(`./locales/${tag}.json`, import.meta.url), 'utf8'));

/** A sentence that a language does not have yet is said in English. */
function withEnglish(own: unknown, english: object): object {
  const texts = isObject(own) ? own : {};
  return Object.fromEntries(
    Object.entries(english).map(([key, text]) => [
      key,
      typeof text === 'string' || 'other' in text ? (texts[key] ?? text) : withEnglish(texts[key], text),
    ]),
  );
}
