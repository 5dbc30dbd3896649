// Errors of fields: beside the field, and together above the form when there are several (WCAG 3.3.1).
import { byId } from './page-facts.ts';

export interface FieldError {
  /** The field's id. */
  readonly name: string;
  readonly text: string;
  /** A card field takes the focus through its frame. */
  readonly focus: () => void;
}

/** An empty text takes the error away. */
export function markField(name: string, text: string): void {
  byId(`${name}-error`).textContent = text;
  const field = byId(name);
  if (field.classList.contains('frame')) field.classList.toggle('invalid', text !== '');
  else if (text === '') field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
}

/** Shows all errors and takes the customer to the first. */
export function showErrors(errors: readonly FieldError[]): void {
  for (const { name, text } of errors) markField(name, text);
  listErrors(errors.length > 1 ? errors : []);
  errors[0]?.focus();
}

export function clearErrors(): void {
  for (const place of document.querySelectorAll('.error')) markField(place.id.replace(/-error$/, ''), '');
  listErrors([]);
}

function listErrors(errors: readonly FieldError[]): void {
  const summary = byId('problems');
  summary.hidden = errors.length === 0;
  summary.querySelector('ul')?.replaceChildren(...errors.map(listEntry));
}

function listEntry({ name, text, focus }: FieldError): HTMLLIElement {
  const link = document.createElement('a');
  link.href = `#${name}`;
  link.textContent = text;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    focus();
  });
  const entry = document.createElement('li');
  entry.append(link);
  return entry;
}
