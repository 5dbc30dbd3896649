// Undoing at Worldpay. A payment that settles by itself is reversed: cancelled as long as that is possible, given back
// afterwards. What can be done with it, and whether it was done before, it is asked first.
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import { isObject } from '@ozura/core/validation';
import type { ProcessorAnswer, Step, VoidInput } from '../port.ts';
import { standingOf } from './codes.ts';
import { isPaymentLink, linkNamed } from './links.ts';
import { absence, findPayment } from './query.ts';
import { type Account, actionRequest, paymentQuery, paymentRequest, recoveryQuery, referenceQuery } from './request.ts';
import { refusalOf } from './response.ts';

/** By their names in the Payments API, in Card Payments and in links of older payments. */
const UNDOING = [
  'cancelPayment',
  'reversePayment',
  'cardPayments:cancel',
  'cardPayments:reverse',
  'payments:cancel',
  'payments:reversal',
];
const GIVING_BACK = [
  'partiallyRefundPayment',
  'refundPayment',
  'cardPayments:partialRefund',
  'cardPayments:refund',
  'payments:partialRefund',
  'payments:refund',
];

export const refundLink = (account: Account, body: unknown): string | undefined =>
  linkNamed(
    account,
    body,
    GIVING_BACK.filter((name) => /partial/i.test(name)),
  );

export function voidSteps(account: Account, input: VoidInput, answers: readonly ProcessorAnswer[]): Step<VoidOutcome> {
  const { processorLink, processorTransactionId } = input;
  if (processorLink !== undefined && isPaymentLink(processorLink)) {
    return byLink(account, { link: processorLink, paymentId: processorTransactionId }, answers);
  }
  if (processorTransactionId !== undefined) return byId(account, processorTransactionId, answers);
  return byReference(account, input.reference, answers);
}

/**
 * Never unasked: nothing in the reference says that a second reversal gives nothing back. Where the Payments API does not
 * tell whether it stands (`Sent for Refund`), the events of Payment Queries do.
 */
function byLink(
  account: Account,
  { link, paymentId }: { readonly link: string; readonly paymentId: string | undefined },
  [seen, ...rest]: readonly ProcessorAnswer[],
): Step<VoidOutcome> {
  if (seen === undefined) return { send: paymentRequest(account, link) };
  const isUnclear = seen.status === 200 && isObject(seen.body) && standingOf(seen.body.lastEvent) === undefined;
  return isUnclear && paymentId !== undefined
    ? byId(account, paymentId, rest)
    : undo(account, { seen: see(account, seen), paymentId }, rest[0]);
}

function byId(account: Account, paymentId: string, [seen, answer]: readonly ProcessorAnswer[]): Step<VoidOutcome> {
  if (seen === undefined) return { send: paymentQuery(account, paymentId) };
  const isIt = isObject(seen.body) && seen.body.paymentId === paymentId;
  const isStrange = seen.status === 200 && !isIt;
  if (isStrange) return { done: unanswered('another payment') };
  return undo(account, { seen: see(account, seen), paymentId }, answer);
}

function byReference(account: Account, reference: string, answers: readonly ProcessorAnswer[]): Step<VoidOutcome> {
  const [first, ...rest] = answers;
  if (first === undefined) return { send: referenceQuery(account, reference) };
  const found = findPayment(account, reference, first);
  if (found === 'none') {
    const [second] = rest;
    return second === undefined ? { send: recoveryQuery(account, reference) } : { done: absence(second) };
  }
  return found.kind === 'unanswered'
    ? { done: credentialsRefused(first) ?? found }
    : byId(account, found.paymentId, rest);
}

type Seen = { readonly path: string } | { readonly done: VoidOutcome };

const unanswered = (reason: string): VoidOutcome => ({ kind: 'unanswered', reason });

function see(account: Account, answer: ProcessorAnswer): Seen {
  const { status, body } = answer;
  const standing = status === 200 && isObject(body) ? standingOf(body.lastEvent) : undefined;
  switch (standing) {
    case 'undone':
      return { done: { kind: 'voided' } };
    case 'refused':
      return { done: { kind: 'not_found' } };
    case 'standing':
      return undoable(account, body);
    default:
      return { done: credentialsRefused(answer) ?? unanswered(`status ${status}`) };
  }
}

/** Where only giving back is left it has settled. */
function undoable(account: Account, body: unknown): Seen {
  const path = linkNamed(account, body, UNDOING);
  if (path !== undefined) return { path };
  const isSettled = linkNamed(account, body, GIVING_BACK) !== undefined;
  return { done: isSettled ? { kind: 'settled' } : unanswered('nothing can be done with it now') };
}

function undo(
  account: Account,
  { seen, paymentId }: { readonly seen: Seen; readonly paymentId: string | undefined },
  answer: ProcessorAnswer | undefined,
): Step<VoidOutcome> {
  if ('done' in seen) return seen;
  return answer === undefined ? { send: actionRequest(account, seen.path) } : { done: readUndoing(answer, paymentId) };
}

const OUTCOMES: ReadonlySet<unknown> = new Set(['sentForReversal', 'sentForCancellation']);

/** Links of Payment Queries lead to answers without an outcome: "accepted", with the ids. */
function readUndoing(answer: ProcessorAnswer, ours: string | undefined): VoidOutcome {
  const { status, body } = answer;
  if (status !== 202 || !isObject(body)) return credentialsRefused(answer) ?? unanswered(`status ${status}`);
  const { outcome, paymentId, commandId } = body;
  if (ours !== undefined && paymentId !== undefined && paymentId !== ours) return unanswered('another payment');
  const isAccepted = OUTCOMES.has(outcome) || (outcome === undefined && typeof paymentId === 'string');
  if (!isAccepted) return unanswered('another outcome');
  return { kind: 'voided', ...(typeof commandId === 'string' ? { processorTransactionId: commandId } : {}) };
}

function credentialsRefused(answer: ProcessorAnswer): VoidOutcome | undefined {
  const refusal = refusalOf(answer);
  return refusal?.cause === 'credentials' ? refusal : undefined;
}
