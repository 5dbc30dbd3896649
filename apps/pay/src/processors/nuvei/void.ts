// Undoing at Nuvei: by its own id only, and once. So it is looked up first, which also makes a repeat harmless.
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import type { ProcessorAnswer, Step, VoidInput } from '../port.ts';
import { filterError, meaningOfError } from './codes.ts';
import { detailsRequest, onceMore, type Site, type Voiding, voidRequest } from './request.ts';
import { bookedOf, gatewayCode, isApproved, namedAs, readCall, readDetails, word } from './response.ts';

export function voidSteps(site: Site, input: VoidInput, answers: readonly ProcessorAnswer[]): Step<VoidOutcome> {
  const [details, answer, afterwards] = answers;
  const { reference, processorTransactionId: transactionId, voidReference = `${reference}-V` } = input;
  if (details === undefined) {
    return {
      send: detailsRequest(site, transactionId === undefined ? { clientUniqueId: reference } : { transactionId }),
    };
  }
  const seen = see(input, details);
  if ('done' in seen) return seen;
  if (answer === undefined) return { send: voidRequest(site, { ...seen.stands, reference: voidReference }) };
  const outcome = readVoid({ reference: voidReference, requestId: onceMore(voidReference, site) }, answer);
  if (outcome.kind !== 'settled') return { done: outcome };
  // Or an earlier void was carried out meanwhile: then a refund would give the money back twice. Where it may not be shown
  // yet, whoever asked waits (`showsVoidsLate`).
  if (afterwards === undefined) return { send: detailsRequest(site, { transactionId: seen.stands.transactionId }) };
  const again = see(input, afterwards);
  return { done: 'done' in again ? again.done : outcome };
}

/** What is final, or what stands and may be undone. */
function see(
  { reference, processorTransactionId }: VoidInput,
  answer: ProcessorAnswer,
): { readonly done: VoidOutcome } | { readonly stands: Omit<Voiding, 'reference'> } {
  const details = readDetails(answer);
  // What has an id was there: the lookup may be late, and a void that was sent before may have been done.
  if (details.kind === 'not_found' && processorTransactionId !== undefined) {
    return { done: { kind: 'unanswered', reason: 'not found by its id' } };
  }
  if (details.kind === 'not_found') return { done: details };
  if (details.kind === 'unanswered') {
    const { cause, reason } = details;
    return { done: cause === undefined ? { kind: 'unanswered', reason } : { kind: 'refused', cause, reason } };
  }
  const { transactionId, clientUniqueId, transactionStatus } = details.transaction;
  const isIt = clientUniqueId === reference && (processorTransactionId ?? transactionId) === transactionId;
  if (!isIt) return { done: { kind: 'unanswered', reason: 'another transaction' } };
  if (details.voided) return { done: { kind: 'voided' } };
  const booked = bookedOf(details.transaction);
  if (!isApproved(details.transaction) || typeof transactionId !== 'string' || typeof booked === 'string') {
    return { done: { kind: 'unanswered', reason: `transactionStatus ${String(transactionStatus)}` } };
  }
  return { stands: { transactionId, ...booked } };
}

/** `gwExtendedErrorCode`: more than was charged, charged back, given back already. There is nothing left for a refund. */
const GIVEN_BACK: ReadonlySet<number | undefined> = new Set([1106, 1111, 1112]);

/**
 * There is no code for "settled already" in the public reference. What stood a moment ago and is refused by a filter of the
 * gateway was explicitly not undone: only a refund can do it then.
 */
function readVoid(
  names: { readonly reference: string; readonly requestId: string },
  answer: ProcessorAnswer,
): VoidOutcome {
  const call = readCall(answer);
  if (call.kind === 'unreadable') return { kind: 'unanswered', reason: call.reason };
  if (call.kind === 'failed') {
    const meaning = meaningOfError(call.errCode);
    return meaning !== undefined && 'refused' in meaning
      ? { kind: 'refused', cause: meaning.refused, reason: call.reason }
      : { kind: 'unanswered', reason: call.reason };
  }
  const { transactionStatus, transactionId } = call.body;
  if (namedAs(names, call.body) !== 'so') return { kind: 'unanswered', reason: 'another reference' };
  const gwErrorCode = gatewayCode(call.body.gwErrorCode);
  const status = word(transactionStatus);
  if (status === 'APPROVED' && gwErrorCode === 0) {
    return { kind: 'voided', ...(typeof transactionId === 'string' ? { processorTransactionId: transactionId } : {}) };
  }
  if (status === 'DECLINED') return { kind: 'refused', cause: 'unavailable', reason: 'declined' };
  const isGivenBack = GIVEN_BACK.has(gatewayCode(call.body.gwExtendedErrorCode));
  if (status === 'ERROR' && gwErrorCode === filterError && !isGivenBack) return { kind: 'settled' };
  return { kind: 'unanswered', reason: `transactionStatus ${String(transactionStatus)}` };
}
