// Answers of Nuvei. `status` speaks of the call, `transactionStatus` of the money, and only both together are an outcome.
import type { Inquiry, Outcome, RefusalCause } from '@ozura/core/attempt-outcome';
import { CURRENCIES } from '@ozura/core/currencies';
import { maxTotalMinor, parseMoney } from '@ozura/core/money';
import { isObject } from '@ozura/core/validation';
import { withoutPlaceholders } from '../placeholders.ts';
import type { Check, ProcessorAnswer, Referred } from '../port.ts';
import {
  avsResult,
  bankDecline,
  cvvResult,
  declineOf,
  explanationOf,
  filterError,
  type Meaning,
  meaningOfError,
  meaningOfFilter,
  notFound,
} from './codes.ts';

type Json = Readonly<Record<string, unknown>>;

/** What an answer has to match. */
export interface Expected extends Pick<Referred, 'reference' | 'amountMinor' | 'currency'> {
  readonly type: 'Sale' | 'Credit';
  /** The `clientRequestId` that it was sent with; a lookup has none. */
  readonly requestId?: string;
}

const unknown = (reason: string): Outcome => ({ kind: 'unknown', reason });
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** `Approved` in a lookup is what `APPROVED` is in the answer to the call. */
export const word = (value: unknown): string => text(value).toUpperCase();
/** What is not told is sometimes left out, sometimes `null` and sometimes empty. */
const isTold = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
/** A number, or the same number as text; `undefined` for anything else, which no table has. */
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'string' && /^-?\d{1,5}$/.test(value)
    ? Number(value)
    : typeof value === 'number'
      ? value
      : undefined;
/** Zero where there is nothing to say. */
export const gatewayCode = (value: unknown): number | undefined => (isTold(value) ? numberOf(value) : 0);
const member = (json: Json, name: string): Json => {
  const value = json[name];
  return isObject(value) ? value : {};
};

