// Differences between the processors' books and ours, and what people decide about them (ours, contract 12.3 and 12.4).
import { cardless } from '@ozura/core/cardless';
import { DISCREPANCY_DECISIONS } from '@ozura/core/discrepancy-decision';
import { oneOf, record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { textOf } from '../../schema.ts';
import { adminErrors, by, byAdmin } from './operator.ts';

const proposal = Type.Object({ decision: Type.String(), by: Type.String() });

/** The oldest first. */
export const listDiscrepancies = endpoint({
  ...byAdmin,
  name: 'listDiscrepancies',
  summary: 'Lists differences between the processors’ books and ours that nobody has decided, the oldest first.',
  method: 'GET',
  path: '/admin/discrepancies',
  input: record({}),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(
      Type.Object({
        discrepancyId: Type.String(),
        kind: textOf(
          'late_approval',
          'unknown_booking',
          'booked_twice',
          'amount_differs',
          'missing_at_processor',
          'undone_at_processor',
          'refunds_differ',
        ),
        merchantId: Type.String(),
        processor: Type.String(),
        /** Ours; absent where the processor does not repeat it. */
        attemptId: Type.Optional(Type.String()),
        processorTransactionId: Type.Optional(Type.String()),
        /** Booked there; of `refunds_differ`: given back there. */
        amount: Type.String(),
        currency: Type.String(),
        foundAt: Type.String(),
        /** It is tried again on a schedule. */
        isBeingUndone: Type.Boolean(),
        /** Waits for a second person to say the same. */
        proposal: Type.Optional(proposal),
      }),
    ),
  }),
  errors: adminErrors,
});

/** In test mode it is carried out at once; in live mode when a second person has said the same. */
export const decideDiscrepancy = endpoint({
  ...byAdmin,
  name: 'decideDiscrepancy',
  summary: 'Decides a difference between the books: in live mode when a second person has said the same.',
  method: 'POST',
  path: '/admin/discrepancies/:discrepancyId/decide',
  input: record({
    decision: required(oneOf(...DISCREPANCY_DECISIONS)),
    reason: required(cardless(text(1, 1000))),
    evidence: required(cardless(text(1, 1000))),
    by,
  }),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Object({
      discrepancyId: Type.String(),
      /** `proposed`: somebody else has to say the same. */
      status: Type.Union([Type.Literal('decided'), Type.Literal('proposed')]),
      decision: Type.String(),
    }),
  }),
  errors: adminErrors,
});
