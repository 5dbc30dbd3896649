// What an address consists of depends on its country: the form of one country in the words of one language. The data is
// written by `npm run addresses`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CountryCode, getExampleNumber, isSupportedCountry } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import type { Language } from '../language.ts';

export type AddressPart = 'lines' | 'city' | 'state' | 'zip';

/** Of one country; a part that is not in `order` is not asked for. */
export interface AddressForm {
  readonly order: readonly AddressPart[];
  readonly labels: Readonly<Record<'city' | 'state' | 'zip', string>>;
  readonly isStateRequired: boolean;
  /** What goes on the wire, and how it is called. Absent: free text. */
  readonly states?: readonly (readonly [value: string, name: string])[];
  /** A regular expression for all of it, whatever the letter case. */
  readonly zipPattern?: string;
  readonly zipExample?: string;
  /** As people of the country write it. */
  readonly phoneExample?: string;
}

/** A country of `forms.json`; its members are explained where they are made, in `tools/addresses`. */
interface CountryForm {
  readonly order: string;
  readonly localOrder?: string;
  readonly language?: string;
  readonly city?: CityName;
  readonly state?: StateName;
  readonly stateRequired?: true;
  readonly zip?: ZipName;
  readonly zipPattern?: string;
  readonly zipExample?: string;
  readonly states?: readonly (readonly [value: string, name: string, localName?: string])[];
}

type PageTexts = Language['messages']['page'];
type CityName = keyof PageTexts['cityNames'];
type StateName = keyof PageTexts['stateNames'];
type ZipName = keyof PageTexts['zipNames'];

const text = readFileSync(new URL('./forms.json', import.meta.url), 'utf8');
const FORMS = JSON.parse(text) as Readonly<Record<string, CountryForm>>;

/** Of the data: part of the addresses under which browsers keep the forms. */
export const formsVersion = createHash('sha256').update(text).digest('hex').slice(0, 12);

const PARTS: Readonly<Record<string, AddressPart>> = { A: 'lines', C: 'city', S: 'state', Z: 'zip' };

/** `undefined`: there is no such country. */
export function addressForm(country: string, language: Language): AddressForm | undefined {
  if (!Object.hasOwn(FORMS, country)) return undefined;
  const form = FORMS[country] as CountryForm;
  const { cityNames, stateNames, zipNames } = language.messages.page;
  const isLocal = form.language !== undefined && isSameWriting(form.language, language.tag);
  const order = (isLocal ? form.localOrder : undefined) ?? form.order;
  const phoneExample = phoneExampleOf(country);
  return {
    order: [...order].flatMap((letter) => PARTS[letter] ?? []),
    labels: {
      city: cityNames[form.city ?? 'city'],
      state: stateNames[form.state ?? 'province'],
      zip: zipNames[form.zip ?? 'postal'],
    },
    isStateRequired: form.stateRequired === true,
    ...(form.states && {
      states: form.states.map(([value, name, localName]) => [value, (isLocal && localName) || name] as const),
    }),
    ...(form.zipPattern && { zipPattern: form.zipPattern }),
    ...(form.zipExample && { zipExample: form.zipExample }),
    ...(phoneExample && { phoneExample }),
  };
}

function isSameWriting(one: string, other: string): boolean {
  const [a, b] = [one, other].map((tag) => new Intl.Locale(tag).maximize());
  return a?.language === b?.language && a?.script === b?.script;
}

const phoneExampleOf = (country: string): string | undefined =>
  isSupportedCountry(country) ? getExampleNumber(country as CountryCode, examples)?.formatNational() : undefined;
