// `ozura payments`: payments that no evidence decides, differences between the processors' books and ours, and the decision
// of a person about either (contract 12.3 and 12.4).
import type { OutputOf } from '@ozura/contract/endpoint';
import { decideDiscrepancy, listDiscrepancies } from '@ozura/contract/pay/admin/discrepancies';
import { listReviews, resolveReview } from '@ozura/contract/pay/admin/reviews';
import { type Command, runCommand } from './command.ts';
import { type Installation, operatorName } from './operator.ts';
import type { Words } from './words.ts';

const usage = `Usage:
  ozura payments review                                  those that wait for a decision, the oldest first
  ozura payments resolve ATTEMPT --outcome OUTCOME --reason WHY --evidence WHERE [--transaction ID] [--by NAME]
  ozura payments discrepancies                           where the processors' books differ from ours, the oldest first
  ozura payments decide DISCREPANCY --as DECISION --reason WHY --evidence WHERE [--by NAME]

OUTCOME    approved (with the processor's id of the sale as --transaction), declined, not_processed or reversed
DECISION   of a late approval: undo (give it back, or try again now), undone (it was, at the processor) or kept (it stays,
           and is not tried any more); of any other: explained
WHY        in a sentence
WHERE      where it can be seen: a statement, a case number, a screen of the processor
In live mode a second person has to say the same. --json prints JSON.`;

const commands: Readonly<Record<string, Command>> = {
  review: { positions: [], options: [], run: review },
  resolve: { positions: ['ATTEMPT'], options: ['outcome', 'reason', 'evidence', 'transaction'], run: resolve },
  discrepancies: { positions: [], options: [], run: discrepancies },
  decide: { positions: ['DISCREPANCY'], options: ['as', 'reason', 'evidence'], run: decide },
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

async function discrepancies(installation: Installation, words: Words): Promise<void> {
  const { data } = await installation.call(listDiscrepancies);
  words.print(data, data.length === 0 ? ['the books do not differ'] : data.flatMap(discrepancyLines));
}

type Differing = OutputOf<typeof listDiscrepancies>['data'][number];

function discrepancyLines({
  discrepancyId,
  kind,
  merchantId,
  processor,
  amount,
  currency,
  ...more
}: Differing): string[] {
  const { attemptId = 'unknown', processorTransactionId = 'none', foundAt, isBeingUndone, proposal } = more;
  return [
    [discrepancyId, kind, merchantId, processor, amount, currency, `found ${foundAt}`].join('  '),
    `  attempt ${attemptId}, at the processor ${processorTransactionId}`,
    ...(isBeingUndone ? ['  being undone; not taken by the processor yet'] : []),
    ...(proposal === undefined ? [] : [`  ${proposal.by} says ${proposal.decision}; a second person is missing`]),
  ];
}

async function decide(installation: Installation, words: Words): Promise<void> {
  const [discrepancyId = ''] = words.positions;
  const decision = words.needed('as');
  const said = { reason: words.needed('reason'), evidence: words.needed('evidence') };
  const body = { decision, ...said, by: operatorName(words) };
  const { data } = await installation.call(decideDiscrepancy, { params: { discrepancyId }, body });
  words.print(data, [
    data.status === 'decided'
      ? `${discrepancyId} is decided: ${data.decision}`
      : `${discrepancyId} will be decided as ${data.decision} when a second person says the same`,
  ]);
}
