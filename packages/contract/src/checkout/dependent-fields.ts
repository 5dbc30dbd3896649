// The fields of a create request whose rules depend on other fields, or on who asks (contract 1.1). Those that decide
// are looked at before their turn.
import { CURRENCIES } from '@ozura/core/currencies';
import { formatMoney, parsePositiveMoney } from '@ozura/core/money';
import { onceEach } from '@ozura/core/once-each';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  capitals,
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
import { type RecurringConfig, recurringConfig } from './recurring.ts';
import type { CheckoutMode, EmbedMode } from './session-request.ts';
import type { CreateSettings } from './settings.ts';
import { ignored, merchantId, notAllowed } from './small-fields.ts';
import { parentOrigin, returnUrl } from './web-address.ts';

export const embedMode = withDefault(oneOf<EmbedMode>('redirect', 'popup', 'iframe', 'new_tab'), 'redirect');
export const checkoutMode = withDefault(oneOf<CheckoutMode>('payment', 'donation', 'recurring'), 'payment');

/** What decides which fields there are. What could not be read is `undefined`, and decides nothing. */
interface Kind {
  readonly checkoutMode: CheckoutMode | undefined;
  readonly embedMode: EmbedMode | undefined;
  readonly hasItems: boolean;
}

/** Of kinds there are forty: to make the readers of one anew for each body would cost more than the reading. */
export function onceEachKind<Made>(make: (kind: Kind) => Made): (kind: Kind) => Made {
  const made = onceEach((checkoutMode: Kind['checkoutMode']) =>
    onceEach((embedMode: Kind['embedMode']) =>
      onceEach((hasItems: boolean) => make({ checkoutMode, embedMode, hasItems })),
    ),
  );
  return ({ checkoutMode: mode, embedMode: embed, hasItems }) => made(mode)(embed)(hasItems);
}

/** What fields need to know of a body before their turn. */
interface Ahead extends Kind {
  readonly body: Readonly<Record<string, unknown>>;
  readonly currency: string | undefined;
  readonly returnHosts: readonly string[];
  readonly items: Item[] | undefined;
  readonly itemsIntake: Intake;
  readonly itemsTotalMinor: bigint | undefined;
}

export type Dependent = ReturnType<typeof dependentFields>;

/** Those whose rules depend on other fields, or on who asks: `ahead` is of the body that is being read. */
export const dependentFields = (settings: CreateSettings, kind: Kind, ahead: () => Ahead) => ({
  amount: amountField(kind, ahead),
  returnUrl: required(returnUrl(settings, () => ahead().returnHosts)),
  parentOrigin: parentOriginField(settings, kind),
  recurringConfig: recurringField(settings, kind, ahead),
  donationConfig: donationField(kind, ahead),
  items: itemsField(settings, kind, ahead),
});

const NONE = new Intake();

/** Nothing is known: what each field accepts whatever the others say. */
export const UNDECIDED: Ahead = {
  checkoutMode: undefined,
  embedMode: undefined,
  hasItems: false,
  body: {},
  currency: undefined,
  returnHosts: [],
  items: undefined,
  itemsIntake: NONE,
  itemsTotalMinor: undefined,
};

