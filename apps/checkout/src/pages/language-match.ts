// Which of our languages a customer reads (contract 4.3): the session's `locale`, or the best match of `Accept-Language`.
import { LOCALES, type LocaleTag } from './messages/locales.ts';

export interface Match {
  readonly locale: LocaleTag;
  /** With the region of the customer, whose way of writing numbers and dates differs: `de-AT`. */
  readonly tag: string;
}

/** What a page is asked for in. */
export interface Reader {
  /** Of a session or link: a language tag, or `auto`. */
  readonly locale?: string;
  readonly acceptLanguage?: string | undefined;
}

const ENGLISH: Match = { locale: 'en', tag: 'en' };

export function matchLanguage({ locale = 'auto', acceptLanguage }: Reader): Match {
  const wanted = locale === 'auto' ? acceptedTags(acceptLanguage) : [locale];
  return wanted.map(match).find((found) => found !== undefined) ?? ENGLISH;
}

/** Longer headers are cut: they are no list of what somebody reads. */
const tagsMax = 20;

/** In the order of their weights. */
const acceptedTags = (header = ''): string[] =>
  header
    .split(',', tagsMax)
    .map((entry) => /^\s*([a-z]{2,3}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=([0-9.]+))?\s*$/i.exec(entry))
    .flatMap((found) => (found?.[1] === undefined ? [] : [{ tag: found[1], weight: Number(found[2] ?? 1) }]))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);

/** Of languages that browsers name and that are read by who reads the other. */
const READ_AS: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb' };

/** Those of the same language and script; the one of the same region first, then the one without. */
function match(tag: string): Match | undefined {
  const wanted = localeOf(tag);
  if (wanted === undefined) return undefined;
  const { language, script, region } = wanted.maximize();
  const fitting = LOCALES.filter((candidate) => {
    const full = new Intl.Locale(candidate).maximize();
    return full.language === language && full.script === script;
  });
  const locale =
    fitting.find((candidate) => new Intl.Locale(candidate).region === region) ??
    fitting.find((candidate) => new Intl.Locale(candidate).region === undefined) ??
    fitting[0];
  if (locale === undefined) return undefined;
  const own = wanted.region === undefined ? {} : { region: wanted.region };
  return { locale, tag: new Intl.Locale(locale, own).toString() };
}

/** Canonical: `iw` is `he`. */
function localeOf(tag: string): Intl.Locale | undefined {
  try {
    const locale = new Intl.Locale(tag);
    const other = READ_AS[locale.language];
    return other === undefined ? locale : new Intl.Locale(locale.baseName, { language: other });
  } catch {
    return undefined;
  }
}
