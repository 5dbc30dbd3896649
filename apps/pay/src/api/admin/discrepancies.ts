// `/admin/discrepancies` (ours, contract 12.3 and 12.4): what the comparison of the books found, and what people decide.
import type { InputOf } from '@ozura/contract/endpoint';
import type { decideDiscrepancy as decideEndpoint } from '@ozura/contract/pay/admin/discrepancies';
import { decideDiscrepancy } from '@ozura/core/discrepancy-decision';
import { Refusal } from '@ozura/core/errors';
import { formatMoney } from '@ozura/core/money';
import type { Handle } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import {
  type Discrepancy,
  endDiscrepancy,
  findDiscrepancy,
  listOpenDiscrepancies,
  orderUndoing,
  proposeDecision,
} from '../../store/discrepancies.ts';
import { doneBy } from './operator.ts';

type Decision = InputOf<typeof decideEndpoint>;

const listMax = 500;

export async function answerDiscrepancies({ db }: PayContext): Promise<unknown> {
  return { success: true, data: (await listOpenDiscrepancies(db, listMax)).map(shown) };
}

const shown = ({ reference, processorTransactionId, amountMinor, foundAtMs, undo, ...found }: Discrepancy) => ({
  discrepancyId: found.discrepancyId,
  kind: found.kind,
  merchantId: found.merchantId,
  processor: found.processor,
  ...(reference === '' ? {} : { attemptId: reference }),
  ...(processorTransactionId === '' ? {} : { processorTransactionId }),
  amount: formatMoney(amountMinor, found.currency),
  currency: found.currency,
  foundAt: new Date(foundAtMs).toISOString(),
  isBeingUndone: undo === 'pending',
  ...(found.proposal === undefined ? {} : { proposal: found.proposal }),
});

export async function answerDecide(
  { db, audit, config }: PayContext,
  { input, params, request }: Call<Decision, undefined>,
): Promise<unknown> {
  const { discrepancyId = '' } = params;
  const { decision, reason, evidence } = input;
  // The case of its letters does not make a name a second person.
  const by = input.by.toLowerCase();
  const isCarriedOut = await db.transact(async (tx) => {
    const discrepancy = await findDiscrepancy(tx, discrepancyId);
    if (discrepancy === undefined) throw new Refusal('NOT_FOUND');
    const nowMs = await tx.now();
    const step = decideDiscrepancy(discrepancy, { decision, by }, { needsTwo: config.mode === 'live', nowMs });
    if (typeof step === 'object') throw refused(step.refused);
    const write =
      step === 'propose'
        ? proposeDecision(tx, discrepancyId, { decision, by })
        : carryOut(tx, discrepancy, { decision, nowMs });
    if ((await write) === 0) throw refused('discrepancyId: is being undone just now; try again in a minute');
    await audit.record(tx, {
      ...doneBy(by, request),
      action: step === 'propose' ? 'propose_decision' : 'decide_discrepancy',
      merchantId: discrepancy.merchantId,
      object: discrepancyId,
      change: { kind: discrepancy.kind, attemptId: discrepancy.reference, decision, reason, evidence },
    });
    return step === 'carry_out';
  });
  return { success: true, data: { discrepancyId, status: isCarriedOut ? 'decided' : 'proposed', decision } };
}

const refused = (message: string): Refusal => new Refusal('VALIDATION_FAILED', { message });

const carryOut = (
  tx: Handle,
  { discrepancyId, undoRefundSentAtMs }: Discrepancy,
  { decision, nowMs }: Pick<Decision, 'decision'> & { readonly nowMs: number },
): Promise<number> =>
  decision === 'undo'
    ? orderUndoing(tx, discrepancyId, nowMs)
    : endDiscrepancy(tx, discrepancyId, { decision, undoRefundSentAtMs, nowMs });
