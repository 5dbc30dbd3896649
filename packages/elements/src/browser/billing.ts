// Billing details are checked and normalised in the page, before anything is sent (contract 11.5).
import { type Billing, billing as billingReader } from '@ozura/core/billing';
import { Intake } from '@ozura/core/validation';
import { OzError } from './oz-error.ts';

/** As a merchant's form gives them. */
export type BillingDetails = Billing;

/** The normalised copy, or an `OzError` that names the first field that is wrong. */
export function checkBilling(details: BillingDetails): Billing {
  const intake = new Intake();
  const normalised = billingReader(details, 'billing', intake);
  const [failure] = intake.failures;
  if (failure !== undefined || normalised === undefined)
    throw new OzError('validation', failure ?? 'billing: is not valid');
  return normalised;
}
