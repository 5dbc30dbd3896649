// Offers events to Checkout again that it had collected and has lost since: it was brought back to an earlier state (ours).
import { record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { moment } from '../trans-query-fields.ts';
import { adminErrors, by, byAdmin } from './operator.ts';

/** Those that Checkout still has it knows by their id. Older ones than it keeps are not offered. */
export const offerEventsAgain = endpoint({
  ...byAdmin,
  name: 'offerEventsAgain',
  summary: 'Offers events to Checkout again that it has collected since a time, and lost.',
  method: 'POST',
  path: '/admin/events/offer-again',
  input: record(
    { since: required(moment), by },
    { about: { since: 'When Checkout was as it is now: of the backup.' } },
  ),
  output: Type.Object({
    success: Type.Literal(true),
    /** How many it collects once more. */
    data: Type.Object({ offered: Type.Integer() }),
  }),
  errors: adminErrors,
});
