// Reading `POST /sales`: what the sandbox's clients send.
import { findTestCard } from '@ozura/core/card/test-cards';
import {
  integer,
  oneOf,
  optional,
  pattern,
  type Reader,
  type RecordOf,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';
import { parseStep, type Step, stepInLastName } from './step.ts';

const amountMax = 999_999_999;
const anyText = withDefault(text(0, 200), '');

const card = record({
  number: required(pattern(/^[0-9]{12,19}$/, 'must be 12-19 digits')),
  cvc: anyText,
});

const shape = {
  reference: required(pattern(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1-64 letters, digits, "_" or "-"')),
  merchant: required(text(1, 64)),
  amount: required(integer(1, amountMax)),
  currency: required(pattern(/^[A-Z]{3}$/, 'must be three capital letters')),
  card: required(card),
  billing: optional(record({ lastName: anyText })),
  initiator: withDefault(oneOf('customer', 'merchant'), 'customer'),
  /** Which charge of the customer's own a merchant's one follows. */
  networkReference: optional(text(1, 40)),
};

export type SaleRequest = RecordOf<typeof shape>;

/** A merchant has no security code to send, and says which agreement he charges on. */
export const readSaleRequest: Reader<SaleRequest> = (value, path, intake) => {
  const sale = record(shape)(value, path, intake);
  if (sale?.initiator !== 'merchant') return sale;
  if (sale.networkReference === undefined) intake.fail('networkReference', 'is required');
  if (sale.card?.cvc) intake.fail('card.cvc', 'must not be sent');
  return sale;
};

/** The last name wins over the card. A number that is no test card is declined. */
export function stepOf({ billing, card: { number } }: SaleRequest): Step {
  const byCard = parseStep(findTestCard(number)?.outcome ?? 'decline:invalid_number');
  return stepInLastName(billing?.lastName ?? '') ?? byCard ?? { kind: 'approve' };
}