export function openLookAhead(settings: CreateSettings, currency: Field<string, true>) {
  const cartIn = items(settings);
  const standard = quietly(currency.read, STANDARD_CURRENCY);
  return (body: Record<string, unknown>): Ahead => {
    const code = body.currency == null ? standard : quietly(currency.read, body.currency);
    const mode = body.checkoutMode == null ? 'payment' : quietly(checkoutMode.read, body.checkoutMode);
    const hasItems = body.items != null;
    const itemsIntake = hasItems ? new Intake() : NONE;
    const isRead = hasItems && mode !== 'recurring' && mode !== 'donation';
    const cart = isRead ? cartIn(code)(body.items, 'items', itemsIntake) : undefined;
    return {
      checkoutMode: mode,
      embedMode: body.embedMode == null ? 'redirect' : quietly(embedMode.read, body.embedMode),
      hasItems,
      body,
      currency: code,
      returnHosts: settings.allowedReturnHosts(quietly(merchantId.read, body.merchantId)),
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
  const isOffered = (code: string): boolean => currencies.has(code) && CURRENCIES.has(code);
  const read: Reader<string> = (value, path, intake) => {
    const code = capitals(value ?? STANDARD_CURRENCY);
    return isOffered(code) ? code : intake.fail(path, NO_CURRENCY);
  };
  const field = withDefault(
    accepting(read, { schema: { type: 'string', description: NO_CURRENCY } }),
    STANDARD_CURRENCY,
  );
  // An operator may offer others only.
  return isOffered(STANDARD_CURRENCY) ? field : { ...field, readsAbsent: true };
};

const AMOUNT_IGNORED = optional(ignored('ignored when checkoutMode is "donation"'));
const positiveMoney = onceEach((currency: string | undefined) => money(parsePositiveMoney, currency));

function amountField({ checkoutMode: mode, hasItems }: Kind, ahead: () => Ahead): Field<bigint> {
  if (mode === 'donation') return AMOUNT_IGNORED;
  const sameAsItems: Reader<bigint> = (value, path, intake) => {
    const { currency, itemsTotalMinor } = ahead();
    const minor = positiveMoney(currency)(value, path, intake);
    if (minor === undefined || itemsTotalMinor === undefined || minor === itemsTotalMinor) return minor;
    const total = formatMoney(itemsTotalMinor, currency ?? 'USD');
    return intake.fail(path, `does not equal the sum of items (${total})`);
  };
  const read = accepting(sameAsItems, { as: () => positiveMoney(undefined) });
  const isNeeded = mode !== undefined && !hasItems;
  return isNeeded ? requiredBecause(read, 'is required when items is not provided') : optional(read);
}

const PARENT_IGNORED = optional(ignored('ignored when embedMode is "redirect"'));

function parentOriginField(settings: CreateSettings, { embedMode: mode }: Kind): Field<string> {
  if (mode === 'redirect') return PARENT_IGNORED;
  const read = parentOrigin(settings);
  return mode === 'popup' || mode === 'iframe'
    ? requiredBecause(read, 'is required when embedMode is "popup" or "iframe"')
    : optional(read);
}

const ONLY_RECURRING = optional(notAllowed<never>('only allowed when checkoutMode is "recurring"'));

function recurringField(settings: CreateSettings, { checkoutMode: mode }: Kind, ahead: () => Ahead) {
  if (mode !== 'recurring' && mode !== undefined) return ONLY_RECURRING;
  const configOf = ({ body, currency }: Ahead) =>
    recurringConfig({
      currency,
      amountMinor: quietly(positiveMoney(currency), body.amount),
      surchargeHundredths: quietly(surchargePercent, body.surchargePercent),
      now: settings.now,
    });
  const read = accepting<RecurringConfig>((...at) => configOf(ahead())(...at), { as: () => configOf(UNDECIDED) });
  return mode === undefined ? optional(read) : requiredBecause(read, 'is required when checkoutMode is "recurring"');
}

const ONLY_DONATION = optional(notAllowed<never>('only allowed when checkoutMode is "donation"'));

function donationField({ checkoutMode: mode }: Kind, ahead: () => Ahead): Field<DonationConfig> {
  if (mode !== 'donation' && mode !== undefined) return ONLY_DONATION;
  const readAs: Reader<DonationConfig> = (value, ...at) => donationConfig(ahead().currency)(value ?? {}, ...at);
  const read = accepting(readAs, { as: () => donationConfig(undefined) });
  // A donation without a configuration has the standard limits.
  return mode === undefined ? optional(read) : withOwnDefault(read);
}

function itemsField(settings: CreateSettings, { checkoutMode: mode }: Kind, ahead: () => Ahead): Field<Item[], false> {
  if (mode === 'recurring' || mode === 'donation') {
    return optional(notAllowed(`not allowed when checkoutMode is "${mode}"`));
  }
  const take: Reader<Item[]> = (_value, _path, intake) => {
    const { items: cart, itemsIntake } = ahead();
    intake.failures.push(...itemsIntake.failures);
    intake.warnings.push(...itemsIntake.warnings);
    return cart;
  };
  return optional(accepting(take, { as: () => items(settings)(undefined) }));
}
