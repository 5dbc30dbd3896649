// The billing fields of the form: reading them by the rules of `core/billing`, and naming what is wrong with them.
import { type Billing, billing } from '@ozura/core/billing';
import { Intake } from '@ozura/core/validation';
import type { ScriptMessages } from '../pages/messages/catalogue.ts';
import type { FieldError } from './field-errors.ts';
import { byId } from './page-facts.ts';
import { internationalPhone } from './phone.ts';

type FieldName = keyof ScriptMessages['missing'];

const ADDRESS = ['line1', 'line2', 'city', 'state', 'zip', 'country'] as const;

/** In the order of the form, which is the order of the errors. */
const FIELDS: readonly FieldName[] = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'country',
  'line1',
  'line2',
  'city',
  'state',
  'zip',
];

export const fieldValue = (name: FieldName): string => byId<HTMLInputElement>(name).value.trim();

export interface BillingInput {
  /** As the server would read it; absent when something is wrong. */
  readonly billing?: Billing;
  readonly errors: readonly FieldError[];
}

export function readBilling(messages: ScriptMessages): BillingInput {
  const intake = new Intake();
  const country = fieldValue('country');
  const read = billing(
    {
      firstName: fieldValue('firstName'),
      lastName: fieldValue('lastName'),
      email: fieldValue('email'),
      phone: internationalPhone(fieldValue('phone'), country),
      address: Object.fromEntries(ADDRESS.map((name) => [name, fieldValue(name)])),
    },
    'billing',
    intake,
  );
  const errors = billingErrors(intake.failures, messages);
  return read === undefined || errors.length > 0 ? { errors } : { billing: read, errors };
}

/** From `billing.address.zip: …`, as the rules here or on the server put it, to a sentence beside the field. */
export function billingErrors(failures: readonly string[], messages: ScriptMessages): FieldError[] {
  const failed = new Set(failures.map((failure) => /^billing\.(?:address\.)?(\w+):/.exec(failure)?.[1]));
  return FIELDS.filter((name) => failed.has(name)).map((name) => ({
    name,
    text: fieldText(name, messages),
    focus: () => byId(name).focus(),
  }));
}

function fieldText(name: FieldName, messages: ScriptMessages): string {
  if (fieldValue(name) === '') return messages.missing[name];
  if (name !== 'zip') return messages.wrong[name];
  const country = fieldValue('country');
  return country === 'US' ? messages.wrongZipUS : country === 'CA' ? messages.wrongZipCA : messages.wrong.zip;
}
