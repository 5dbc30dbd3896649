// The contact and address part of the form. Rules and names are those of `core/billing`; the script checks them.
import { type Html, html } from '@ozura/kit/html';
import { type AddressForm, type AddressPart, addressForm } from './address/form.ts';
import { inputField, option, selectField } from './fields.ts';
import type { Language } from './language.ts';

export function contactFields({ messages }: Language): Html {
  const text = messages.page;
  return html`${inputField({ name: 'email', label: text.email, type: 'email', autocomplete: 'email', most: 254 })}
${inputField({ name: 'phone', label: text.phone, type: 'tel', autocomplete: 'tel', most: 40 })}`;
}

export function addressFields(language: Language, country: string): Html {
  const text = language.messages.page;
  const form = addressForm(country, language);
  if (form === undefined) throw new Error(`no address form of ${country}`);
  const asked = form.order.map((part) => drawPart(part, form, language));
  const others = PARTS.filter((part) => !form.order.includes(part)).map((part) => drawPart(part, form, language));
  const names = [
    inputField({ ...half, name: 'firstName', label: text.firstName, autocomplete: 'billing given-name' }),
    inputField({ ...half, name: 'lastName', label: text.lastName, autocomplete: 'billing family-name' }),
  ];
  return html`${FAMILY_NAME_FIRST.has(language.locale) ? names.reverse() : names}
${selectField({
  name: 'country',
  label: text.country,
  autocomplete: 'billing country',
  options: option(country, language.country(country)),
})}
${asked}${others}`;
}

const half = { most: 50, width: 'half' } as const;

/** Languages of ours in which people say the family name first (CLDR, person names). */
const FAMILY_NAME_FIRST: ReadonlySet<string> = new Set(['hu', 'ja', 'ko', 'vi', 'zh-Hans', 'zh-Hant']);

const PARTS: readonly AddressPart[] = ['lines', 'city', 'state', 'zip'];

/** A part that the country does not have is there and hidden: the script shows it when the country changes. */
function drawPart(part: AddressPart, form: AddressForm, language: Language): Html {
  const text = language.messages.page;
  if (part === 'lines') {
    return html`${inputField({ name: 'line1', label: text.line1, autocomplete: 'billing address-line1', most: 100 })}
${inputField({ name: 'line2', label: text.line2, autocomplete: 'billing address-line2', most: 100, optional: text.optional })}`;
  }
  const common = {
    name: part,
    label: form.labels[part],
    hidden: !form.order.includes(part),
    ...(isWide(part, form.order) ? {} : { width: 'half' as const }),
  };
  if (part === 'city') return inputField({ ...common, autocomplete: 'billing address-level2', most: 50 });
  if (part === 'zip') return inputField({ ...common, autocomplete: 'billing postal-code', most: 16 });
  const state = {
    ...common,
    autocomplete: 'billing address-level1',
    ...(form.isStateRequired ? {} : { optional: text.optional }),
  };
  if (form.states === undefined) return inputField({ ...state, most: 50 });
  const options = [option('', text.choose), ...form.states.map(([value, name]) => option(value, name))];
  return selectField({ ...state, options: html`${options}` });
}

/** Two stand side by side; of three the first has a row of its own. */
function isWide(part: AddressPart, order: readonly AddressPart[]): boolean {
  const halves = order.filter((other) => other !== 'lines');
  return halves.length % 2 === 1 && part === halves[0];
}
