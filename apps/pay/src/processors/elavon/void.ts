// Undoing at Converge: by its own id, which a query tells where we do not have it, and which only an open batch takes.
// What a void that fails has failed for is seen in another query.
import type { VoidOutcome } from '@ozura/core/attempt-outcome';
import type { ProcessorAnswer, Step, VoidInput } from '../port.ts';
import { find } from './query.ts';
import { queryRequest, type Terminal, voidRequest } from './request.ts';
import { field, hasError, isNamed, readRefusal } from './response.ts';
import { readTxn, type Txn } from './txn.ts';

export function voidSteps(
  terminal: Terminal,
  { reference, processorTransactionId }: Pick<VoidInput, 'reference' | 'processorTransactionId'>,
  answers: readonly ProcessorAnswer[],
): Step<VoidOutcome> {
  if (processorTransactionId !== undefined) {
    return undo(terminal, { reference, transactionId: processorTransactionId }, answers);
  }
  const [found, ...rest] = answers;
  if (found === undefined) return { send: queryRequest(terminal, reference) };
  const seen = see(reference, found);
  return 'done' in seen ? seen : undo(terminal, { reference, transactionId: seen.transactionId }, rest);
}

interface Booked {
  readonly reference: string;
  readonly transactionId: string;
}

function undo(
  terminal: Terminal,
  { reference, transactionId }: Booked,
  [answer, afterwards]: readonly ProcessorAnswer[],
): Step<VoidOutcome> {
  if (answer === undefined) return { send: voidRequest(terminal, transactionId) };
  const outcome = readVoid(reference, answer);
  if (outcome !== undefined) return { done: outcome };
  if (afterwards === undefined) return { send: queryRequest(terminal, reference) };
  const seen = see(reference, afterwards);
  // What is not found was there when it was to be undone, and may be by now. What stands may be undone by the next try.
  if ('done' in seen && seen.done.kind !== 'not_found') return seen;
  return { done: { kind: 'unanswered', reason: 'not voided yet' } };
}

/** What is final, or what stands and may be undone. */
function see(
  reference: string,
  answer: ProcessorAnswer,
): { readonly done: VoidOutcome } | { readonly transactionId: string } {
  const finding = find(reference, answer);
  if (finding.kind === 'unanswered') return { done: credentialsRefused(answer) ?? finding };
  if (finding.kind === 'not_found') return { done: finding };
  if (finding.voided) return { done: { kind: 'voided' } };
  return finding.settled ? { done: { kind: 'settled' } } : { transactionId: field(finding.txn, 'ssl_txn_id') };
}

const txnOf = ({ status, body }: ProcessorAnswer): Txn | undefined => (status === 200 ? readTxn(body) : undefined);

function credentialsRefused(answer: ProcessorAnswer): VoidOutcome | undefined {
  const txn = txnOf(answer);
  const refusal = txn && readRefusal(txn);
  return refusal?.cause === 'credentials' ? { kind: 'refused', ...refusal } : undefined;
}

/** `undefined` where the answer does not say what has become of the sale: it may be undone, settled, or unknown. */
function readVoid(reference: string, answer: ProcessorAnswer): VoidOutcome | undefined {
  const txn = txnOf(answer);
  if (txn === undefined || hasError(txn) || field(txn, 'ssl_result') !== '0') return credentialsRefused(answer);
  // It repeats the names of what it undoes, where it has any.
  if (isNamed(txn, reference) === 'otherwise') return undefined;
  const id = field(txn, 'ssl_txn_id');
  return { kind: 'voided', ...(id === '' ? {} : { processorTransactionId: id }) };
}
