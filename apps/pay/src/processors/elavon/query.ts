// Answers of Converge to `txnquery`: about one reference, and the transactions of a day (integration guide 1.0.0,
// "Transaction Query").
import type { Inquiry, ListedSale, Listing } from '@ozura/core/attempt-outcome';
import type { Check, ProcessorAnswer } from '../port.ts';
import { isBooked, isSettled } from './codes.ts';
import {
  type Expected,
  field,
  isApproval,
  isDecline,
  isNamed,
  isSale,
  parseAmount,
  readBooked,
  readRefusal,
  typeOf,
} from './response.ts';
import { readTxn, readTxnList, type Txn } from './txn.ts';

/** What a reference is the name of: a sale or a return, and what has become of it. */
export type Finding =
  | { readonly kind: 'found'; readonly txn: Txn; readonly voided: boolean; readonly settled: boolean }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unanswered'; readonly reason: string };

const isReturn = (txn: Txn): boolean => /^(CC)?(RETURN|CREDIT)$/.test(typeOf(txn));
/** One that was carried out. The answer to a `ccvoid` itself calls it `DELETE`. */
const isVoid = (txn: Txn): boolean =>
  /^(CC)?(VOID|DELETE)$/.test(typeOf(txn)) && (isApproval(txn) || field(txn, 'ssl_result_message') === '');
/** Sales for cash on the same terminal are none of ours, and have no number of a card. */
const isOfCard = (txn: Txn): boolean =>
  field(txn, 'ssl_card_number') !== '' || ['', 'CREDITCARD'].includes(field(txn, 'ssl_card_type').toUpperCase());

/**
 * The filter is not trusted alone: a transaction that does not bear the reference may be anybody's. A void repeats the
 * names of what it undoes, and a return may; so a sale goes before a return, and a void undoes what has its amount. A
 * return may be tried again under its name: a decline does not speak for another try, and two that are none are too many.
 */
export function find(reference: string, { status, body }: ProcessorAnswer): Finding {
  const txns = status === 200 ? readTxnList(body) : undefined;
  if (txns === undefined) return { kind: 'unanswered', reason: `status ${status}` };
  if (txns.length === 0) return { kind: 'not_found' };
  const ours = txns.filter((txn) => isNamed(txn, reference) === 'so');
  if (ours.length < txns.length) return { kind: 'unanswered', reason: 'transactions with other names' };
  const voids = ours.filter(isVoid);
  const tries = [isSale, isReturn, isVoid].map((is) => ours.filter(is)).find(({ length }) => length > 0) ?? [];
  const [txn = tries[0], another] = tries.filter((one) => !isDecline(one));
  if (another !== undefined && txn !== voids[0]) return { kind: 'unanswered', reason: 'several with one name' };
  if (txn === undefined) return { kind: 'unanswered', reason: 'neither sale nor return' };
  const voided = voids.some((one) => field(one, 'ssl_amount') === field(txn, 'ssl_amount'));
  return { kind: 'found', txn, voided, settled: isSettled(field(txn, 'ssl_trans_status')) };
}

export function readInquiry(expected: Expected, answer: ProcessorAnswer): Inquiry {
  const finding = find(expected.reference, answer);
  if (finding.kind !== 'found') return finding;
  const { txn, voided } = finding;
  const outcome = readBooked(expected, txn);
  const status = field(txn, 'ssl_trans_status');
  if (outcome.kind === 'declined' || isBooked(status)) return { kind: 'found', outcome, voided };
  return { kind: 'found', outcome: { kind: 'unknown', reason: `in state ${status.slice(0, 10)}` }, voided };
}

/** To see a list is to be known. */
export function readCheck({ status, body }: ProcessorAnswer): Check {
  if (status === 200 && readTxnList(body) !== undefined) return { kind: 'accepted' };
  const txn = status === 200 ? readTxn(body) : undefined;
  if (txn === undefined) return { kind: 'unanswered', reason: `HTTP status ${status}, and no document of Converge` };
  const reason = ['errorCode', 'errorName', 'errorMessage']
    .map((name) => field(txn, name))
    .join(' ')
    .slice(0, 200);
  return { kind: readRefusal(txn)?.cause === 'credentials' ? 'refused' : 'unanswered', reason };
}

/** One entry that cannot be read, and the list proves the absence of nothing. */
export function readListing(
  { day, terminalCurrency }: { readonly day: string; readonly terminalCurrency: string },
  { status, body }: ProcessorAnswer,
): Listing {
  const txns = status === 200 ? readTxnList(body) : undefined;
  if (txns === undefined) return { kind: 'unanswered', reason: `status ${status}` };
  const undone = new Set(txns.filter(isVoid).map(undoneBy));
  const sales = txns
    .filter((txn) => isSale(txn) && isOfCard(txn))
    .map((txn) => readListed(txn, undone, terminalCurrency));
  const readable = sales.filter((sale) => sale !== undefined);
  if (readable.length < sales.length) return { kind: 'unanswered', reason: 'an entry that cannot be read' };
  // The list was asked for with the day after.
  return { kind: 'listed', sales: readable.filter(({ bookedAtMs }) => isoDay(bookedAtMs) === day) };
}

const isoDay = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

function readListed(txn: Txn, undone: ReadonlySet<string>, terminalCurrency: string): ListedSale | undefined {
  const reference = field(txn, 'ssl_merchant_txn_id');
  const [id, card] = [field(txn, 'ssl_txn_id'), field(txn, 'ssl_card_number')];
  const currency = field(txn, 'ssl_transaction_currency').toUpperCase() || terminalCurrency;
  const amountMinor = parseAmount(field(txn, 'ssl_amount'), currency);
  const bookedAtMs = readTime(field(txn, 'ssl_txn_time'));
  if (id === '' || !/\d{4}$/.test(card) || amountMinor === undefined || bookedAtMs === undefined) return undefined;
  const expected = { reference, amountMinor, currency, terminalCurrency };
  const status = field(txn, 'ssl_trans_status');
  const outcome = readBooked(expected, txn);
  return {
    ...(reference === '' ? {} : { reference }),
    processorTransactionId: id,
    lastFour: card.slice(-4),
    amountMinor,
    currency,
    bookedAtMs,
    voided: reference !== '' && undone.has(undoneBy(txn)),
    outcome:
      outcome.kind === 'declined' || isBooked(status) ? outcome : { kind: 'unknown', reason: `in state ${status}` },
  };
}

const undoneBy = (txn: Txn): string => ['ssl_merchant_txn_id', 'ssl_amount'].map((name) => field(txn, name)).join(' ');

/** `MM/DD/YYYY hh:mm:ss AM`, in UTC as asked for. */
function readTime(text: string): number | undefined {
  const [, month, day, year, hour, rest, half] =
    /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d:\d\d) ([AP])M$/.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 12) return undefined;
  const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  const atMs = Date.parse(`${year}-${month}-${day}T${String(hours).padStart(2, '0')}:${rest}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
