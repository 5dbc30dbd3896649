// The test clock (contract 14.3): test mode only. Merchants move it at Checkout, for the whole installation; Checkout
// moves the other programs by two routes of theirs.
import type { Service } from '@ozura/core/errors';
import { accepting, integer, optional, type Reader, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from './endpoint.ts';
import { isoTimeMs } from './moment.ts';

const common = { service: 'checkout', auth: ['keys'], status: 200 } as const;
const errors = [
  'VALIDATION_FAILED',
  'INVALID_JSON',
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'NOT_FOUND',
  'INTERNAL_ERROR',
  'OVERLOADED',
] as const;

const output = Type.Object({
  success: Type.Literal(true),
  data: Type.Object({ now: Type.String(), frozen: Type.Boolean() }),
});

const earliestMs = Date.UTC(2000, 0);
const latestMs = Date.UTC(2200, 0);

/** ISO 8601, as milliseconds. */
const readMoment: Reader<number> = (value, path, intake) => {
  const written = typeof value === 'string' ? value.trim() : '';
  const ms = isoTimeMs(written);
  if (Number.isNaN(ms)) return intake.fail(path, 'must be a time such as 2026-03-04T09:30:00Z');
  return ms < earliestMs || ms >= latestMs ? intake.fail(path, 'must be between the years 2000 and 2199') : ms;
};

const moment = accepting(readMoment, { schema: { type: 'string', format: 'date-time' } });

export const getTestClock = endpoint({
  ...common,
  name: 'getTestClock',
  summary: 'Reads the test clock.',
  method: 'GET',
  path: '/api/test/clock',
  input: record({}),
  output,
  errors,
});

/** The clock stands still at `frozenAt`, which may also lie in the past. */
export const freezeTestClock = endpoint({
  ...common,
  name: 'freezeTestClock',
  summary: 'Stops the test clock at a time.',
  method: 'POST',
  path: '/api/test/clock',
  input: record({ frozenAt: required(moment) }),
  output,
  errors,
});

/** Ten years. */
const secondsMax = 315_360_000;

type Advance = { readonly seconds: number } | { readonly to: number };

const way = record({ seconds: optional(integer(1, secondsMax)), to: optional(moment) });

const readAdvance: Reader<Advance> = (value, path, intake) => {
  const read = way(value, path, intake);
  if (read === undefined || intake.failures.length > 0) return undefined;
  const { seconds, to } = read;
  if (seconds !== undefined && to !== undefined) return intake.fail('to', 'seconds and to exclude each other');
  if (to !== undefined) return { to };
  return seconds === undefined ? intake.fail('seconds', 'is required') : { seconds };
};

const advance = accepting(readAdvance, { as: () => way });

/** Forward only. Answers when everything that fell due on the way is done, each at its time. */
export const advanceTestClock = endpoint({
  ...common,
  name: 'advanceTestClock',
  summary: 'Moves the test clock forward and does what falls due on the way.',
  method: 'POST',
  path: '/api/test/clock/advance',
  input: advance,
  output,
  errors,
});

/** Back to real time. */
export const resetTestClock = endpoint({
  ...common,
  name: 'resetTestClock',
  summary: 'Returns to real time.',
  method: 'DELETE',
  path: '/api/test/clock',
  input: record({}),
  output,
  errors,
});

type Moved = Exclude<Service, 'checkout'>;
const spanMaxMs = latestMs;
const internalErrors = ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR'] as const;

export const setClockOf = (service: Moved) =>
  endpoint({
    name: 'setClock',
    summary: 'Sets the clock of one program.',
    service,
    method: 'PUT',
    path: '/test/clock',
    auth: ['service'],
    input: record({
      offsetMs: required(integer(-spanMaxMs, spanMaxMs)),
      frozenAtMs: optional(integer(earliestMs, latestMs)),
    }),
    status: 200,
    output: Type.Object({ success: Type.Literal(true) }),
    errors: internalErrors,
  });

/** Does what is due in one program, and answers when the next thing after `afterMs` is. */
export const runDueOf = (service: Moved) =>
  endpoint({
    name: 'runDue',
    summary: 'Does what is due in one program.',
    service,
    method: 'POST',
    path: '/test/clock/run',
    auth: ['service'],
    input: record({ afterMs: required(integer(earliestMs, latestMs)) }),
    status: 200,
    output: Type.Object({
      success: Type.Literal(true),
      data: Type.Object({ nextDueAtMs: Type.Optional(Type.Integer()) }),
    }),
    errors: internalErrors,
  });
