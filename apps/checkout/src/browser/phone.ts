// Writes a phone number as the chosen country does, while it is typed. A script of its own, loaded when somebody goes to
// the field: what all countries do is larger than the rest of the page.
import { plainDigits } from '@ozura/core/digits';
import { AsYouType, type CountryCode } from 'libphonenumber-js/min';
import { byId } from './page-facts.ts';

const field = byId<HTMLInputElement>('phone');
const country = byId<HTMLSelectElement>('country');

/** What counts of a number: signs and spaces come and go. */
const partsOf = (text: string): string => text.replace(/[^\d+]/g, '');

function format(): void {
  const { value, selectionStart } = field;
  const typed = plainDigits(value);
  const formatted = new AsYouType(country.value as CountryCode).input(typed);
  // An extension, or whatever else the library would leave out, is nobody's to take away.
  if (formatted === value || partsOf(formatted) !== partsOf(typed) || /[^\d\s+().\-/]/.test(typed)) return;
  const caret = selectionStart ?? value.length;
  field.value = formatted;
  if (document.activeElement !== field) return;
  const place =
    caret === value.length ? formatted.length : placeAfter(formatted, partsOf(typed.slice(0, caret)).length);
  field.setSelectionRange(place, place);
}

function placeAfter(text: string, parts: number): number {
  let place = 0;
  for (let seen = 0; seen < parts && place < text.length; place += 1) {
    if (partsOf(text.charAt(place)) !== '') seen += 1;
  }
  return place;
}

field.addEventListener('input', (event) => {
  // What is taken away must not come back: the number is put in order with the next key.
  if (!(event as InputEvent).inputType?.startsWith('delete')) format();
});
format();
