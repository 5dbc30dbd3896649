// Answers of Converge to a sale or a return, and transactions in its answers to queries (integration guide 1.0.0).
import type { Outcome, RefusalCause } from '@ozura/core/attempt-outcome';
import { CURRENCIES } from '@ozura/core/currencies';
import { maxTotalMinor, parseMoney } from '@ozura/core/money';
import type { ProcessorAnswer } from '../port.ts';
import { APPROVALS, avsResult, cvvResult, declineOf, refusalOf } from './codes.ts';
import { invoiceOf } from './request.ts';
import { readTxn, type Txn } from './txn.ts';

/** What an answer has to match. */
export interface Expected {
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** In which what names no currency is booked. */
  readonly terminalCurrency: string;
  /** Of the card that was sent. */
  readonly lastFour?: string;
}

const unknown = (reason: string): Outcome => ({ kind: 'unknown', reason });

export const field = (txn: Txn, name: string): string => txn.get(name) ?? '';

export function readOutcome(expected: Expected, { status, body }: ProcessorAnswer): Outcome {
  const txn = status === 200 ? readTxn(body) : undefined;
  if (txn === undefined) return unknown(`status ${status}`);
  const refusal = readRefusal(txn);
  if (refusal !== undefined) return { kind: 'refused', ...refusal };
  if (hasError(txn)) return unknown(`error ${field(txn, 'errorCode').slice(0, 20)}`);
  if (!isOurs(expected, txn)) return unknown('another transaction');
  const result = field(txn, 'ssl_result');
  if (result === '0') return readApproval(expected, txn);
  return /^[1-9]\d{0,3}$/.test(result) ? readDecline(txn) : unknown('no result');
}

/** Where there is none, Converge leaves it out, leaves it empty, or writes `0`. */
export const hasError = (txn: Txn): boolean => !['', '0'].includes(field(txn, 'errorCode'));

/** A fault has neither a result nor a transaction. */
export function readRefusal(txn: Txn): { readonly cause: RefusalCause; readonly reason: string } | undefined {
  const errorCode = field(txn, 'errorCode');
  const isTransaction = txn.has('ssl_result') || field(txn, 'ssl_txn_id') !== '';
  const cause = isTransaction ? undefined : refusalOf(errorCode);
  return cause && { cause, reason: `error ${errorCode}` };
}

/**
 * The names that come back have to be those that were sent. An answer without any came on the connection of its own
 * request, which carries no other.
 */
function isOurs({ reference, lastFour }: Expected, txn: Txn): boolean {
  const [card, type] = [field(txn, 'ssl_card_number'), field(txn, 'ssl_transaction_type')];
  const sameSale = lastFour === undefined || ((card === '' || card.endsWith(lastFour)) && (type === '' || isSale(txn)));
  return sameSale && isNamed(txn, reference) !== 'otherwise';
}

export const typeOf = (txn: Txn): string => field(txn, 'ssl_transaction_type').toUpperCase();
export const isSale = (txn: Txn): boolean => /^(CC)?SALE$/.test(typeOf(txn));

export function isNamed(txn: Txn, reference: string): 'so' | 'otherwise' | 'not' {
  const [own, invoice] = [field(txn, 'ssl_merchant_txn_id'), field(txn, 'ssl_invoice_number')];
  if (own === '' && invoice === '') return 'not';
  return (own === '' || own === reference) && (invoice === '' || invoice === invoiceOf(reference)) ? 'so' : 'otherwise';
}

/** By its words: the whole or a part of it. */
export const isApproval = (txn: Txn): boolean => APPROVALS.has(messageOf(txn)) || isPartial(txn);

const messageOf = (txn: Txn): string => field(txn, 'ssl_result_message').toUpperCase();
const isPartial = (txn: Txn): boolean => messageOf(txn) === 'PARTIAL APPROVAL';

export const isDecline = (txn: Txn): boolean => readDecline(txn).kind === 'declined';

const readDecline = (txn: Txn): Outcome => {
  const [message, issuerResponse] = [field(txn, 'ssl_result_message'), field(txn, 'ssl_issuer_response')];
  const declineCode = isApproval(txn) ? undefined : declineOf(message.toUpperCase(), issuerResponse);
  return declineCode === undefined
    ? unknown(`declined as ${message.slice(0, 40)} ${issuerResponse.slice(0, 4)}`)
    : { kind: 'declined', declineCode, processorCode: issuerResponse || message };
};

function readApproval(expected: Expected, txn: Txn): Outcome {
  const [id, message] = [field(txn, 'ssl_txn_id'), field(txn, 'ssl_result_message')];
  if (id === '') return unknown('an approval without an id');
  // A part of the amount is another amount; any other word contradicts the result.
  if (message !== '' && !isApproval(txn)) return unknown('approved otherwise');
  const booked = bookedOf(expected, txn);
  if (booked === undefined) return unknown('approved over an unknown amount');
  if (booked.amountMinor !== expected.amountMinor || booked.currency !== expected.currency) {
    return {
      kind: 'unknown',
      reason: 'booked over another amount',
      wronglyBooked: true,
      processorTransactionId: id,
      booked: { amountMinor: Number(booked.amountMinor), currency: booked.currency },
    };
  }
  if (isPartial(txn)) return unknown('a part that is the whole');
  const authCode = field(txn, 'ssl_approval_code');
  const ps2000 = field(txn, 'ssl_ps2000_data');
  return {
    kind: 'approved',
    processorTransactionId: id,
    ...(authCode === '' ? {} : { authCode }),
    avsResult: avsResult(field(txn, 'ssl_avs_response').toUpperCase()),
    cvvResult: cvvResult(field(txn, 'ssl_cvv2_response').toUpperCase()),
    // What the merchant's own charges repeat ("Merchant Hosted Card On File").
    ...(ps2000 === '' ? {} : { networkReference: `${authCode}|${ps2000}|${field(txn, 'ssl_oar_data')}` }),
  };
}

interface Booked {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * Without a currency it is the terminal's own. Where another was asked for, silence may mean that the terminal knows no
 * other and has booked the number in its own: then nothing is believed.
 */
function bookedOf({ currency: asked, terminalCurrency }: Expected, txn: Txn): Booked | undefined {
  const named = field(txn, 'ssl_transaction_currency').toUpperCase();
  if (named === '' && asked !== terminalCurrency) return undefined;
  const amountMinor = parseAmount(field(txn, 'ssl_amount'), named || terminalCurrency);
  return amountMinor === undefined ? undefined : { amountMinor, currency: named || terminalCurrency };
}

/** Converge also writes `.37`. */
export function parseAmount(text: string, currency: string): bigint | undefined {
  if (!CURRENCIES.has(currency)) return undefined;
  const parsed = parseMoney(text.replace(/^\./, '0.'), currency, maxTotalMinor(currency));
  return 'minor' in parsed ? parsed.minor : undefined;
}

/** A transaction of a query has a message and no result. */
export const readBooked = (expected: Expected, txn: Txn): Outcome =>
  isApproval(txn) ? readApproval(expected, txn) : readDecline(txn);
