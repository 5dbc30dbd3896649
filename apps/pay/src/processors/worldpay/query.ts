// What Worldpay says when asked: by our reference of a sale, by its own id of a payment, or about a day.
import type { Inquiry, ListedSale, Listing, Outcome } from '@ozura/core/attempt-outcome';
import { isObject } from '@ozura/core/validation';
import type { AccountDay, Check, ProcessorAnswer, Referred, Step } from '../port.ts';
import { type Standing, standingOf } from './codes.ts';
import { linkNamed } from './links.ts';
import { type Account, dayQuery, entityOf, pageQuery, paymentQuery, recoveryQuery, referenceQuery } from './request.ts';
import { readMoney, readRefused, refundOf, refusalOf, type Value } from './response.ts';

type Json = Readonly<Record<string, unknown>>;

interface Unanswered {
  readonly kind: 'unanswered';
  readonly reason: string;
}

export interface Found {
  readonly kind: 'payment';
  readonly payment: Json;
  readonly paymentId: string;
}

const unanswered = (reason: string): Unanswered => ({ kind: 'unanswered', reason });

/** Of a page of results; a page without any has no `_embedded`, as usual in HAL. */
function paymentsIn({ status, body }: ProcessorAnswer): readonly unknown[] | undefined {
  if (status !== 200 || !isObject(body) || !isObject(body._links)) return undefined;
  if (body._embedded === undefined) return [];
  return isObject(body._embedded) && Array.isArray(body._embedded.payments) ? body._embedded.payments : undefined;
}

/**
 * Should there be several under one reference, none of them speaks for the others: one may be refused and another paid. All
 * but one that were refused or undone moved nothing; more than that a person has to judge.
 */
export function findPayment(account: Account, reference: string, answer: ProcessorAnswer): Found | Unanswered | 'none' {
  const payments = paymentsIn(answer);
  if (payments === undefined) return unanswered(`status ${answer.status}`);
  const ours = payments.filter(isObject).filter((payment) => isOurs(account, reference, payment));
  const alive = ours.filter(({ lastEvent }) => !OVER.has(standingOf(lastEvent)));
  if (alive.length > 1) return unanswered('several payments with one reference');
  const payment = alive[0] ?? ours.find(({ lastEvent }) => standingOf(lastEvent) === 'undone') ?? ours[0];
  if (payment === undefined) return payments.length === 0 ? 'none' : unanswered('another payment');
  const { paymentId } = payment;
  return typeof paymentId === 'string' && paymentId !== ''
    ? { kind: 'payment', payment, paymentId }
    : unanswered('a payment without an id');
}

const OVER: ReadonlySet<Standing | undefined> = new Set(['refused', 'undone']);

const isOurs = (account: Account, reference: string, { transactionReference, entity }: Json): boolean =>
  transactionReference === reference && (entity === undefined || entity === entityOf(account));

/**
 * Two services have to agree that there is nothing: queries may lag, and say so ("Payment Queries is a data aggregation
 * service"). The one for recovery repeats no amount, so that what it alone knows of is waited for.
 */
export function absence({ status, body }: ProcessorAnswer): { readonly kind: 'not_found' } | Unanswered {
  // Of a payment that is too fresh to be asked about it is said that the address "contains an invalid value".
  const isMissing =
    status === 404 &&
    isObject(body) &&
    typeof body.errorName === 'string' &&
    body.errorName !== 'urlContainsInvalidValue';
  return isMissing ? { kind: 'not_found' } : unanswered(status === 200 ? 'not in the queries yet' : `status ${status}`);
}

export function inquireSale(
  account: Account,
  input: Referred,
  [first, second]: readonly ProcessorAnswer[],
): Step<Inquiry> {
  if (first === undefined) return { send: referenceQuery(account, input.reference) };
  const found = findPayment(account, input.reference, first);
  if (found === 'none') {
    return second === undefined ? { send: recoveryQuery(account, input.reference) } : { done: absence(second) };
  }
  if (found.kind === 'unanswered') return { done: found };
  const { payment, paymentId } = found;
  // Why it was refused is told by the payment itself only.
  if (standingOf(payment.lastEvent) === 'refused' && second === undefined) {
    return { send: paymentQuery(account, paymentId) };
  }
  return { done: readFound(input, found, second) };
}

