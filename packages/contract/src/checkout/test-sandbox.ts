// What the page `/sandbox` watches and does (contract 14.3 and 14.6): test mode only. Checkout asks Pay for its part, so
// that the page talks to nobody but its own origin.
import { optional, pattern, record } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import {
  createSandboxProgram,
  deleteSandboxPrograms,
  getSandboxJournal,
  listSandboxPrograms,
  programShape,
  settleSandbox,
} from '../pay/sandbox-programs.ts';
import { getTestClock } from '../test-clock.ts';

const maybe = Type.Optional(Type.String());

const session = Type.Object({
  sessionId: Type.String(),
  status: Type.String(),
  paymentState: maybe,
  errorCode: maybe,
  /** Before tax and surcharge. */
  amount: Type.String(),
  currency: Type.String(),
  createdAt: Type.String(),
});

/** `state` as Pay tells it; of a charge that never got there, `processing` or how Checkout ended it. */
const attempt = Type.Object({
  chargeId: Type.String(),
  sessionId: Type.String(),
  attemptId: maybe,
  state: Type.String(),
  /** What the customer saw. */
  amount: Type.String(),
  currency: Type.String(),
  createdAt: Type.String(),
});

const sandboxState = Type.Object({
  clock: getTestClock.output.properties.data,
  sessions: Type.Array(session),
  attempts: Type.Array(attempt),
  programs: listSandboxPrograms.output.properties.data,
  journal: getSandboxJournal.output.properties.data,
});

export type SandboxState = Static<typeof sandboxState>;

const common = { service: 'checkout', auth: ['keys'], status: 200 } as const;
const errors = [
  'VALIDATION_FAILED',
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'INTERNAL_ERROR',
  'OVERLOADED',
] as const;

export const watchSandbox = endpoint({
  ...common,
  name: 'watchSandbox',
  summary:
    'Shows the latest sessions, their attempts, and what the sandbox processor was told and has booked (test mode).',
  method: 'GET',
  path: '/api/test/sandbox',
  input: record(
    { after: optional(pattern(/^[0-9]{1,12}$/, 'must be an integer')) },
    { about: { after: 'Entries of the journal after this `entryNumber`. In any case no more than the latest 50.' } },
  ),
  output: Type.Object({ success: Type.Literal(true), data: sandboxState }),
  errors,
});

export const tellSandbox = endpoint({
  ...common,
  name: 'tellSandbox',
  summary: "Tells the sandbox processor what to do with the merchant's calls that match (test mode).",
  method: 'POST',
  path: '/api/test/sandbox/programs',
  input: record(programShape),
  output: createSandboxProgram.output,
  errors: ['INVALID_JSON', ...errors],
});

export const forgetSandboxPrograms = endpoint({
  ...common,
  name: 'forgetSandboxPrograms',
  summary: "Forgets the merchant's programs of the sandbox processor (test mode).",
  method: 'DELETE',
  path: '/api/test/sandbox/programs',
  input: record({}),
  output: deleteSandboxPrograms.output,
  errors: ['INVALID_JSON', ...errors],
});

export const settleSandboxNow = endpoint({
  ...common,
  name: 'settleSandboxNow',
  summary: 'Settles what the sandbox processor has booked for the merchant, ahead of its time (test mode).',
  method: 'POST',
  path: '/api/test/sandbox/settlements',
  input: record({}),
  output: settleSandbox.output,
  errors: ['INVALID_JSON', ...errors],
});
