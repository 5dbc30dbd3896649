// What the simulated Payments API takes (OpenAPI description of version 2024-06-01): known members, each by its rule.
import { passesLuhn } from '@ozura/core/card/luhn';
import { CURRENCIES } from '@ozura/core/currencies';
import { isObject } from '@ozura/core/validation';
import { type Violation, violation } from './errors.ts';

type Rule = (value: unknown, path: string) => readonly Violation[];

const fails = (isFine: boolean, path: string): readonly Violation[] =>
  isFine ? [] : [violation(path, 'fieldHasInvalidValue')];

const matching =
  (pattern: RegExp): Rule =>
  (value, path) =>
    fails(typeof value === 'string' && pattern.test(value), path);

/** Plain characters: what is sent raw is noticed. */
const words = (max: number): Rule => matching(new RegExp(`^[\\x20-\\x7e]{1,${max}}$`));
const whole = (min: number, max: number): Rule => {
  const isWhole = (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return (value, path) => fails(isWhole(value), path);
};
const oneOf =
  (...choices: readonly unknown[]): Rule =>
  (value, path) =>
    fails(choices.includes(value), path);

/** A name with a question mark may be missing. */
const members =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, path) => {
    if (!isObject(value)) return [violation(path, 'fieldMustBeObject')];
    const known = new Map(Object.entries(rules).map(([name, rule]) => [name.replace('?', ''), rule]));
    const missing = Object.keys(rules).filter((name) => !name.endsWith('?') && value[name] === undefined);
    return [
      ...missing.map((name) => violation(`${path}.${name}`, 'fieldIsMissing')),
      ...Object.entries(value).flatMap(
        ([name, member]) =>
          known.get(name)?.(member, `${path}.${name}`) ?? [violation(`${path}.${name}`, 'fieldIsUnknown')],
      ),
    ];
  };

const cardNumber: Rule = (value, path) =>
  fails(typeof value === 'string' && /^\d{12,19}$/.test(value) && passesLuhn(value), path);
const value = members({
  currency: (code, path) => fails(typeof code === 'string' && CURRENCIES.has(code), path),
  amount: whole(0, 2_147_483_647),
});

const address = members({
  address1: words(80),
  'address2?': words(80),
  'address3?': words(80),
  postalCode: words(15),
  city: words(50),
  'state?': words(30),
  countryCode: matching(/^[A-Z]{2}$/),
});

const agreement: Rule = (given, path) => {
  const stored = isObject(given) && given.storedCardUsage === 'subsequent' ? { schemeReference: words(60) } : {};
  return members({
    type: oneOf('subscription', 'installment', 'unscheduled', 'cardOnFile'),
    storedCardUsage: oneOf('first', 'subsequent'),
    ...stored,
  })(given, path);
};

const disabling = oneOf('enabled', 'disabled');

const payment = members({
  transactionReference: matching(/^[-A-Za-z0-9_!@#$%()*=.:;?[\]{}~`/+]{1,64}$/),
  merchant: members({ entity: matching(/^[A-Za-z0-9]+[A-Za-z0-9 ]{0,31}$/) }),
  'channel?': oneOf('ecom', 'moto'),
  instruction: members({
    method: oneOf('card'),
    paymentInstrument: members({
      type: oneOf('plain'),
      'cardHolderName?': words(255),
      cardNumber,
      expiryDate: members({ month: whole(1, 12), year: whole(1000, 9999) }),
      'cvc?': matching(/^\d{3,4}$/),
      'billingAddress?': address,
    }),
    'customerAgreement?': agreement,
    narrative: members({ line1: matching(/^[A-Za-z0-9 .,-]{1,24}$/), 'line2?': matching(/^[A-Za-z0-9 .,-]{1,24}$/) }),
    value,
    'settlement?': members({
      auto: oneOf(true, false),
      'cancelOn?': members({ 'cvcNotMatched?': disabling, 'avsNotMatched?': disabling }),
    }),
  }),
});

/** "`reference` format", "Partially refund a payment". */
const partialRefund = members({ reference: matching(/^[A-Za-z0-9-]{1,128}$/), value });

export const violationsOf = (what: 'payment' | 'partialRefund', body: unknown): readonly Violation[] =>
  (what === 'payment' ? payment : partialRefund)(body, '$');

/** Of a body without violations. */
export interface PaymentBody {
  readonly transactionReference: string;
  readonly merchant: { readonly entity: string };
  readonly instruction: {
    readonly paymentInstrument: {
      readonly cardHolderName?: string;
      readonly cardNumber: string;
      readonly expiryDate: { readonly month: number; readonly year: number };
      readonly cvc?: string;
      readonly billingAddress?: object;
    };
    readonly customerAgreement?: { readonly storedCardUsage: string };
    readonly value: { readonly currency: string; readonly amount: number };
    readonly settlement?: { readonly auto: boolean };
  };
}

export interface PartialRefundBody {
  readonly reference: string;
  readonly value: { readonly currency: string; readonly amount: number };
}
