// Reads the body of a create request (contract 1.1) into the domain. Failures come in the order of the field table.
import { plainlyCardless } from '@ozura/core/cardless';
import { CURRENCIES } from '@ozura/core/currencies';
import { formatMoney, parsePositiveMoney } from '@ozura/core/money';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  boolean,
  capitals,
  type Field,
  Intake,
  isObject,
  oneOf,
  optional,
  pattern,
  type Reader,
  type RecordOf,
  record,
  recordWithWarnings,
  required,
  requiredBecause,
  type Shape,
  text,
  withDefault,
  withOwnDefault,
} from '@ozura/core/validation';
import { appearance } from './appearance.ts';
import { ABOUT_FIELDS } from './create-session-texts.ts';
import { type DonationConfig, donationConfig } from './donation.ts';
import { type Item, items, totalOf } from './items.ts';
import { metadata } from './metadata.ts';
import { money } from './money.ts';
import { quietly } from './quietly.ts';
import { firstChargeOf, recurringConfig } from './recurring.ts';
import type { CheckoutMode, EmbedMode, SessionRequest } from './session-request.ts';
import type { CreateSettings } from './settings.ts';
import {
  deprecatedPercent,
  deprecatedPrice,
  idempotencyKey,
  ignored,
  languageTag,
  notAllowed,
} from './small-fields.ts';
import { parentOrigin, returnUrl } from './web-address.ts';

const merchantId = required(pattern(/^[A-Za-z0-9_-]{1,30}$/, 'must be 1-30 letters, digits, "_" or "-"'));
const merchantName = required(plainlyCardless(text(1, 200)));
const embedMode = withDefault(oneOf<EmbedMode>('redirect', 'popup', 'iframe', 'new_tab'), 'redirect');
const checkoutMode = withDefault(oneOf<CheckoutMode>('payment', 'donation', 'recurring'), 'payment');
const surcharge = optional(surchargePercent);
const transactionChannel = withDefault(oneOf<'ecommerce' | 'moto'>('ecommerce', 'moto'), 'ecommerce');
const no = withDefault(boolean, false);
const yes = withDefault(boolean, true);
const anyMetadata = withDefault(metadata, {});
const locale = withDefault(languageTag, 'auto');
const taxRate = optional(deprecatedPercent);
const shippingCost = optional(deprecatedPrice);

/** `POST /api/sessions/create`. */
export function createSessionFields(settings: CreateSettings): Reader<SessionRequest> {
  const read = createFields(settings, { taxRate, shippingCost });
  return accepting<SessionRequest>((...at) => read(...at)?.request, { as: () => read });
}

/** What a session and a payment link have in common and, after it, the fields that only one of them has. */
export function createFields<Own extends Shape>(
  settings: CreateSettings,
  own: Own,
): Reader<{ readonly request: SessionRequest; readonly own: RecordOf<Own> }> {
  const currency = currencyField(settings);
  const shapeOf = openShape(settings, currency);
  const read: Reader<{ readonly request: SessionRequest; readonly own: RecordOf<Own> }> = (body, path, intake) => {
    if (!isObject(body)) return intake.fail(path, 'must be an object');
    const ahead = lookAhead(body, currency, settings);
    const shared = shapeOf(ahead, body);
    const found = recordWithWarnings({ ...shared, ...own } as typeof shared)(body, path, intake);
    if (found === undefined || intake.failures.length > 0) return undefined;
    return { request: requestOf(found, found.amount ?? ahead.itemsTotalMinor), own: found as unknown as RecordOf<Own> };
  };
  const described = () => record<Shape>({ ...shapeOf(UNDECIDED, {}), ...own }, { about: ABOUT_FIELDS });
  return accepting(read, { as: described });
}

/** In the order in which failures are told. */
function openShape(settings: CreateSettings, currency: Field<string, true>) {
  const look = withDefault(appearance(settings), {});
  return (ahead: Ahead, body: Record<string, unknown>) => ({
    merchantId,
    merchantName,
    amount: amountField(ahead),
    currency,
    successUrl: required(returnUrl(settings, body.merchantId)),
    cancelUrl: required(returnUrl(settings, body.merchantId)),
    errorUrl: required(returnUrl(settings, body.merchantId)),
    embedMode,
    parentOrigin: parentOriginField(settings, ahead.embedMode),
    checkoutMode,
    recurringConfig: recurringField(settings, ahead, body),
    donationConfig: donationField(ahead),
    surchargePercent: surcharge,
    transactionChannel,
    taxExempt: no,
    items: itemsField(settings, ahead),
    metadata: anyMetadata,
    appearance: look,
    idempotencyKey,
    allowPopup: yes,
    hideHeader: no,
    locale,
  });
}

