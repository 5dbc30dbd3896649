// The fields of a create request whose rules depend on other fields, or on who asks (contract 1.1). Those that decide
// are looked at before their turn.
import { CURRENCIES } from '@ozura/core/currencies';
import { formatMoney, parsePositiveMoney } from '@ozura/core/money';
import { onceEach } from '@ozura/core/once-each';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  capitals,
  chosen,
  type Field,
  Intake,
  oneOf,
  optional,
  type Reader,
  required,
  requiredBecause,
  withDefault,
  withOwnDefault,
} from '@ozura/core/validation';
import { type DonationConfig, donationConfig } from './donation.ts';
import { type Item, items, totalOf } from './items.ts';
import { money } from './money.ts';
import { quietly } from './quietly.ts';
import { recurringConfig } from './recurring.ts';
import type { CheckoutMode, EmbedMode } from './session-request.ts';
import type { CreateSettings } from './settings.ts';
import { ignored, merchantId, notAllowed } from './small-fields.ts';
import { parentOrigin, returnUrl } from './web-address.ts';

export const embedMode = withDefault(oneOf<EmbedMode>('redirect', 'popup', 'iframe', 'new_tab'), 'redirect');
export const checkoutMode = withDefault(oneOf<CheckoutMode>('payment', 'donation', 'recurring'), 'payment');

export type Dependent = ReturnType<typeof dependentFields>;

/** Those whose rules depend on other fields, or on who asks. */
export const dependentFields = (settings: CreateSettings, ahead: Ahead, body: Record<string, unknown>) => ({
  amount: amountField(ahead),
  returnUrl: required(returnUrl(settings, quietly(merchantId.read, body.merchantId))),
  parentOrigin: parentOriginField(settings, ahead.embedMode),
  recurringConfig: recurringField(settings, ahead, body),
  donationConfig: donationField(ahead),
  items: itemsField(settings, ahead),
});

/** Whatever the fields of the body are that is being read. */
export const eachChosen = (fields: () => Dependent): Dependent => ({
  amount: chosen(() => fields().amount),
  returnUrl: chosen(() => fields().returnUrl),
  parentOrigin: chosen(() => fields().parentOrigin),
  recurringConfig: chosen(() => fields().recurringConfig),
  donationConfig: chosen(() => fields().donationConfig),
  items: chosen(() => fields().items),
});

/** Fields that decide about fields before them. What could not be read is `undefined`, and decides nothing. */
interface Ahead {
  readonly currency: string | undefined;
  readonly embedMode: EmbedMode | undefined;
  readonly checkoutMode: CheckoutMode | undefined;
  readonly hasItems: boolean;
  readonly items: Item[] | undefined;
  readonly itemsIntake: Intake;
  readonly itemsTotalMinor: bigint | undefined;
}

const NONE = new Intake();

/** Nothing is known: what each field accepts whatever the others say. */
export const UNDECIDED: Ahead = {
  currency: undefined,
  embedMode: undefined,
  checkoutMode: undefined,
  hasItems: false,
  items: undefined,
  itemsIntake: NONE,
  itemsTotalMinor: undefined,
};

export function openLookAhead(settings: CreateSettings, currency: Field<string, true>) {
  const cartIn = items(settings);
  return (body: Record<string, unknown>): Ahead => {
    const code = quietly(currency.read, body.currency ?? STANDARD_CURRENCY);
    const mode = body.checkoutMode == null ? 'payment' : quietly(checkoutMode.read, body.checkoutMode);
    const hasItems = body.items != null;
    const itemsIntake = hasItems ? new Intake() : NONE;
    const isRead = hasItems && mode !== 'recurring' && mode !== 'donation';
    const cart = isRead ? cartIn(code)(body.items, 'items', itemsIntake) : undefined;
    return {
      currency: code,
      embedMode: body.embedMode == null ? 'redirect' : quietly(embedMode.read, body.embedMode),
      checkoutMode: mode,
      hasItems,
      items: cart,
      itemsIntake,
      // Without a currency a price may be missing and nothing be wrong with it.
      itemsTotalMinor: cart === undefined || code === undefined ? undefined : totalOf(cart),
    };
  };
}

