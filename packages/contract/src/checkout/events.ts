// The feed of a merchant's events (contract 14.2): what can be asked of it, and how an event is written.
import { withoutCardNumber } from '@ozura/core/card/number-in-text';
import { EVENT_TYPES, type EventType, isEventType } from '@ozura/core/event';
import { accepting, optional, type Reader, record, withDefault } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { wholeNumber } from '../whole-number.ts';

const event = Type.Object({
  id: Type.String(),
  type: Type.String(),
  timestamp: Type.String(),
  sequence: Type.Integer(),
  merchantId: Type.String(),
  /** Checked where it was written. */
  data: Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true }),
});

export type EventView = Static<typeof event>;

export type FeedPosition = { readonly sequence: number } | { readonly eventId: string };

const NO_POSITION = "must be an event's id or sequence";

const readPosition: Reader<FeedPosition> = (value, path, intake) => {
  const text = typeof value === 'string' ? value.trim() : '';
  if (/^[0-9]{1,15}$/.test(text)) return { sequence: Number(text) };
  // Whether there is such an event is not seen from here.
  return /^[A-Za-z]/.test(text) ? { eventId: text } : intake.fail(path, NO_POSITION);
};

const position = accepting(readPosition, { schema: { type: 'string', description: NO_POSITION } });

const readTypes: Reader<readonly EventType[]> = (value, path, intake) => {
  if (typeof value !== 'string') return intake.fail(path, 'must be a string');
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isEventType(name));
  return unknown === undefined
    ? [...new Set(names as EventType[])]
    : intake.fail(path, `unknown event type ${withoutCardNumber(unknown)}`);
};

const types = accepting(readTypes, {
  schema: { type: 'string', description: `types, separated by commas: ${EVENT_TYPES.join(', ')}` },
});

export const listEvents = endpoint({
  name: 'listEvents',
  summary: "Lists a merchant's events in the order of their sequence, for as long as they are kept: 31 days.",
  service: 'checkout',
  method: 'GET',
  path: '/api/events',
  auth: ['keys'],
  limit: 'events',
  input: record(
    { after: optional(position), limit: withDefault(wholeNumber(1, 100), 50), types: optional(types) },
    { about: { after: 'Events after this one; `nextAfter` of the answer before.' } },
  ),
  status: 200,
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(event),
    hasMore: Type.Boolean(),
    /** Where to go on, also when there is nothing more yet. */
    nextAfter: Type.String(),
  }),
  errors: [
    'VALIDATION_FAILED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    'NOT_FOUND',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'OVERLOADED',
  ],
});
