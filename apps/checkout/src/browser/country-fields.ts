// Country, state and postal code. The names of the countries are in every browser already, so the page does not carry
// them; state and postal code follow the country: a list where there is one, and the name people know the code by.
import { countryCodes, hasPostalCodes, type State, statesOf } from '@ozura/core/countries';
import type { ScriptMessages } from '../pages/messages/catalogue.ts';
import { byId } from './page-facts.ts';

export function openCountryFields(messages: ScriptMessages): void {
  const country = byId<HTMLSelectElement>('country');
  fill(country, country.value, countriesByName());
  const states = statesOf(country.value);
  if (states !== undefined) fill(byId<HTMLSelectElement>('state'), '', [none(messages), ...states]);
  country.addEventListener('change', () => followCountry(country.value, messages));
}

function countriesByName(): State[] {
  const { lang } = document.documentElement;
  const names = new Intl.DisplayNames(lang, { type: 'region' });
  const { compare } = new Intl.Collator(lang);
  return countryCodes()
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => compare(a.name, b.name));
}

const none = ({ choose }: ScriptMessages): State => ({ code: '', name: choose });

const fill = (select: HTMLSelectElement, chosen: string, entries: readonly State[]): void =>
  select.replaceChildren(...entries.map(({ code, name }) => new Option(name, code, false, code === chosen)));

function followCountry(country: string, messages: ScriptMessages): void {
  replaceState(country, messages);
  setLabel('zip', country === 'US' ? messages.zipUs : messages.zip);
  setOptional('zip', !hasPostalCodes(country), messages);
}

function replaceState(country: string, messages: ScriptMessages): void {
  const states = statesOf(country);
  const old = byId<HTMLInputElement>('state');
  const control = document.createElement(states === undefined ? 'input' : 'select');
  for (const name of ['id', 'name', 'autocomplete', 'aria-describedby']) {
    control.setAttribute(name, old.getAttribute(name) ?? '');
  }
  if (control instanceof HTMLSelectElement) fill(control, old.value, [none(messages), ...(states ?? [])]);
  old.replaceWith(control);
  setLabel('state', country === 'US' ? messages.state : country === 'CA' ? messages.province : messages.region);
  setOptional('state', states === undefined, messages);
}

const setLabel = (name: string, text: string): void => {
  byId(`${name}-label`).textContent = text;
};

function setOptional(name: string, optional: boolean, messages: ScriptMessages): void {
  const label = byId(`${name}-label`).parentElement;
  label?.querySelector('small')?.remove();
  byId(name).toggleAttribute('required', !optional);
  if (!optional) return;
  const note = document.createElement('small');
  note.textContent = messages.optional;
  label?.append(' ', note);
}
