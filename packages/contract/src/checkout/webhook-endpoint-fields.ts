// Reads what merchants say about their webhook endpoints (contract 14.1).
import { plainlyCardless } from '@ozura/core/cardless';
import { EVENT_TYPES, type EventType, isEventType } from '@ozura/core/event';
import {
  accepting,
  type Intake,
  oneOf,
  optional,
  type Reader,
  record,
  required,
  text,
  withDefault,
} from '@ozura/core/validation';
import { isoTimeMs } from '../moment.ts';
import type { CreateSettings } from './settings.ts';
import { webhookUrl } from './web-address.ts';

const idMax = 40;
const descriptionMax = 255;
const typesMax = 50;

/** `*` alone: whatever happens, also what later versions tell of. */
export type Subscription = readonly ['*'] | readonly EventType[];

const readSubscription: Reader<Subscription> = (value, path, intake) => {
  if (!Array.isArray(value)) return intake.fail(path, 'must be an array');
  if (value.length < 1 || value.length > typesMax) return intake.fail(path, `must have 1-${typesMax} entries`);
  const types = value.map((entry, index) => readType(entry, `${path}[${index}]`, intake));
  if (types.includes('*')) return ['*'];
  return [...new Set(types.filter((type) => type !== undefined && type !== '*'))];
};

function readType(value: unknown, path: string, intake: Intake): EventType | '*' | undefined {
  if (typeof value !== 'string') return intake.fail(path, 'must be a string');
  const type = value.trim();
  return type === '*' || isEventType(type) ? type : intake.fail(path, 'must be an event type, or *');
}

const subscription = accepting(readSubscription, {
  schema: { type: 'array', items: { type: 'string', enum: ['*', ...EVENT_TYPES] }, minItems: 1, maxItems: typesMax },
});

const description = plainlyCardless(text(1, descriptionMax));

export const newEndpointFields = (settings: Pick<CreateSettings, 'mode'>) =>
  record({
    url: required(webhookUrl(settings)),
    events: withDefault<Subscription>(subscription, ['*']),
    description: optional(description),
  });

export const changedEndpointFields = (settings: Pick<CreateSettings, 'mode'>) =>
  record({
    url: optional(webhookUrl(settings)),
    events: optional(subscription),
    description: optional(description),
    status: optional(oneOf('enabled', 'disabled')),
  });

/** An end of a stretch of the feed. */
type Point = { readonly sequence: number } | { readonly atMs: number };

const NO_POINT = 'must be a time such as 2026-03-04T09:30:00Z, or a sequence';

const point = accepting<Point>(
  (value, path, intake) => {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return { sequence: value as number };
    const atMs = isoTimeMs(typeof value === 'string' ? value.trim() : '');
    return Number.isNaN(atMs) ? intake.fail(path, NO_POINT) : { atMs };
  },
  { schema: { type: ['string', 'integer'], description: NO_POINT } },
);

export type Redelivery =
  | { readonly eventId: string }
  | { readonly by: 'sequence' | 'time'; readonly from: number; readonly to: number };

const which = record({ eventId: optional(text(1, idMax)), from: optional(point), to: optional(point) });

const readRedelivery: Reader<Redelivery> = (value, path, intake) => {
  const read = which(value, path, intake);
  if (read === undefined || intake.failures.length > 0) return undefined;
  const { eventId, from, to } = read;
  if (eventId !== undefined) {
    return from === undefined && to === undefined
      ? { eventId }
      : intake.fail('eventId', 'eventId and from, to exclude each other');
  }
  if (from === undefined && to === undefined) return intake.fail('eventId', 'is required, or from and to');
  if (from === undefined) return intake.fail('from', 'is required');
  if (to === undefined) return intake.fail('to', 'is required');
  return readStretch(from, to, intake);
};

function readStretch(from: Point, to: Point, intake: Intake): Redelivery | undefined {
  const [first, last] = [numberOf(from), numberOf(to)];
  if ('atMs' in from !== 'atMs' in to) return intake.fail('to', 'must be a time or a sequence, as from is');
  if (last < first) return intake.fail('to', 'must not be before from');
  return { by: 'atMs' in from ? 'time' : 'sequence', from: first, to: last };
}

const numberOf = (at: Point): number => ('atMs' in at ? at.atMs : at.sequence);

export const redeliveryFields = accepting(readRedelivery, { as: () => which });