/** The body of a call that was carried out, of one that was not, or nothing that can be believed. */
export type Call =
  | { readonly kind: 'carried_out'; readonly body: Json }
  | { readonly kind: 'failed'; readonly errCode: number | undefined; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function readCall({ status, body }: ProcessorAnswer): Call {
  if (status !== 200 || !isObject(body)) return { kind: 'unreadable', reason: `status ${status}` };
  if (word(body.status) === 'SUCCESS') {
    // Zero, always. Any other contradicts it.
    return gatewayCode(body.errCode) === 0
      ? { kind: 'carried_out', body }
      : { kind: 'unreadable', reason: `a success with the error ${String(body.errCode).slice(0, 20)}` };
  }
  // An error that has a transaction contradicts itself.
  if (word(body.status) !== 'ERROR' || isTold(body.transactionId))
    return { kind: 'unreadable', reason: 'another status' };
  const reason = `${String(body.errCode)} ${text(body.reason)}`.trim();
  return { kind: 'failed', errCode: numberOf(body.errCode), reason };
}

/** Whatever came in place of a session, no card was sent: that is proof enough. */
export function readSession(answer: ProcessorAnswer): { readonly token: string } | { readonly refused: Outcome } {
  const call = readCall(answer);
  const token = call.kind === 'carried_out' ? withoutPlaceholders(text(call.body.sessionToken)) : '';
  if (token !== '') return { token };
  const meaning = call.kind === 'failed' ? meaningOfError(call.errCode) : undefined;
  const cause: RefusalCause = meaning !== undefined && 'refused' in meaning ? meaning.refused : 'unavailable';
  const reason = call.kind === 'carried_out' ? 'no token' : call.reason;
  return { refused: { kind: 'refused', cause, reason: `no session: ${reason}` } };
}

export function readOutcome(expected: Expected, answer: ProcessorAnswer): Outcome {
  const call = readCall(answer);
  if (call.kind === 'unreadable') return unknown(call.reason);
  if (call.kind === 'carried_out') return readTransaction(expected, call.body);
  // An error may come before Nuvei has read as far as our names.
  if (isObject(answer.body) && namedAs(expected, answer.body) === 'otherwise') return unknown('another reference');
  return asOutcome(meaningOfError(call.errCode), call.reason, String(call.errCode));
}

function asOutcome(meaning: Meaning | undefined, reason: string, code: string): Outcome {
  if (meaning === undefined) return unknown(`an unlisted code: ${reason}`);
  if ('refused' in meaning) return { kind: 'refused', cause: meaning.refused, reason };
  return { kind: 'declined', declineCode: meaning.declined, processorCode: code };
}

/**
 * Both of our names come back with a payment. Answers to refunds and voids in public samples have neither, of requests that
 * had none: one of the two is enough, and none may be another.
 */
export function namedAs(
  { reference, requestId }: Pick<Expected, 'reference' | 'requestId'>,
  { clientUniqueId, clientRequestId }: Json,
): 'so' | 'otherwise' | 'not at all' {
  const isSent = requestId !== undefined && isTold(clientRequestId);
  // A name that is no text is none of ours either.
  if (isTold(clientUniqueId) && clientUniqueId !== reference) return 'otherwise';
  if (isSent && clientRequestId !== requestId) return 'otherwise';
  return isTold(clientUniqueId) || isSent ? 'so' : 'not at all';
}

/** Spelled with a capital or without one. Some answers to a call do not repeat it; a lookup tells it. */
const isOfType = ({ type, requestId }: Expected, transactionType: unknown): boolean =>
  isTold(transactionType) ? word(transactionType) === type.toUpperCase() : requestId !== undefined;

function readTransaction(expected: Expected, body: Json): Outcome {
  if (namedAs(expected, body) !== 'so') return unknown('another reference');
  if (!isOfType(expected, body.transactionType)) return unknown('another type of transaction');
  const gwErrorCode = gatewayCode(body.gwErrorCode);
  switch (word(body.transactionStatus)) {
    case 'APPROVED':
      return gwErrorCode === 0 ? readApproval(expected, body) : unknown('an approval with an error');
    case 'DECLINED':
      // A lookup of a decline does not repeat the code.
      return gwErrorCode === bankDecline || !isTold(body.gwErrorCode)
        ? readDecline(body)
        : unknown(`a decline with the code ${String(gwErrorCode)}`);
    case 'ERROR': {
      const extended = gatewayCode(body.gwExtendedErrorCode);
      const meaning = gwErrorCode === filterError ? meaningOfFilter(extended) : undefined;
      const reason = `${String(gwErrorCode)} ${String(extended)} ${text(body.gwErrorReason)}`.trim();
      return asOutcome(meaning, reason, String(extended));
    }
    default:
      // Not final, `PENDING` and `REDIRECT` among them.
      return unknown(`transactionStatus ${text(body.transactionStatus)}`);
  }
}

function readDecline(body: Json): Outcome {
  const issuerCode = text(body.issuerDeclineCode);
  const words = { issuerCode, reason: text(body.gwErrorReason), advice: text(body.merchantAdviceCode) };
  return { kind: 'declined', declineCode: declineOf(words), processorCode: issuerCode || String(bankDecline) };
}

interface Booked {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * The answer to a payment does not repeat the amount: the checksum over it is what binds Nuvei to ours. Where less was
 * approved there is `partialApproval`, and `getTransactionDetails` does tell what was processed.
 */
export function bookedOf(body: Json): Booked | 'untold' | 'unreadable' {
  const partial = member(body, 'partialApproval');
  const amount = [partial.processedAmount, body.processedAmount, body.amount].find(isTold);
  const currency = word([partial.processedCurrency, body.processedCurrency, body.currency].find(isTold));
  if (amount === undefined && currency === '') return 'untold';
  if (!CURRENCIES.has(currency)) return 'unreadable';
  const parsed = parseMoney(amount, currency, maxTotalMinor(currency));
  return 'minor' in parsed ? { amountMinor: parsed.minor, currency } : 'unreadable';
}

function readApproval({ amountMinor, currency }: Expected, body: Json): Outcome {
  const processorTransactionId = text(body.transactionId);
  if (processorTransactionId === '') return unknown('an approval without an id');
  const booked = bookedOf(body);
  // One that cannot be read is not known to be another amount, which would be undone.
  if (booked === 'unreadable') return unknown('approved over an unreadable amount');
  if (booked !== 'untold' && (booked.amountMinor !== amountMinor || booked.currency !== currency)) {
    return wronglyBooked(processorTransactionId, booked);
  }
  const card = member(member(body, 'paymentOption'), 'card');
  const [authCode, networkReference] = [text(body.authCode), text(body.externalSchemeTransactionId)];
  return {
    kind: 'approved',
    processorTransactionId,
    ...(authCode === '' ? {} : { authCode }),
    avsResult: avsResult(word(card.avsCode)),
    cvvResult: cvvResult(word(card.cvv2Reply)),
    ...(networkReference === '' ? {} : { networkReference }),
  };
}

const wronglyBooked = (processorTransactionId: string, { amountMinor, currency }: Booked): Outcome => ({
  kind: 'unknown',
  reason: 'booked over another amount',
  wronglyBooked: true,
  processorTransactionId,
  booked: { amountMinor: Number(amountMinor), currency },
});

export const isApproved = ({ transactionStatus }: Json): boolean => word(transactionStatus) === 'APPROVED';

/** What `getTransactionDetails` tells of one transaction. */
export type Details =
  | { readonly kind: 'found'; readonly transaction: Json; readonly voided: boolean }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unanswered'; readonly reason: string; readonly cause?: RefusalCause };

export function readDetails(answer: ProcessorAnswer): Details {
  const call = readCall(answer);
  if (call.kind === 'unreadable') return { kind: 'unanswered', reason: call.reason };
  if (call.kind === 'failed') {
    if (call.errCode === notFound) return { kind: 'not_found' };
    const meaning = meaningOfError(call.errCode);
    const isCredentials = meaning !== undefined && 'refused' in meaning && meaning.refused === 'credentials';
    return { kind: 'unanswered', reason: call.reason, ...(isCredentials ? { cause: 'credentials' } : {}) };
  }
  const { body } = call;
  const details = member(body, 'transactionDetails');
  const transaction = { ...body, ...Object.fromEntries(Object.entries(details).filter(([, value]) => isTold(value))) };
  // The reference names no type of `isVoided`; its neighbour `credited` is the text "True" or "False".
  const voided = ['true', '1'].includes(String(details.isVoided).toLowerCase());
  return { kind: 'found', transaction, voided };
}

export function readInquiry(referred: Referred, answer: ProcessorAnswer): Inquiry {
  const details = readDetails(answer);
  if (details.kind === 'unanswered') return { kind: 'unanswered', reason: details.reason };
  if (details.kind === 'not_found') return details;
  const { transaction, voided } = details;
  // Here it is always told.
  if (isApproved(transaction) && typeof bookedOf(transaction) === 'string') {
    return { kind: 'unanswered', reason: 'an approval without an amount' };
  }
  const type = referred.saleTransactionId === undefined ? 'Sale' : 'Credit';
  const outcome = readTransaction({ ...referred, type }, transaction);
  // That something else was undone says nothing of ours.
  const isOther = outcome.kind === 'unknown' && outcome.wronglyBooked === undefined;
  return { kind: 'found', outcome, voided: voided && !isOther };
}

/** Of a session that nothing is paid in. */
export function readCheck(answer: ProcessorAnswer): Check {
  const call = readCall(answer);
  if (call.kind === 'carried_out') return { kind: 'accepted' };
  if (call.kind === 'unreadable') return { kind: 'unanswered', reason: call.reason };
  const explanation = explanationOf(call.errCode);
  return explanation === undefined
    ? { kind: 'unanswered', reason: `it says ${call.reason}` }
    : { kind: 'refused', reason: `it says ${call.reason}: ${explanation}` };
}
