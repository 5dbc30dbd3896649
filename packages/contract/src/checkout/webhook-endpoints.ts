// Webhook endpoints (contract 14.1): where a merchant wants events delivered, with both keys.
import { optional, record, withDefault } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CreateSettings } from './settings.ts';
import { changedEndpointFields, newEndpointFields, redeliveryFields } from './webhook-endpoint-fields.ts';

type Settings = Pick<CreateSettings, 'mode'>;

const common = { service: 'checkout', auth: ['keys'], limit: 'events', status: 200 } as const;
const errors = [
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'MERCHANT_MISMATCH',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'OVERLOADED',
] as const;
const ofOne = ['NOT_FOUND', ...errors] as const;
const withBody = ['VALIDATION_FAILED', 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

const text = Type.String();
const maybe = Type.Optional(text);

const shown = Type.Object({
  id: text,
  url: text,
  events: Type.Array(text),
  status: text,
  description: maybe,
  /** Why it was disabled by itself. */
  disabledReason: maybe,
  /** Of the first failure since the last success. */
  failingSince: maybe,
  createdAt: text,
});
/** Told once. */
const withSecret = Type.Object({ ...shown.properties, secret: text, previousSecretExpiresAt: maybe });

export type WebhookEndpointView = Static<typeof shown>;

const answer = <Data extends typeof shown | typeof withSecret>(data: Data) =>
  Type.Object({ success: Type.Literal(true), data });

export const createWebhookEndpoint = (settings: Settings) =>
  endpoint({
    ...common,
    name: 'createWebhookEndpoint',
    summary: 'Creates an endpoint. Its secret is told this once.',
    method: 'POST',
    path: '/api/webhook-endpoints',
    input: newEndpointFields(settings),
    output: answer(withSecret),
    errors: [...withBody, ...errors],
  });

export const listWebhookEndpoints = endpoint({
  ...common,
  name: 'listWebhookEndpoints',
  summary: 'Lists the endpoints.',
  method: 'GET',
  path: '/api/webhook-endpoints',
  input: record({}),
  output: Type.Object({ success: Type.Literal(true), data: Type.Array(shown) }),
  errors,
});

const onePath = '/api/webhook-endpoints/:endpointId';

export const getWebhookEndpoint = endpoint({
  ...common,
  name: 'getWebhookEndpoint',
  summary: 'Reads an endpoint.',
  method: 'GET',
  path: onePath,
  input: record({}),
  output: answer(shown),
  errors: ofOne,
});

export const changeWebhookEndpoint = (settings: Settings) =>
  endpoint({
    ...common,
    name: 'changeWebhookEndpoint',
    summary: 'Changes an endpoint. What is queued while it is disabled goes out when it is enabled again.',
    method: 'PATCH',
    path: onePath,
    input: changedEndpointFields(settings),
    output: answer(shown),
    errors: [...withBody, ...ofOne],
  });

export const deleteWebhookEndpoint = endpoint({
  ...common,
  name: 'deleteWebhookEndpoint',
  summary: 'Deletes an endpoint, with what is queued for it.',
  method: 'DELETE',
  path: onePath,
  input: record({}),
  output: Type.Object({ success: Type.Literal(true) }),
  errors: [...ofOne, 'INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
});

export const rotateWebhookSecret = endpoint({
  ...common,
  name: 'rotateWebhookSecret',
  summary: 'Makes a new secret. For 24 hours the one before signs too.',
  method: 'POST',
  path: `${onePath}/rotate-secret`,
  input: record({}),
  output: answer(withSecret),
  errors: [...withBody, ...ofOne],
});

/** Sent at once and once, whether or not the endpoint is enabled; the event is in nobody's feed. */
export const testWebhookEndpoint = endpoint({
  ...common,
  name: 'testWebhookEndpoint',
  summary: 'Sends a `webhook_endpoint.test` event, and tells what came back.',
  method: 'POST',
  path: `${onePath}/test`,
  input: record({}),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Object({
      eventId: text,
      delivered: Type.Boolean(),
      /** HTTP status of the answer, where there was one. */
      statusCode: Type.Optional(Type.Integer()),
      error: maybe,
      durationMs: Type.Integer(),
    }),
  }),
  errors: [...withBody, ...ofOne],
});

const attempt = Type.Object({
  at: text,
  statusCode: Type.Optional(Type.Integer()),
  error: maybe,
  durationMs: Type.Integer(),
});

const delivery = Type.Object({
  eventId: text,
  type: text,
  sequence: Type.Integer(),
  /** `pending`, `delivered` or `failed`. */
  status: text,
  /** Since it was queued or queued again. */
  tries: Type.Integer(),
  /** While it is pending. */
  nextTryAt: maybe,
  /** The last ones, oldest first. */
  attempts: Type.Array(attempt),
  createdAt: text,
});

export type DeliveryView = Static<typeof delivery>;

export const listWebhookDeliveries = endpoint({
  ...common,
  name: 'listWebhookDeliveries',
  summary: 'Lists what was and is to be delivered to an endpoint, newest first.',
  method: 'GET',
  path: `${onePath}/deliveries`,
  input: record(
    { limit: withDefault(wholeNumber(1, 100), 50), after: optional(wholeNumber(1, 999_999_999)) },
    { about: { after: '`nextAfter` of the answer before.' } },
  ),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(delivery),
    hasMore: Type.Boolean(),
    /** Where an older page begins; absent with the last one. */
    nextAfter: maybe,
  }),
  errors: ['VALIDATION_FAILED', ...ofOne],
});

/** With the event ids that they had: a receiver that has handled one before knows it. */
export const redeliverWebhooks = endpoint({
  ...common,
  name: 'redeliverWebhooks',
  summary: 'Delivers an event again, or all of a stretch that the endpoint listens to.',
  method: 'POST',
  path: `${onePath}/redeliver`,
  input: redeliveryFields,
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ queued: Type.Integer() }) }),
  errors: [...withBody, ...ofOne],
});
