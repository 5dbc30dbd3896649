// Reading `POST /sales`: what the sandbox's clients send.
import { findTestCard } from '@ozura/core/card/test-cards';
import { maxTotalMinor } from '@ozura/core/money';
import { parseStep, type Step, stepInLastName } from '@ozura/core/sandbox-step';
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

/** Of a currency with three decimals: surcharge, tax and tip come to the largest subtotal. */
const amountMax = Number(maxTotalMinor('KWD'));
const anyText = withDefault(text(0, 200), '');

/** Of a sale, refund or void. */
export const reference = pattern(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1-64 letters, digits, "_" or "-"');

/** What every booking of money has. */
export const bookingShape = {
  reference: required(reference),
  merchant: required(text(1, 64)),
  amount: required(integer(1, amountMax)),
  currency: required(pattern(/^[A-Z]{3}$/, 'must be three capital letters')),
};

const card = record({
  number: required(pattern(/^[0-9]{12,19}$/, 'must be 12-19 digits')),
  cvc: anyText,
});

const bank = record({
  accountNumber: required(pattern(/^[0-9]{4,17}$/, 'must be 4-17 digits')),
  routingNumber: required(pattern(/^[0-9]{9}$/, 'must be nine digits')),
});

const shape = {
  ...bookingShape,
  orderId: optional(text(1, 255)),
  card: optional(card),
  bank: optional(bank),
  billing: optional(record({ lastName: anyText })),
  initiator: withDefault(oneOf('customer', 'merchant'), 'customer'),
  /** Which charge of the customer's own a merchant's one follows. */
  networkReference: optional(text(1, 40)),
};

export type SaleRequest = RecordOf<typeof shape>;

const fields = record(shape);

/** A merchant has no security code to send, and says which agreement he charges on. */
export const readSaleRequest: Reader<SaleRequest> = (value, path, intake) => {
  const sale = fields(value, path, intake);
  if (sale === undefined) return undefined;
  if (sale.card === undefined && sale.bank === undefined) intake.fail('card', 'is required');
  if (sale.initiator === 'merchant' && sale.networkReference === undefined) {
    intake.fail('networkReference', 'is required');
  }
  if (sale.initiator === 'merchant' && sale.card?.cvc) intake.fail('card.cvc', 'must not be sent');
  return sale;
};

/** For one payment; it wins over programs, and those over the card. */
export const stepOfPayment = ({ billing }: SaleRequest): Step | undefined => stepInLastName(billing?.lastName ?? '');

/** A number that is no test card is declined. Every bank account is debited at first. */
export function stepOfCard({ card: sent }: SaleRequest): Step {
  const outcome = sent === undefined ? 'approve' : (findTestCard(sent.number)?.outcome ?? 'decline:invalid_number');
  return parseStep(outcome) ?? { kind: 'approve' };
}

/** `101781NN` comes back with the code RNN (contract 14.5). */
export function returnCodeOf({ bank: sent }: SaleRequest): string | undefined {
  const [, code] = /^101781([0-9]{2})$/.exec(sent?.accountNumber ?? '') ?? [];
  return code === undefined ? undefined : `R${code}`;
}
