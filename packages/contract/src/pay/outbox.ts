// How Checkout takes Pay's events over into the one feed of a merchant (contract 14.2). Service key only.
import { list, record, text, withDefault } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

/** Fits a body of 16 KB. */
export const collectedMax = 100;

const event = Type.Object({
  eventId: Type.String(),
  merchantId: Type.String(),
  type: Type.String(),
  /** One event of a type for each. */
  subject: Type.String(),
  data: Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true }),
  atMs: Type.Integer(),
});

/**
 * Notes which events the caller has on its disk, and answers the next ones in the order of their writing. An event is
 * offered until it is named here, so that a crash on either side loses none; the caller tells a repeated one by its id.
 */
export const collectEvents = endpoint({
  name: 'collectEvents',
  summary: 'Hands the next events over, and notes those that have arrived.',
  service: 'pay',
  method: 'POST',
  path: '/outbox/collect',
  auth: ['service'],
  quiet: true,
  input: record({ collected: withDefault(list(text(1, 40), 0, collectedMax), []) }),
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ events: Type.Array(event) }) }),
  errors: ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'VALIDATION_FAILED', 'INVALID_JSON', 'INTERNAL_ERROR'],
});
