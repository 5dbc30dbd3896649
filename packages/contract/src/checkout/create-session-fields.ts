// Reads the body of a create request (contract 1.1) into the domain. Failures come in the order of the field table.
import { plainlyCardless } from '@ozura/core/cardless';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  boolean,
  type Field,
  isObject,
  oneOf,
  optional,
  type Reader,
  type RecordOf,
  recordWithWarnings,
  required,
  type Shape,
  text,
  withDefault,
} from '@ozura/core/validation';
import { type Appearance, appearance } from './appearance.ts';
import { ABOUT_FIELDS } from './create-session-texts.ts';
import {
  checkoutMode,
  currencyField,
  type Dependent,
  dependentFields,
  embedMode,
  onceEachKind,
  openLookAhead,
  UNDECIDED,
} from './dependent-fields.ts';
import { metadata } from './metadata.ts';
import { firstChargeOf } from './recurring.ts';
import type { SessionRequest } from './session-request.ts';
import type { CreateSettings } from './settings.ts';
import { deprecatedPercent, deprecatedPrice, idempotencyKey, languageTag, merchantId } from './small-fields.ts';

const merchantName = required(plainlyCardless(text(1, 200)));
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
  const look = withDefault(appearance(settings), {});
  const lookAheadIn = openLookAhead(settings, currency);
  // The reading of a body does not wait, so there is one at a time.
  let ahead = UNDECIDED;
  const membersOf = onceEachKind((kind) => {
    const dependent = dependentFields(settings, kind, () => ahead);
    const shape = { ...shapeOf({ currency, look, dependent }), ...own } as ReturnType<typeof shapeOf>;
    return recordWithWarnings(shape, { about: ABOUT_FIELDS });
  });
  const read: Reader<{ readonly request: SessionRequest; readonly own: RecordOf<Own> }> = (body, path, intake) => {
    if (!isObject(body)) return intake.fail(path, 'must be an object');
    ahead = lookAheadIn(body);
    const found = membersOf(ahead)(body, path, intake);
    if (found === undefined || intake.failures.length > 0) return undefined;
    return { request: requestOf(found, found.amount ?? ahead.itemsTotalMinor), own: found as unknown as RecordOf<Own> };
  };
  return accepting(read, { as: () => membersOf(UNDECIDED) });
}

interface Parts {
  readonly currency: Field<string, true>;
  readonly look: Field<Appearance, true>;
  readonly dependent: Dependent;
}

/** In the order in which failures are told. */
const shapeOf = ({ currency, look, dependent }: Parts) => ({
  merchantId,
  merchantName,
  amount: dependent.amount,
  currency,
  successUrl: dependent.returnUrl,
  cancelUrl: dependent.returnUrl,
  errorUrl: dependent.returnUrl,
  embedMode,
  parentOrigin: dependent.parentOrigin,
  checkoutMode,
  recurringConfig: dependent.recurringConfig,
  donationConfig: dependent.donationConfig,
  surchargePercent: surcharge,
  transactionChannel,
  taxExempt: no,
  items: dependent.items,
  metadata: anyMetadata,
  appearance: look,
  idempotencyKey,
  allowPopup: yes,
  hideHeader: no,
  locale,
});

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

/** What is charged first, before tax and surcharge; nothing until a donor has chosen. */
function subtotalOf(plan: SessionRequest['recurringConfig'], amountMinor: bigint | undefined): bigint {
  if (amountMinor === undefined) return 0n;
  return plan === undefined ? amountMinor : firstChargeOf(plan, amountMinor);
}
