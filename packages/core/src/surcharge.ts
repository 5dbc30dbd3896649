// The credit card surcharge (contract 1.1 and 6.5). A percentage is hundredths of a percent: 3.00 % is 300n.

import { countryCode, countryOf, type Place, stateOf } from './billing.ts';
import type { Funding } from './card/funding.ts';
import { plainlyCardless } from './cardless.ts';
import { divideHalfUp } from './money.ts';
import { accepting, list, optional, pattern, type Reader, record, required, text } from './validation.ts';

/** 3.00 %, the most that card networks allow. */
const surchargeMaxHundredths = 300n;

const readPercent: Reader<bigint> = (value, path, intake) => {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const [whole = '', decimals = ''] = text.split('.');
  if (!/^[0-9]{1,12}(\.[0-9]{1,6})?$/.test(text)) return intake.fail(path, 'must be between 0 and 3.00');
  if (/[1-9]/.test(decimals.slice(2))) return intake.fail(path, 'at most 2 decimals');
  const hundredths = BigInt(whole + decimals.slice(0, 2).padEnd(2, '0'));
  return hundredths > surchargeMaxHundredths ? intake.fail(path, 'must be between 0 and 3.00') : hundredths;
};

/** Reads `"3.00"`, `"3"` or `3`. */
export const surchargePercent = accepting(readPercent, {
  schema: { type: ['string', 'number'], description: 'must be between 0 and 3.00, with at most 2 decimals' },
});

/** As it is stored and returned: 250n is `2.50`. */
export const formatSurchargePercent = (hundredths: bigint): string =>
  `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;

/** Only a card known to be a credit card bears a surcharge; it is taken on the subtotal, without tax and tip. */
export const surchargeOn = (subtotalMinor: bigint, hundredths: bigint, funding: Funding): bigint =>
  funding === 'credit' ? divideHalfUp(subtotalMinor * hundredths, 10_000n) : 0n;

/** A sale, or all that was refunded of it so far. */
export interface Charged {
  readonly totalMinor: bigint;
  readonly surchargeMinor: bigint;
}

/** The surcharge inside a refund: in proportion, except that the last refund returns whatever rounding has left. */
export function refundedSurcharge(sale: Charged, refunded: Charged, refundMinor: bigint): bigint {
  const left = sale.surchargeMinor - refunded.surchargeMinor;
  if (refundMinor === sale.totalMinor - refunded.totalMinor) return left;
  const share = divideHalfUp(sale.surchargeMinor * refundMinor, sale.totalMinor);
  // Many small refunds, each rounded up, would otherwise return more than was taken.
  return share < left ? share : left;
}

/** A rule of the operator for places that forbid or cap surcharges. */
export interface SurchargeRule {
  readonly country: string;
  /** Absent: the whole country. */
  readonly state?: string | undefined;
  readonly capHundredths: bigint;
  /** Where the rule is written, and the day it was read there: for people who ask why. */
  readonly source: string;
  readonly date: string;
}

const rulesMax = 1_000;

/** `[{country, state?, capPercent, source, date}]`. */
export const surchargeRules: Reader<SurchargeRule[]> = (value, path, intake) =>
  list(surchargeRule, 0, rulesMax)(value, path, intake);

const surchargeRule: Reader<SurchargeRule> = (value, path, intake) => {
  const found = record({
    country: required(countryCode),
    state: optional(stateOf(countryOf(value, 'country'))),
    capPercent: required(surchargePercent),
    source: required(plainlyCardless(text(1, 500))),
    date: required(pattern(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'must be a date such as 2026-03-04')),
  })(value, path, intake);
  if (found?.capPercent === undefined) return undefined;
  const { capPercent: capHundredths, ...rule } = found;
  return { ...rule, capHundredths };
};

/** The percentage left at a billing address: the lowest cap that applies there. Rules never raise it. */
export const capSurcharge = (hundredths: bigint, rules: readonly SurchargeRule[], { country, state }: Place): bigint =>
  rules
    .filter((rule) => rule.country === country && (rule.state === undefined || rule.state === state))
    .reduce((lowest, { capHundredths }) => (capHundredths < lowest ? capHundredths : lowest), hundredths);
