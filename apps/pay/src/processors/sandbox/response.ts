// Answers of the sandbox processor. Only an explicit, complete and matching answer is an outcome; the rest is unknown.
import type { BankOutcome } from '@ozura/core/ach';
import type {
  Decline,
  Inquiry,
  ListedSale,
  Listing,
  Outcome,
  RefusalCause,
  VoidOutcome,
} from '@ozura/core/attempt-outcome';
import { TEST_CARDS } from '@ozura/core/card/test-cards';
import { isObject } from '@ozura/core/validation';
import type { ProcessorAnswer, Referred, SaleInput, VoidInput } from '../port.ts';

type Json = Readonly<Record<string, unknown>>;

const unknown = (reason: string): Outcome => ({ kind: 'unknown', reason });
const refused = (cause: RefusalCause, reason: string): Outcome => ({ kind: 'refused', cause, reason });

export function readSale(input: Expected & Pick<SaleInput, 'bin' | 'lastFour'>, answer: ProcessorAnswer): Outcome {
  const outcome = readAnswer(input, answer);
  return outcome.kind === 'declined' && !isOwnDecline(input, outcome) ? { ...outcome, staged: true } : outcome;
}

/** Else a program, or a last name, has asked for it (14.6), and the next payment with the card may go well. */
const isOwnDecline = ({ bin, lastFour }: Pick<SaleInput, 'bin' | 'lastFour'>, { declineCode }: Decline): boolean =>
  TEST_CARDS.some(
    ({ number, outcome }) =>
      outcome === `decline:${declineCode}` && number.startsWith(bin) && number.endsWith(lastFour),
  );

/** It says why it does not give back what it has no claim to. */
export function readRefund(input: Expected, answer: ProcessorAnswer): Outcome {
  const { status, body } = answer;
  const isRefusal = status === 200 && isObject(body) && body.reference === input.reference && body.status === 'refused';
  if (!isRefusal) return readAnswer(input, answer);
  return body.reason === 'not_settled'
    ? refused('not_settled', 'not settled yet')
    : refused('unavailable', `refused: ${String(body.reason)}`);
}

function readAnswer(input: Expected, { status, body }: ProcessorAnswer): Outcome {
  if (status === 401 && isObject(body)) return refused('credentials', 'credentials refused');
  if (status === 400 && isObject(body) && body.errorCode === 'VALIDATION_FAILED') {
    return refused('unavailable', 'a malformed request');
  }
  if (status !== 200 || !isObject(body)) return unknown(`status ${status}`);
  return readOutcome(input, body);
}

/** What the answer has to match. */
interface Expected {
  readonly reference: unknown;
  readonly amountMinor: bigint;
  readonly currency: string;
}

function readOutcome(input: Expected, body: Json): Outcome {
  if (body.reference !== input.reference) return unknown('another reference');
  switch (body.status) {
    case 'approved':
      return readApproval(input, body);
    case 'declined':
      return typeof body.declineCode === 'string'
        ? { kind: 'declined', declineCode: body.declineCode, ...textMember('processorCode', body.processorCode) }
        : unknown('a decline without a code');
    case 'not_processed':
      return refused('unavailable', 'not processed');
    case 'review':
      return unknown('under review at the processor');
    default:
      return unknown('another status');
  }
}

function readApproval(input: Expected, body: Json): Outcome {
  if (typeof body.transactionId !== 'string' || body.transactionId === '') return unknown('an approval without an id');
  if (body.amount !== Number(input.amountMinor) || body.currency !== input.currency) {
    const { transactionId: processorTransactionId, amount, currency } = body;
    const isReadable = Number.isSafeInteger(amount) && typeof currency === 'string';
    return {
      kind: 'unknown',
      reason: 'booked over another amount',
      wronglyBooked: true,
      processorTransactionId,
      ...(isReadable ? { booked: { amountMinor: amount as number, currency } } : {}),
    };
  }
  return {
    kind: 'approved',
    processorTransactionId: body.transactionId,
    ...textMember('authCode', body.authCode),
    avsResult: typeof body.avsResult === 'string' ? body.avsResult : '',
    cvvResult: typeof body.cvvResult === 'string' ? body.cvvResult : '',
    ...textMember('networkReference', body.networkReference),
  };
}