interface Found extends Omit<SessionRequest, 'amountMinor' | 'subtotalMinor' | 'surchargeHundredths'> {
  readonly surchargePercent: bigint | undefined;
}

/** Member by member: this runs for every session, and copying "the rest" of an object costs more than all its checks. */
const requestOf = (found: Found, amountMinor: bigint | undefined): SessionRequest => ({
  merchantId: found.merchantId,
  merchantName: found.merchantName,
  amountMinor,
  subtotalMinor: subtotalOf(found.recurringConfig, amountMinor),
  currency: found.currency,
  successUrl: found.successUrl,
  cancelUrl: found.cancelUrl,
  errorUrl: found.errorUrl,
  embedMode: found.embedMode,
  parentOrigin: found.parentOrigin,
  checkoutMode: found.checkoutMode,
  recurringConfig: found.recurringConfig,
  donationConfig: found.donationConfig,
  surchargeHundredths: found.surchargePercent ?? found.recurringConfig?.surchargeHundredths,
  transactionChannel: found.transactionChannel,
  taxExempt: found.taxExempt,
  items: found.items,
  metadata: found.metadata,
  appearance: found.appearance,
  idempotencyKey: found.idempotencyKey,
  allowPopup: found.allowPopup,
  hideHeader: found.hideHeader,
  locale: found.locale,
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

/** Nothing is known: what each field accepts whatever the others say. */
const UNDECIDED: Ahead = {
  currency: undefined,
  embedMode: undefined,
  checkoutMode: undefined,
  hasItems: false,
  items: undefined,
  itemsIntake: new Intake(),
  itemsTotalMinor: undefined,
};

function lookAhead(body: Record<string, unknown>, currency: Field<string, true>, settings: CreateSettings): Ahead {
  const code = body.currency == null ? 'USD' : quietly(currency.read, body.currency);
  const mode = body.checkoutMode == null ? 'payment' : quietly(checkoutMode.read, body.checkoutMode);
  const hasItems = body.items != null;
  const itemsIntake = new Intake();
  const cart =
    hasItems && mode !== 'recurring' && mode !== 'donation'
      ? items(settings, code)(body.items, 'items', itemsIntake)
      : undefined;
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
}

const NO_CURRENCY = 'must be a supported ISO 4217 currency';

const currencyField = ({ currencies }: CreateSettings): Field<string, true> => {
  const read: Reader<string> = (value, path, intake) => {
    const code = capitals(value);
    return currencies.has(code) && CURRENCIES.has(code) ? code : intake.fail(path, NO_CURRENCY);
  };
  return withDefault(accepting(read, { schema: { type: 'string', description: NO_CURRENCY } }), 'USD');
};

function amountField({ checkoutMode: mode, currency, hasItems, itemsTotalMinor }: Ahead): Field<bigint> {
  if (mode === 'donation') return optional(ignored('ignored when checkoutMode is "donation"'));
  const amount = money(parsePositiveMoney, currency);
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

function parentOriginField(settings: CreateSettings, mode: EmbedMode | undefined): Field<string> {
  if (mode === 'redirect') return optional(ignored('ignored when embedMode is "redirect"'));
  const read = parentOrigin(settings);
  return mode === 'popup' || mode === 'iframe'
    ? requiredBecause(read, 'is required when embedMode is "popup" or "iframe"')
    : optional(read);
}

function recurringField(settings: CreateSettings, ahead: Ahead, body: Record<string, unknown>) {
  const { checkoutMode: mode, currency } = ahead;
  if (mode !== 'recurring' && mode !== undefined) {
    return optional(notAllowed<never>('only allowed when checkoutMode is "recurring"'));
  }
  const read = recurringConfig({
    currency,
    amountMinor: quietly(money(parsePositiveMoney, currency), body.amount),
    surchargeHundredths: quietly(surchargePercent, body.surchargePercent),
    now: settings.now,
  });
  return mode === undefined ? optional(read) : requiredBecause(read, 'is required when checkoutMode is "recurring"');
}

function donationField({ checkoutMode: mode, currency }: Ahead) {
  if (mode !== 'donation' && mode !== undefined) {
    return optional(notAllowed<never>('only allowed when checkoutMode is "donation"'));
  }
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
  return optional(accepting(take, { as: () => items(settings, undefined) }));
}

/** What is charged first, before tax and surcharge; nothing until a donor has chosen. */
function subtotalOf(plan: SessionRequest['recurringConfig'], amountMinor: bigint | undefined): bigint {
  if (amountMinor === undefined) return 0n;
  return plan === undefined ? amountMinor : firstChargeOf(plan, amountMinor);
}
