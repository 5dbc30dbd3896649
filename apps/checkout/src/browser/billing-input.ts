// The billing fields of the form: reading them, and naming what is plainly wrong with them. The server reads them by the
// rules of `core/billing` and has the last word; its failures end beside the same fields.
import { plainDigits } from '@ozura/core/digits';
import { fill } from '../pages/messages/catalogue.ts';
import type { FieldError } from './field-errors.ts';
import { type AddressFacts, byId, type CheckoutFacts, lengthSlack } from './page-facts.ts';

const ADDRESS = ['line1', 'line2', 'city', 'state', 'zip', 'country'] as const;
const PERSON = ['email', 'phone', 'firstName', 'lastName'] as const;
type FieldName = (typeof ADDRESS | typeof PERSON)[number];

const NAMES: readonly FieldName[] = [...PERSON, ...ADDRESS];

type Rules = AddressFacts['form'];

const controlOf = (name: FieldName): HTMLInputElement => byId<HTMLInputElement>(name);

/** Empty for a part of the address that the chosen country does not have. */
export const fieldValue = (name: FieldName): string => {
  const control = controlOf(name);
  const value = control.closest('[hidden]') === null ? control.value.trim() : '';
  return name === 'phone' || name === 'zip' ? plainDigits(value) : value;
};

export interface BillingInput {
  /** As the server reads it; absent when something is wrong. */
  readonly billing?: object;
  readonly errors: readonly FieldError[];
}

export function readBilling({ messages }: CheckoutFacts, rules: Rules): BillingInput {
  const errors = NAMES.flatMap((name) => {
    const text = fault(name, rules, messages);
    return text === '' ? [] : [errorAt(name, text)];
  });
  if (errors.length > 0) return { errors };
  const values = (names: readonly FieldName[]) => Object.fromEntries(names.map((name) => [name, fieldValue(name)]));
  return { billing: { ...values(PERSON), address: values(ADDRESS) }, errors };
}

/** Whether the price can be asked for: country, state and postal code are there. */
export const isPlaceKnown = (rules: Rules, { messages }: CheckoutFacts): boolean =>
  (['country', 'state', 'zip'] as const).every((name) => fault(name, rules, messages) === '');

/** From `billing.address.zip: …`, as the rules on the server put it, to a sentence beside the field. */
export function billingErrors(failures: readonly string[], { messages }: CheckoutFacts, rules: Rules): FieldError[] {
  const failed = new Set(failures.map((failure) => /^billing\.(?:address\.)?(\w+):/.exec(failure)?.[1]));
  return NAMES.filter((name) => failed.has(name)).map((name) =>
    errorAt(name, fault(name, rules, messages) || wrong(name, rules, messages)),
  );
}

const errorAt = (name: FieldName, text: string): FieldError => ({ name, text, focus: () => byId(name).focus() });

type Messages = CheckoutFacts['messages'];

function fault(name: FieldName, rules: Rules, messages: Messages): string {
  const value = fieldValue(name);
  const control = controlOf(name);
  // A list of choices has none.
  const most = control.maxLength > 0 ? control.maxLength / lengthSlack : value.length;
  if (value === '') return control.required ? fill(messages.fieldMissing, { field: labelOf(name) }) : '';
  if (value.length > most) return fill(messages.fieldTooLong, { field: labelOf(name), count: String(most) });
  return shapeOf(name, rules)?.test(value) === false ? wrong(name, rules, messages) : '';
}

function shapeOf(name: FieldName, { zipPattern }: Rules): RegExp | undefined {
  if (name === 'email') return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
  if (name === 'phone') return /^[\d\s+().\-/]{5,}$/;
  return name === 'zip' && zipPattern !== undefined ? new RegExp(`^(?:${zipPattern})$`, 'i') : undefined;
}

function wrong(name: FieldName, { zipExample, phoneExample }: Rules, messages: Messages): string {
  const examples: Partial<Record<FieldName, string | undefined>> = {
    email: 'name@example.com',
    phone: phoneExample,
    zip: zipExample,
  };
  const example = examples[name];
  const field = labelOf(name);
  return example === undefined ? fill(messages.fieldWrong, { field }) : fill(messages.fieldLike, { field, example });
}

const labelOf = (name: FieldName): string => byId(`${name}-label`).textContent ?? '';