const textMember = <Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: string } =>
  typeof value === 'string' && value !== '' ? ({ [name]: value } as { readonly [N in Name]?: string }) : {};

/** What a class of processors does not offer the sandbox refuses with this status, as one that plays that class. */
const notOffered = 501;

export function readInquiry(input: Referred, { status, body }: ProcessorAnswer): Inquiry {
  if (status === notOffered) return { kind: 'unsupported' };
  if (status !== 200 || !isObject(body)) return { kind: 'unanswered', reason: `status ${status}` };
  if (body.found === false) return { kind: 'not_found' };
  const { transaction } = body;
  if (body.found !== true || !isObject(transaction)) return { kind: 'unanswered', reason: 'no transaction' };
  const bank = readBank(transaction.bank);
  const outcome = readOutcome(input, transaction);
  return { kind: 'found', outcome, voided: transaction.voided === true, ...(bank && { bank }) };
}

function readBank(bank: unknown): BankOutcome | undefined {
  if (!isObject(bank)) return undefined;
  const { status, returnCode } = bank;
  if (status === 'pending' || status === 'paid') return { status };
  return status === 'returned' && typeof returnCode === 'string' ? { status, returnCode } : undefined;
}

/** A list with one entry that cannot be read proves the absence of nothing. */
export function readListing({ status, body }: ProcessorAnswer): Listing {
  if (status === notOffered) return { kind: 'unsupported' };
  if (status !== 200 || !isObject(body) || !Array.isArray(body.transactions)) {
    return { kind: 'unanswered', reason: `status ${status}` };
  }
  const sales = body.transactions.map(readListed);
  const readable = sales.filter((sale) => sale !== undefined);
  return readable.length === sales.length
    ? { kind: 'listed', sales: readable }
    : { kind: 'unanswered', reason: 'an entry that cannot be read' };
}

function readListed(entry: unknown): ListedSale | undefined {
  if (!isObject(entry)) return undefined;
  const { reference, transactionId, lastFour, amount, currency, bookedAt } = entry;
  if (typeof transactionId !== 'string' || typeof lastFour !== 'string' || typeof currency !== 'string') {
    return undefined;
  }
  if (!Number.isSafeInteger(amount) || !Number.isSafeInteger(bookedAt)) return undefined;
  const amountMinor = BigInt(amount as number);
  return {
    ...textMember('reference', reference),
    processorTransactionId: transactionId,
    lastFour,
    amountMinor,
    currency,
    bookedAtMs: bookedAt as number,
    voided: entry.voided === true || entry.refundedAmount === amount,
    ...(Number.isSafeInteger(entry.refundedAmount) ? { refundedMinor: BigInt(entry.refundedAmount as number) } : {}),
    outcome: readOutcome({ reference, amountMinor, currency }, entry),
  };
}

export function readVoid({ voidReference }: VoidInput, { status, body }: ProcessorAnswer): VoidOutcome {
  if (status === notOffered) return { kind: 'unsupported' };
  if (status === 401 && isObject(body)) return { kind: 'refused', cause: 'credentials', reason: 'credentials refused' };
  if (voidReference !== undefined && isObject(body) && body.reference !== voidReference) {
    return { kind: 'unanswered', reason: 'another reference' };
  }
  if (status !== 200 || !isObject(body)) return { kind: 'unanswered', reason: `status ${status}` };
  switch (body.status) {
    case 'voided':
    case 'already_voided':
      return { kind: 'voided', ...textMember('processorTransactionId', body.voidId) };
    case 'settled':
      return { kind: 'settled' };
    case 'not_found':
      return { kind: 'not_found' };
    case 'declined':
    case 'not_processed':
      return { kind: 'refused', cause: 'unavailable', reason: body.status };
    default:
      return { kind: 'unanswered', reason: 'another status' };
  }
}