function readFound(input: Referred, found: Found, details: ProcessorAnswer | undefined): Inquiry {
  const standing = standingOf(found.payment.lastEvent);
  const is = (outcome: Outcome, voided = false): Inquiry => ({ kind: 'found', outcome, voided });
  switch (standing) {
    case 'pending':
      return unanswered('not authorised yet');
    case 'refused':
      return is(readRefusal(found, details));
    case 'standing':
    case 'undone':
      return is(readStanding(input, found), standing === 'undone');
    default:
      return is({ kind: 'unknown', reason: `last event ${String(found.payment.lastEvent).slice(0, 40)}` });
  }
}

function readRefusal({ paymentId }: Found, answer: ProcessorAnswer | undefined): Outcome {
  const isIt = answer?.status === 200 && isObject(answer.body) && answer.body.paymentId === paymentId;
  const events = isIt && isObject(answer.body) ? eventsOf(answer.body) : [];
  const refused = events.find(({ eventName }) => eventName === 'authorizationRefused' || eventName === 'saleRefused');
  return refused === undefined ? { kind: 'unknown', reason: 'refused without a reason' } : readRefused(refused);
}

const eventsOf = ({ events }: Json): readonly Json[] => (Array.isArray(events) ? events.filter(isObject) : []);

function readStanding({ amountMinor, currency }: Referred, { payment, paymentId }: Found): Outcome {
  const value = valueIn(payment);
  if (value === undefined) return { kind: 'unknown', reason: 'booked over an unknown amount' };
  if (value.amountMinor !== amountMinor || value.currency !== currency) return bookedWrongly(paymentId, value);
  const authCode = isObject(payment.issuer) ? payment.issuer.authorizationCode : undefined;
  const networkReference = isObject(payment.scheme) ? payment.scheme.reference : undefined;
  return {
    kind: 'approved',
    processorTransactionId: paymentId,
    ...(typeof authCode === 'string' ? { authCode } : {}),
    // Queries do not tell what the checks came to.
    avsResult: '',
    cvvResult: '',
    ...(typeof networkReference === 'string' ? { networkReference: networkReference.trim() } : {}),
  };
}

const valueIn = ({ value }: Json): Value | undefined =>
  isObject(value) ? readMoney(value.amount, value.currency) : undefined;

const bookedWrongly = (processorTransactionId: string, { amountMinor, currency }: Value): Outcome => ({
  kind: 'unknown',
  reason: 'booked over another amount',
  wronglyBooked: true,
  processorTransactionId,
  booked: { amountMinor: Number(amountMinor), currency },
});

/** A refund is an event of its payment, with our reference of it. */
export function inquireRefund(
  account: Account,
  input: Referred & { readonly saleTransactionId: string },
  [answer]: readonly ProcessorAnswer[],
): Step<Inquiry> {
  const { saleTransactionId } = input;
  if (answer === undefined) return { send: paymentQuery(account, saleTransactionId) };
  const { status, body } = answer;
  if (status !== 200 || !isObject(body) || body.paymentId !== saleTransactionId || !Array.isArray(body.events)) {
    return { done: unanswered(`status ${status}`) };
  }
  return { done: readRefundEvents({ ...input, saleTransactionId }, eventsOf(body)) };
}

/**
 * The events of one refund share the command that asked for it. A reference may be tried again after a refusal: then a
 * later command may have done what an earlier one has not.
 */
function readRefundEvents(input: Referred & { readonly saleTransactionId: string }, events: readonly Json[]): Inquiry {
  const named = events.filter(({ refundReference }) => refundReference === input.reference);
  if (named.length === 0) return { kind: 'not_found' };
  const commands = [...new Set(named.map(({ commandId }) => commandId))];
  const tries = commands.map((commandId) =>
    events.filter((event) => event.commandId === commandId && (commandId !== undefined || named.includes(event))),
  );
  const outcomes = tries.map((ours) => readRefundTry(input, ours));
  const open = outcomes.filter(({ kind }) => kind !== 'declined');
  const outcome: Outcome =
    open.length > 1
      ? { kind: 'unknown', reason: 'several refunds with one reference' }
      : (open[0] ?? outcomes[0] ?? { kind: 'unknown', reason: 'no events' });
  return { kind: 'found', outcome, voided: false };
}