const NO_CURRENCY = 'must be a supported ISO 4217 currency';
const STANDARD_CURRENCY = 'USD';

export const currencyField = ({ currencies }: CreateSettings): Field<string, true> => {
  const read: Reader<string> = (value, path, intake) => {
    const code = capitals(value ?? STANDARD_CURRENCY);
    return currencies.has(code) && CURRENCIES.has(code) ? code : intake.fail(path, NO_CURRENCY);
  };
  const described = accepting(read, { schema: { type: 'string', description: NO_CURRENCY } });
  // The standard one is read too: an operator may offer others only.
  return { ...withDefault(described, STANDARD_CURRENCY), readsAbsent: true };
};

const AMOUNT_IGNORED = optional(ignored('ignored when checkoutMode is "donation"'));
const positiveMoney = onceEach((currency: string | undefined) => money(parsePositiveMoney, currency));

function amountField({ checkoutMode: mode, currency, hasItems, itemsTotalMinor }: Ahead): Field<bigint> {
  if (mode === 'donation') return AMOUNT_IGNORED;
  const amount = positiveMoney(currency);
  const sameAsItems: Reader<bigint> = (value, path, intake) => {
    const minor = amount(value, path, intake);
    if (minor === undefined || itemsTotalMinor === undefined || minor === itemsTotalMinor) return minor;
    const total = formatMoney(itemsTotalMinor, currency ?? 'USD');
    return intake.fail(path, `does not equal the sum of items (${total})`);
  };
  const read = accepting(sameAsItems, { as: () => amount });
  const isNeeded = mode !== undefined && !hasItems;
  return isNeeded ? requiredBecause(read, 'is required when items is not provided') : optional(read);
}

const PARENT_IGNORED = optional(ignored('ignored when embedMode is "redirect"'));

function parentOriginField(settings: CreateSettings, mode: EmbedMode | undefined): Field<string> {
  if (mode === 'redirect') return PARENT_IGNORED;
  const read = parentOrigin(settings);
  return mode === 'popup' || mode === 'iframe'
    ? requiredBecause(read, 'is required when embedMode is "popup" or "iframe"')
    : optional(read);
}

const ONLY_RECURRING = optional(notAllowed<never>('only allowed when checkoutMode is "recurring"'));

function recurringField(settings: CreateSettings, ahead: Ahead, body: Record<string, unknown>) {
  const { checkoutMode: mode, currency } = ahead;
  if (mode !== 'recurring' && mode !== undefined) return ONLY_RECURRING;
  const read = recurringConfig({
    currency,
    amountMinor: quietly(positiveMoney(currency), body.amount),
    surchargeHundredths: quietly(surchargePercent, body.surchargePercent),
    now: settings.now,
  });
  return mode === undefined ? optional(read) : requiredBecause(read, 'is required when checkoutMode is "recurring"');
}

const ONLY_DONATION = optional(notAllowed<never>('only allowed when checkoutMode is "donation"'));

function donationField({ checkoutMode: mode, currency }: Ahead) {
  if (mode !== 'donation' && mode !== undefined) return ONLY_DONATION;
  const read = donationConfig(currency);
  // A donation without a configuration has the standard limits.
  return mode === undefined
    ? optional(read)
    : withOwnDefault<DonationConfig>((value, ...at) => read(value ?? {}, ...at));
}

function itemsField(settings: CreateSettings, ahead: Ahead): Field<Item[], false> {
  const { checkoutMode: mode, itemsIntake, items: cart } = ahead;
  if (mode === 'recurring' || mode === 'donation') {
    return optional(notAllowed(`not allowed when checkoutMode is "${mode}"`));
  }
  const take: Reader<Item[]> = (_value, _path, intake) => {
    intake.failures.push(...itemsIntake.failures);
    intake.warnings.push(...itemsIntake.warnings);
    return cart;
  };
  return optional(accepting(take, { as: () => items(settings)(undefined) }));
}
