// Payments that no evidence decides, and what people decide about them (ours, contract 12.4).
import { cardless } from '@ozura/core/cardless';
import { oneOf, optional, record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { textOf } from '../../schema.ts';
import { adminErrors, by, byAdmin } from './operator.ts';

const proposal = Type.Object({
  outcome: Type.String(),
  processorTransactionId: Type.Optional(Type.String()),
  reason: Type.String(),
  evidence: Type.String(),
  by: Type.String(),
  at: Type.String(),
});

/** The oldest first. */
export const listReviews = endpoint({
  ...byAdmin,
  name: 'listReviews',
  summary: 'Lists payments and refunds that wait for the decision of a person, the oldest first.',
  method: 'GET',
  path: '/admin/reviews',
  input: record({}),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(
      Type.Object({
        kind: textOf('sale', 'refund', 'void'),
        /** Also our reference at the processor. */
        attemptId: Type.String(),
        merchantId: Type.String(),
        processor: Type.String(),
        amount: Type.String(),
        currency: Type.String(),
        sentAt: Type.Optional(Type.String()),
        /** Why we were undoing it. Then it can end as reversed only. */
        undo: Type.Optional(Type.String()),
        /** What we last heard. */
        reason: Type.Optional(Type.String()),
        /** Waits for a second person to say the same. */
        proposal: Type.Optional(proposal),
      }),
    ),
  }),
  errors: adminErrors,
});

/** In test mode it is carried out at once; in live mode when a second person has said the same. */
export const resolveReview = endpoint({
  ...byAdmin,
  name: 'resolveReview',
  summary: 'Decides a payment in review: in live mode when a second person has said the same.',
  method: 'POST',
  path: '/admin/reviews/:attemptId/resolve',
  input: record({
    outcome: required(oneOf('approved', 'declined', 'not_processed', 'reversed')),
    processorTransactionId: optional(text(1, 100)),
    reason: required(cardless(text(1, 1000))),
    evidence: required(cardless(text(1, 1000))),
    by,
  }),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Object({
      attemptId: Type.String(),
      /** `proposed`: somebody else has to say the same. */
      status: Type.Union([Type.Literal('resolved'), Type.Literal('proposed')]),
      outcome: Type.String(),
      proposal: Type.Optional(proposal),
    }),
  }),
  errors: adminErrors,
});
