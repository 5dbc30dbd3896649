// Who changed what of a merchant, and who decided a payment (ours).
import { optional, pattern, record, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { adminErrors, byAdmin } from './operator.ts';

/** A hundred records at a time, in order, after the record number `after`. */
export const listAudit = endpoint({
  ...byAdmin,
  name: 'listAudit',
  summary: 'Lists who changed what, a hundred records at a time.',
  method: 'GET',
  path: '/admin/audit',
  input: record({
    merchantId: optional(text(1, 30)),
    after: optional(pattern(/^[0-9]{1,15}$/, 'must be an integer')),
  }),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(
      Type.Object({
        sequence: Type.Integer(),
        at: Type.String(),
        by: Type.String(),
        action: Type.String(),
        merchantId: Type.String(),
        object: Type.String(),
        /** What was changed. Never a secret. */
        change: Type.Record(Type.String(), Type.Unknown()),
      }),
    ),
    hasMore: Type.Boolean(),
    /** With the first page only: the first record that was changed, removed or put in. Absent when the chain is whole. */
    brokenAt: Type.Optional(Type.Integer()),
  }),
  errors: adminErrors,
});
