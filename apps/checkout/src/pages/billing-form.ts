// The contact and address part of the form. Rules and names are those of `core/billing`; the script checks them.
import { hasPostalCodes, statesOf } from '@ozura/core/countries';
import { type Html, html } from '@ozura/kit/html';
import { inputField, option, selectField } from './fields.ts';
import type { Language } from './language.ts';

export function contactFields({ messages }: Language): Html {
  const text = messages.page;
  return html`${inputField({ name: 'email', label: text.email, type: 'email', autocomplete: 'email', maxLength: 254 })}
${inputField({ name: 'phone', label: text.phone, type: 'tel', autocomplete: 'tel', maxLength: 32 })}`;
}

export function addressFields(language: Language, country: string): Html {
  const text = language.messages.page;
  return html`${inputField({ name: 'firstName', label: text.firstName, autocomplete: 'billing given-name', maxLength: 60, width: 'half' })}
${inputField({ name: 'lastName', label: text.lastName, autocomplete: 'billing family-name', maxLength: 60, width: 'half' })}
${selectField({
  name: 'country',
  label: text.country,
  autocomplete: 'billing country',
  chosen: option(country, language.country(country)),
})}
${inputField({ name: 'line1', label: text.line1, autocomplete: 'billing address-line1', maxLength: 120 })}
${inputField({ name: 'line2', label: text.line2, autocomplete: 'billing address-line2', maxLength: 120, optional: text.optional })}
${inputField({ name: 'city', label: text.city, autocomplete: 'billing address-level2', maxLength: 60 })}
${stateField(language, country)}
${zipField(language, country)}`;
}

/** A list where there is one to choose from, free text elsewhere. The script swaps them with the country. */
function stateField({ messages }: Language, country: string): Html {
  const text = messages.page;
  const states = statesOf(country);
  const common = { name: 'state', autocomplete: 'billing address-level1', width: 'half' as const };
  if (states === undefined) {
    return inputField({ ...common, label: text.region, maxLength: 50, optional: text.optional });
  }
  return selectField({
    ...common,
    label: country === 'US' ? text.state : text.province,
    chosen: option('', text.choose),
  });
}

function zipField({ messages }: Language, country: string): Html {
  const text = messages.page;
  return inputField({
    name: 'zip',
    label: country === 'US' ? text.zipUs : text.zip,
    autocomplete: 'billing postal-code',
    maxLength: 16,
    width: 'half',
    ...(hasPostalCodes(country) ? {} : { optional: text.optional }),
  });
}