function readRefundTry(input: Referred & { readonly saleTransactionId: string }, ours: readonly Json[]): Outcome {
  const names = ours.map(({ eventName }) => eventName);
  if (names.includes('refundFailed')) {
    return { kind: 'declined', declineCode: 'generic_decline', processorCode: 'refundFailed' };
  }
  const isGiven = names.includes('refundRequested') || names.includes('refundRequestSubmitted');
  // What came of it after a time-out nobody knows.
  if (!isGiven || names.includes('refundTimedOut')) {
    return { kind: 'unknown', reason: `events ${names.join(' ').slice(0, 80)}` };
  }
  const value = ours.map(valueIn).find((one) => one !== undefined);
  const id = refundOf(input, ours[0]?.commandId);
  const isOther = value !== undefined && (value.amountMinor !== input.amountMinor || value.currency !== input.currency);
  return isOther && 'processorTransactionId' in id ? bookedWrongly(id.processorTransactionId ?? '', value) : id;
}

/** To see a page, even an empty one, is to be known. */
export function readCheck(answer: ProcessorAnswer): Check {
  if (paymentsIn(answer) !== undefined) return { kind: 'accepted' };
  const { status, body } = answer;
  const named = isObject(body)
    ? [body.errorName, body.message].filter((one) => typeof one === 'string').join(': ')
    : '';
  const reason = `HTTP status ${status} ${named}`.trim().slice(0, 200);
  return { kind: refusalOf(answer)?.cause === 'credentials' ? 'refused' : 'unanswered', reason };
}

/** Page by page. */
export function listSteps(account: Account, about: AccountDay, answers: readonly ProcessorAnswer[]): Step<Listing> {
  const last = answers.at(-1);
  if (last === undefined) return { send: dayQuery(account, about) };
  if (paymentsIn(last) === undefined) return { done: unanswered(`status ${last.status}`) };
  const next = linkNamed(account, last.body, ['next']);
  if (next !== undefined) return { send: pageQuery(account, next) };
  const sales = answers.flatMap((answer) => (paymentsIn(answer) ?? []).map(readListed));
  const readable = sales.filter((sale) => sale !== undefined);
  return {
    done:
      readable.length === sales.length
        ? { kind: 'listed', sales: readable }
        : unanswered('an entry that cannot be read'),
  };
}

function readListed(payment: unknown): ListedSale | undefined {
  if (!isObject(payment)) return undefined;
  const { paymentId, transactionReference, lastEvent, timestamp } = payment;
  const [value, bookedAtMs] = [valueIn(payment), Date.parse(String(timestamp))];
  if (typeof paymentId !== 'string' || value === undefined || Number.isNaN(bookedAtMs)) return undefined;
  const found: Found = { kind: 'payment', payment, paymentId };
  const standing = standingOf(lastEvent);
  const isApproved = standing === 'standing' || standing === 'undone';
  return {
    ...(typeof transactionReference === 'string' ? { reference: transactionReference } : {}),
    processorTransactionId: paymentId,
    lastFour: lastFourOf(payment),
    ...value,
    bookedAtMs,
    voided: standing === 'undone',
    outcome: isApproved
      ? readStanding({ reference: '', account: '', ...value }, found)
      : { kind: 'unknown', reason: `last event ${String(lastEvent).slice(0, 40)}` },
  };
}

function lastFourOf({ paymentInstrument }: Json): string {
  const card = isObject(paymentInstrument) ? paymentInstrument.card : undefined;
  const number = isObject(card) ? card.number : undefined;
  return isObject(number) && typeof number.last4Digits === 'string' ? number.last4Digits : '';
}
