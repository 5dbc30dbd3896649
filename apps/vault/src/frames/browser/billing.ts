// Billing details are checked and normalised before anything is sent (contract 11.5): by the rules of this installation,
// whichever release of the SDK a page has.
import { type Billing, billing } from '@ozura/core/billing';
import { Intake } from '@ozura/core/validation';
import type { TokenizeFailure } from '@ozura/elements/protocol';

/** The normalised copy, or the first field that is wrong. */
export function checkBilling(details: unknown): Billing | TokenizeFailure {
  const intake = new Intake();
  const normalised = billing(details, 'billing', intake);
  const [failure = 'billing: is not valid'] = intake.failures;
  return normalised === undefined || intake.failures.length > 0 ? { kind: 'field', text: failure } : normalised;
}
