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
const member = (json: Json, name: string): Json => {
  const value = json[name];
  return isObject(value) ? value : {};
};

/** The body of a call that was carried out, of one that was not, or nothing that can be believed. */
export type Call =
  | { readonly kind: 'carried_out'; readonly body: Json }
  | { readonly kind: 'failed'; readonly errCode: unknown; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function readCall({ status, body }: ProcessorAnswer): Call {
  if (status !== 200 || !isObject(body)) return { kind: 'unreadable', reason: `status ${status}` };
  if (body.status === 'SUCCESS') return { kind: 'carried_out', body };
  // An error that has a transaction contradicts itself.
  if (body.status !== 'ERROR' || text(body.transactionId) !== '')
    return { kind: 'unreadable', reason: 'another status' };
  return { kind: 'failed', errCode: body.errCode, reason: `${String(body.errCode)} ${text(body.reason)}`.trim() };
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
  const [own, sent] = [text(clientUniqueId), requestId === undefined ? '' : text(clientRequestId)];
  if ((own !== '' && own !== reference) || (sent !== '' && sent !== requestId)) return 'otherwise';
  return own === '' && sent === '' ? 'not at all' : 'so';
}

/** Spelled with a capital or without one. */
function isOfType({ type }: Expected, transactionType: unknown): boolean {
  return text(transactionType).toLowerCase() === type.toLowerCase();
}

function readTransaction(expected: Expected, body: Json): Outcome {
  if (namedAs(expected, body) !== 'so') return unknown('another reference');
  if (!isOfType(expected, body.transactionType)) return unknown('another type of transaction');
  const { gwErrorCode = 0, gwExtendedErrorCode = 0 } = body;
  switch (body.transactionStatus) {
    case 'APPROVED':
      return gwErrorCode === 0 ? readApproval(expected, body) : unknown('an approval with an error');
    case 'DECLINED':
      // A lookup of a decline does not repeat the code.
      return gwErrorCode === bankDecline || body.gwErrorCode === undefined
        ? readDecline(body)
        : unknown(`a decline with the code ${String(gwErrorCode)}`);
    case 'ERROR': {
      const code = String(gwExtendedErrorCode);
      const meaning = gwErrorCode === filterError ? meaningOfFilter(gwExtendedErrorCode) : undefined;
      return asOutcome(meaning, `${String(gwErrorCode)} ${code} ${text(body.gwErrorReason)}`.trim(), code);
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

/**
 * The answer to a payment does not repeat the amount: the checksum over it is what binds Nuvei to ours. Where less was
 * approved there is `partialApproval`, and `getTransactionDetails` does tell what was processed.
 */
function bookedOf(body: Json): { readonly amount: unknown; readonly currency: unknown } | undefined {
  const partial = member(body, 'partialApproval');
  const amount = partial.processedAmount ?? body.processedAmount ?? body.amount;
  const currency = partial.processedCurrency ?? body.processedCurrency ?? body.currency;
  return amount === undefined && currency === undefined ? undefined : { amount, currency };
}

function readApproval(expected: Expected, body: Json): Outcome {
  const processorTransactionId = text(body.transactionId);
  if (processorTransactionId === '') return unknown('an approval without an id');
  const booked = bookedOf(body);
  if (booked !== undefined && !isAmount(expected, booked)) return wronglyBooked(processorTransactionId, booked);
  const card = member(member(body, 'paymentOption'), 'card');
  const [authCode, networkReference] = [text(body.authCode), text(body.externalSchemeTransactionId)];
  return {
    kind: 'approved',
    processorTransactionId,
    ...(authCode === '' ? {} : { authCode }),
    avsResult: avsResult(text(card.avsCode)),
    cvvResult: cvvResult(text(card.cvv2Reply)),
    ...(networkReference === '' ? {} : { networkReference }),
  };
}

type Booked = NonNullable<ReturnType<typeof bookedOf>>;

function minorOf({ amount, currency }: Booked): number | undefined {
  if (typeof currency !== 'string' || !CURRENCIES.has(currency)) return undefined;
  const parsed = parseMoney(amount, currency, maxTotalMinor(currency));
  return 'minor' in parsed ? Number(parsed.minor) : undefined;
}

const isAmount = ({ amountMinor, currency }: Expected, booked: Booked): boolean =>
  booked.currency === currency && minorOf(booked) === Number(amountMinor);

function wronglyBooked(processorTransactionId: string, booked: Booked): Outcome {
  const amountMinor = minorOf(booked);
  return {
    kind: 'unknown',
    reason: 'booked over another amount',
    wronglyBooked: true,
    processorTransactionId,
    ...(amountMinor === undefined ? {} : { booked: { amountMinor, currency: text(booked.currency) } }),
  };
}

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
  const transaction = { ...body, ...member(body, 'transactionDetails') };
  // The reference names no type of `isVoided`; its neighbour `credited` is the text "True" or "False".
  const voided = ['true', '1'].includes(String(member(body, 'transactionDetails').isVoided).toLowerCase());
  return { kind: 'found', transaction, voided };
}

export function readInquiry(referred: Referred, answer: ProcessorAnswer): Inquiry {
  const details = readDetails(answer);
  if (details.kind === 'unanswered') return { kind: 'unanswered', reason: details.reason };
  if (details.kind === 'not_found') return details;
  const { transaction, voided } = details;
  const booked = bookedOf(transaction);
  // Without one that can be read it is not known to be another amount, which would be undone.
  if (transaction.transactionStatus === 'APPROVED' && (booked === undefined || minorOf(booked) === undefined)) {
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
