// What a language of the pages consists of, and how its sentences are filled in.
import type { englishTexts } from './en.ts';

/** One text for each form that counts take in a language; `other` always. */
export type Counted = { readonly other: string } & { readonly [Form in Intl.LDMLPluralRule]?: string };

type Texts<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends Counted ? Counted : Texts<T[K]>;
};

/** What a locale file holds: `both` is said by the server in the first HTML, and by the script when something changes. */
export type LocaleTexts = Texts<typeof englishTexts>;

export interface Messages {
  readonly page: LocaleTexts['both'] & LocaleTexts['page'];
  readonly script: LocaleTexts['both'] & LocaleTexts['script'];
}
export type ScriptMessages = Messages['script'];

export const messagesOf = ({ both, page, script }: LocaleTexts): Messages => ({
  page: { ...both, ...page },
  script: { ...both, ...script },
});

/** Puts values in the place of `{name}`. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);

/** `US$` behind an amount: in a text from right to left the sign would jump before its letters. */
export const keepSign = (amount: string): string => amount.replace(/[A-Z]\p{Sc}$/u, '$&\u200e');

/** The form for this count, with `{count}` and other values filled in. */
export function fillCounted(
  text: Counted,
  count: number,
  { tag, ...values }: { readonly tag: string } & Readonly<Record<string, string>>,
): string {
  const form = text[new Intl.PluralRules(tag).select(count)] ?? text.other;
  return fill(form, { ...values, count: new Intl.NumberFormat(tag).format(count) });
}
