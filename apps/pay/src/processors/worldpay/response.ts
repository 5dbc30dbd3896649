// Answers of the Payments API to a sale and to a refund.
import type { Outcome, Refused, Unknown } from '@ozura/core/attempt-outcome';
import { isObject } from '@ozura/core/validation';
import type { ProcessorAnswer, RefundInput, SaleInput } from '../port.ts';
import { avsResult, cvvResult, declineOf, REFUSED_BEFORE } from './codes.ts';
import { paymentLink } from './links.ts';
import { type Account, sendsAddress } from './request.ts';

type Json = Readonly<Record<string, unknown>>;

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });
const shortened = (value: unknown): string => String(value).slice(0, 40);

/** The statuses of the reference that say, with an error's name, that the request has to be mended before it is processed. */
const REFUSING: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 406, 415]);

/** "Error responses": a 4xx with a named error; "you can safely retry the call". */
export function refusalOf({ status, body }: ProcessorAnswer): Refused | undefined {
  if (!REFUSING.has(status) || !isObject(body) || typeof body.errorName !== 'string') return undefined;
  const reason = `${status} ${shortened(body.errorName)}`;
  if (status === 401 || status === 403) return { kind: 'refused', cause: 'credentials', reason };
  return isAboutEarlier(body) ? undefined : { kind: 'refused', cause: 'unavailable', reason };
}

/**
 * A reference that was there before speaks of an earlier payment or refund ("Formatting": refused as a bad request; the
 * test environment calls it `transactionHasAlreadyBeenProcessed`, which names no field).
 */
const EARLIER = /reference\b|already|duplicat|unique/i;

const isAboutEarlier = (body: Json): boolean =>
  [body, ...(Array.isArray(body.validationErrors) ? body.validationErrors : [])].some(
    (error) =>
      isObject(error) && [error.errorName, error.jsonPath, error.message].some((said) => EARLIER.test(text(said))),
  );

export function readSale(account: Account, input: SaleInput, answer: ProcessorAnswer): Outcome {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return refusal;
  const { status, body } = answer;
  if ((status !== 201 && status !== 202 && status !== 200) || !isObject(body)) return unknown(`status ${status}`);
  if (body.transactionReference !== input.reference) return unknown('another reference');
  const { outcome } = body;
  if (outcome === 'authorized' || outcome === 'sentForSettlement') return readApproval(account, input, body);
  if (outcome === 'refused') return readRefused(body);
  const declineCode = typeof outcome === 'string' && Object.hasOwn(REFUSED_BEFORE, outcome) && REFUSED_BEFORE[outcome];
  return declineCode
    ? { kind: 'declined', declineCode, processorCode: String(outcome) }
    : unknown(`outcome ${shortened(outcome)}`);
}

function readApproval(account: Account, input: SaleInput, body: Json): Outcome {
  const { paymentId } = body;
  if (typeof paymentId !== 'string' || paymentId === '') return unknown('an approval without an id');
  if (!isAmount(input, body.amounts)) return approvedInPart(paymentId, body.amounts);
  const authCode = isObject(body.issuer) ? text(body.issuer.authorizationCode) : '';
  const networkReference = text(body.schemeReference) || text(isObject(body.scheme) ? body.scheme.reference : '');
  const processorLink = paymentLink(account, body);
  return {
    kind: 'approved',
    processorTransactionId: paymentId,
    ...(processorLink === undefined ? {} : { processorLink }),
    ...(authCode === '' ? {} : { authCode }),
    avsResult: avsResult(body.riskFactors, sendsAddress(input)),
    cvvResult: cvvResult(body.riskFactors, input.hasSecurityCode),
    ...(networkReference === '' ? {} : { networkReference }),
  };
}

export interface Value {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Minor units are a number, or the same number as text. */
export function readMoney(amount: unknown, currency: unknown): Value | undefined {
  const isWhole = Number.isSafeInteger(amount) || (typeof amount === 'string' && /^[0-9]{1,10}$/.test(amount));
  if (!isWhole || typeof currency !== 'string' || !/^[A-Z]{3}$/i.test(currency)) return undefined;
  return { amountMinor: BigInt(amount as number | string), currency: currency.toUpperCase() };
}

/** Amounts are repeated where less was authorised than asked for ("Partial authorizations"). */
function isAmount({ amountMinor, currency }: SaleInput, amounts: unknown): boolean {
  if (amounts === undefined || amounts === null) return true;
  if (!isObject(amounts) || amounts.partialAuthorization === true) return false;
  const value = readMoney(amounts.totalAuthorized, amounts.currency);
  return value?.amountMinor === amountMinor && value.currency === currency;
}

function approvedInPart(processorTransactionId: string, amounts: unknown): Unknown {
  const value = isObject(amounts) ? readMoney(amounts.totalAuthorized, amounts.currency) : undefined;
  return {
    ...unknown('approved in part'),
    wronglyBooked: true,
    processorTransactionId,
    ...(value && { booked: { amountMinor: Number(value.amountMinor), currency: value.currency } }),
  };
}

/** Some schemes fill their references with spaces. */
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** Of an answer (`refusalCode`) or an event (`code`). */
export function readRefused(body: Json): Outcome {
  const code = body.refusalCode ?? body.code;
  const declineCode = declineOf(code);
  return declineCode === undefined
    ? unknown(`refused with ${shortened(code)}`)
    : { kind: 'declined', declineCode, processorCode: String(code) };
}

/**
 * "Accepted": Worldpay gives it back from then on by itself. An answer repeats the payment, not our reference; the links
 * of Payment Queries lead to answers without an outcome.
 */
export function readRefund(input: RefundInput, answer: ProcessorAnswer): Outcome {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return refusal;
  const { status, body } = answer;
  if ((status !== 202 && status !== 201 && status !== 200) || !isObject(body)) return unknown(`status ${status}`);
  const { outcome, paymentId, commandId } = body;
  if (paymentId !== undefined && paymentId !== input.saleTransactionId) return unknown('another payment');
  if (outcome === 'refused') return readRefused(body);
  const isAccepted = outcome === 'sentForPartialRefund' || (outcome === undefined && paymentId !== undefined);
  if (status !== 202 || !isAccepted) return unknown(`outcome ${shortened(outcome)}`);
  return refundOf(input, commandId);
}

/** A refund has no id of its own but that of the command which asked for it. */
export const refundOf = (
  { reference, saleTransactionId }: Pick<RefundInput, 'reference' | 'saleTransactionId'>,
  commandId: unknown,
): Outcome => ({
  kind: 'approved',
  processorTransactionId: text(commandId) || `${saleTransactionId}/${reference}`,
  avsResult: '',
  cvvResult: '',
});
