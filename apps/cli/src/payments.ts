// `ozura payments`: payments that no evidence decides, and the decision of a person (contract 12.4).
import type { OutputOf } from '@ozura/contract/endpoint';
import { listReviews, resolveReview } from '@ozura/contract/pay/admin/reviews';
import { type Command, runCommand, type Words } from './command.ts';
import { type Installation, operatorName } from './operator.ts';

const usage = `Usage:
  ozura payments review                                  those that wait for a decision, the oldest first
  ozura payments resolve ATTEMPT --outcome OUTCOME --reason WHY --evidence WHERE [--transaction ID] [--by NAME]

OUTCOME    approved (with the processor's id of the sale as --transaction), declined, not_processed or reversed
WHY        in a sentence
WHERE      where it can be seen: a statement, a case number, a screen of the processor
In live mode a second person has to say the same. --json prints JSON.`;

const commands: Readonly<Record<string, Command>> = {
  review: { positions: [], options: [], run: review },
  resolve: { positions: ['ATTEMPT'], options: ['outcome', 'reason', 'evidence', 'transaction'], run: resolve },
};

export const decidePayments = (args: readonly string[]): Promise<void> => runCommand(args, { usage, commands });

async function review(installation: Installation, words: Words): Promise<void> {
  const { data } = await installation.call(listReviews);
  words.print(data, data.length === 0 ? ['nothing waits for a decision'] : data.flatMap(reviewLines));
}

type Waiting = OutputOf<typeof listReviews>['data'][number];

function reviewLines({ attemptId, kind, merchantId, processor, amount, currency, ...more }: Waiting): string[] {
  const { sentAt = '', undo, reason, proposal } = more;
  return [
    [attemptId, ...(kind === 'sale' ? [] : [kind]), merchantId, processor, amount, currency, `sent ${sentAt}`].join(
      '  ',
    ),
    ...(reason === undefined ? [] : [`  last heard: ${reason}`]),
    ...(undo === undefined ? [] : [`  being undone (${undo}): can end as reversed only`]),
    ...(proposal === undefined
      ? []
      : [
          `  ${proposal.by} says ${proposal.outcome}: ${proposal.reason} (${proposal.evidence}); a second person is missing`,
        ]),
  ];
}

async function resolve(installation: Installation, words: Words): Promise<void> {
  const [attemptId = ''] = words.positions;
  const body = {
    outcome: words.needed('outcome'),
    reason: words.needed('reason'),
    evidence: words.needed('evidence'),
    processorTransactionId: words.text('transaction'),
    by: operatorName(words),
  };
  const { data } = await installation.call(resolveReview, { params: { attemptId }, body });
  words.print(data, [
    data.status === 'resolved'
      ? `${attemptId} is ${data.outcome}`
      : `${attemptId} will be ${data.outcome} when a second person says the same`,
  ]);
}
