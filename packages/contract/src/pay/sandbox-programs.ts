// `POST`, `GET` and `DELETE /sandbox/programs`, `GET /sandbox/journal` and `POST /sandbox/settlements` (contract 14.6): what
// a test installation's sandbox processor is told to do, and what it has booked. In live mode there are no such routes.
import { withoutCardNumber } from '@ozura/core/card/number-in-text';
import { isMoneyText } from '@ozura/core/money';
import { parseStep } from '@ozura/core/sandbox-step';
import {
  accepting,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

const step = accepting<string>(
  (value, path, intake) => {
    if (typeof value !== 'string') return intake.fail(path, 'must be a string');
    const written = value.trim();
    if (parseStep(written) !== undefined) return written;
    return intake.fail(path, `unknown step ${withoutCardNumber(written).slice(0, 40)}`);
  },
  { schema: { type: 'string', description: 'a step such as "approve" or "decline:insufficient_funds"' } },
);

const NO_AMOUNT = 'must be a decimal number such as "25.00"';

const amount = accepting<string>(
  (value, path, intake) => {
    const written = typeof value === 'number' ? String(value) : value;
    return typeof written === 'string' && isMoneyText(written.trim()) ? written.trim() : intake.fail(path, NO_AMOUNT);
  },
  { schema: { type: ['string', 'number'], description: NO_AMOUNT } },
);

const stepsMax = 100;
const lagMaxSeconds = 604_800;

const match = record({
  cardLastFour: optional(pattern(/^[0-9]{4}$/, 'must be 4 digits')),
  orderId: optional(text(1, 255)),
  /** Of the call: a sale's total, what a refund gives back. */
  amount: optional(amount),
  operation: optional(oneOf('sale', 'refund', 'void')),
});

/** Which calls take its steps; without a member, all of the merchant's sales, refunds and voids do. */
export const programShape = {
  match: withDefault(match, { cardLastFour: undefined, orderId: undefined, amount: undefined, operation: undefined }),
  /** Each matching call takes the next; the last repeats. */
  steps: required(list(step, 1, stepsMax)),
  /** An inquiry does not find a booking before. */
  inquiryLagSeconds: optional(integer(0, lagMaxSeconds)),
  /** Of the merchant, until a newer program says otherwise. 1: repeat-safe by reference. 3: no inquiry by reference. */
  processorClass: optional(integer(1, 3)),
};

const program = Type.Object({
  programId: Type.String(),
  match: Type.Object({
    cardLastFour: Type.Optional(Type.String()),
    orderId: Type.Optional(Type.String()),
    amount: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String()),
  }),
  steps: Type.Array(Type.String()),
  stepsTaken: Type.Integer(),
  inquiryLagSeconds: Type.Optional(Type.Integer()),
  processorClass: Type.Optional(Type.Integer()),
  createdAt: Type.String(),
});

/** `status` of a void is `voided`; `reference` is our attempt, refund or void. */
const booking = Type.Object({
  entryNumber: Type.Integer(),
  kind: Type.String(),
  transactionId: Type.String(),
  originalTransactionId: Type.Optional(Type.String()),
  reference: Type.String(),
  status: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  orderId: Type.Optional(Type.String()),
  cardLastFour: Type.Optional(Type.String()),
  declineCode: Type.Optional(Type.String()),
  voided: Type.Boolean(),
  refundedAmount: Type.String(),
  settled: Type.Boolean(),
  bookedAt: Type.String(),
});

const errors = [
  'VALIDATION_FAILED',
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'OVERLOADED',
  'INTERNAL_ERROR',
] as const;

const common = { service: 'pay', auth: ['merchant-key', 'service'], status: 200, errors } as const;
const merchantId = optional(text(1, 30));

export const createSandboxProgram = endpoint({
  ...common,
  name: 'createSandboxProgram',
  summary: 'Tells the sandbox processor what to do with calls that match (test mode).',
  method: 'POST',
  path: '/sandbox/programs',
  input: record({ merchantId: required(text(1, 30)), ...programShape }),
  output: Type.Object({ success: Type.Literal(true), data: program }),
});

/** The newest first: that is the order in which they are asked. */
export const listSandboxPrograms = endpoint({
  ...common,
  name: 'listSandboxPrograms',
  summary: 'Lists the programs of the sandbox processor (test mode).',
  method: 'GET',
  path: '/sandbox/programs',
  input: record({ merchantId }),
  output: Type.Object({ success: Type.Literal(true), data: Type.Array(program) }),
});

export const deleteSandboxPrograms = endpoint({
  ...common,
  name: 'deleteSandboxPrograms',
  summary: 'Forgets the programs of the sandbox processor (test mode).',
  method: 'DELETE',
  path: '/sandbox/programs',
  input: record({ merchantId }),
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ deleted: Type.Integer() }) }),
});

/** In the order of booking; without `limit`, all of it. `after`: an `entryNumber`. */
export const getSandboxJournal = endpoint({
  ...common,
  name: 'getSandboxJournal',
  summary: 'Lists what the sandbox processor has booked (test mode).',
  method: 'GET',
  path: '/sandbox/journal',
  input: record({
    merchantId,
    after: optional(pattern(/^[0-9]{1,12}$/, 'must be an integer')),
    limit: optional(pattern(/^([1-9][0-9]{0,2}|1000)$/, 'must be between 1 and 1000')),
  }),
  output: Type.Object({ success: Type.Literal(true), data: Type.Array(booking) }),
});

/** Settles everything that the merchant has booked by now, ahead of the cut-off at midnight UTC. */
export const settleSandbox = endpoint({
  ...common,
  name: 'settleSandbox',
  summary: 'Settles what the sandbox processor has booked, ahead of its time (test mode).',
  method: 'POST',
  path: '/sandbox/settlements',
  input: record({ merchantId }),
  output: Type.Object({ success: Type.Literal(true) }),
});
