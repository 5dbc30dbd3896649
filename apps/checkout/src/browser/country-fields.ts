// Country and the parts of an address that follow it: which there are, in which order, what they are called, and a list
// of states where there is one. The names of the countries are in every browser already, so the page does not carry
// them; how addresses are written elsewhere is asked for when somebody chooses another country.
import { countryCodes } from '@ozura/core/countries';
import type { AddressForm, AddressPart } from '../pages/address/form.ts';
import { type AddressFacts, byId, type CheckoutFacts } from './page-facts.ts';

export interface CountryFields {
  /** Of the country that is chosen now; nothing is known of it while it is loading, and the server checks again. */
  form(): AddressFacts['form'];
}

type Option = readonly [value: string, name: string];

export function openCountryFields({ address, messages }: CheckoutFacts): CountryFields {
  const country = byId<HTMLSelectElement>('country');
  let { form } = address;
  fill(country, country.value, countriesByName());
  country.addEventListener('change', async () => {
    const chosen = country.value;
    form = {};
    const loaded = await loadForm(address.url.replace('{country}', chosen));
    // A slow answer may be about a country that is not chosen any more.
    if (loaded === undefined || country.value !== chosen) return;
    form = loaded;
    follow(loaded, messages);
    byId('form').dispatchEvent(new Event('address-form'));
  });
  return { form: () => form };
}

async function loadForm(url: string): Promise<AddressForm | undefined> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as AddressForm) : undefined;
}

function countriesByName(): Option[] {
  const { lang } = document.documentElement;
  const names = new Intl.DisplayNames(lang, { type: 'region' });
  const { compare } = new Intl.Collator(lang);
  return countryCodes()
    .map((code): Option => [code, names.of(code) ?? code])
    .sort(([, a], [, b]) => compare(a, b));
}

const fill = (select: HTMLSelectElement, chosen: string, entries: readonly Option[]): void =>
  select.replaceChildren(...entries.map(([value, name]) => new Option(name, value, false, value === chosen)));

const FIELDS: Readonly<Record<AddressPart, readonly string[]>> = {
  lines: ['line1', 'line2'],
  city: ['city'],
  state: ['state'],
  zip: ['zip'],
};

const placeOf = (field: string): HTMLElement | null => byId(field).closest('.field');

function follow(form: AddressForm, messages: CheckoutFacts['messages']): void {
  replaceState(form, messages.choose);
  const halves = form.order.filter((part) => part !== 'lines');
  for (const part of ['city', 'state', 'zip'] as const) {
    const place = placeOf(part);
    byId(`${part}-label`).textContent = form.labels[part];
    if (place === null) continue;
    place.hidden = !form.order.includes(part);
    place.classList.toggle('half', halves.length % 2 === 0 || part !== halves[0]);
    byId(part).toggleAttribute('required', !place.hidden && (part !== 'state' || form.isStateRequired));
  }
  markOptional('state', form.isStateRequired ? '' : messages.optional);
  arrange(form.order.flatMap((part) => FIELDS[part]).map(placeOf));
}

/** In the order of the country, for eyes and for the Tab key. Who is in one of the fields already stays in it. */
function arrange(places: readonly (HTMLElement | null)[]): void {
  const wanted = places.filter((place) => place !== null);
  const held = wanted.find((place) => place.contains(document.activeElement)) ?? wanted[0];
  if (held === undefined) return;
  const at = wanted.indexOf(held);
  held.before(...wanted.slice(0, at));
  held.after(...wanted.slice(at + 1));
}

function replaceState({ states }: AddressForm, choose: string): void {
  const old = byId<HTMLInputElement>('state');
  const control = document.createElement(states === undefined ? 'input' : 'select');
  for (const name of ['id', 'name', 'autocomplete', 'aria-describedby', 'maxlength', 'dir']) {
    control.setAttribute(name, old.getAttribute(name) ?? '');
  }
  if (control instanceof HTMLSelectElement) fill(control, old.value, [['', choose], ...(states ?? [])]);
  const isHeld = document.activeElement === old;
  old.replaceWith(control);
  if (isHeld) control.focus();
}

function markOptional(field: string, text: string): void {
  const name = byId(`${field}-label`);
  const note = document.createElement('small');
  note.textContent = text;
  name.parentElement?.replaceChildren(name, ...(text === '' ? [] : [' ', note]));
}
