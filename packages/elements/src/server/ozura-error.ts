// What every method throws (contract 10.6). The message is fit for a customer's eyes; nothing in it is a secret.
import { ERRORS, type ErrorCode } from '@ozura/core/errors';

/** What is known about a failure. */
export interface Failure {
  /** HTTP status; 0 for a network error or a time-out. */
  readonly statusCode: number;
  /** The service's own text; empty when it gave none. */
  readonly raw?: string | undefined;
  /** Seconds; on 429 only. */
  readonly retryAfter?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly attemptId?: string | undefined;
  readonly requestId?: string | undefined;
}

export class OzuraError extends Error {
  /** HTTP status; 0 for a network error or a time-out. */
  readonly statusCode: number;
  /** The service's own text; empty when it gave none. */
  readonly raw: string;
  // Declared only: a field would be there without a value, too.
  /** Seconds to wait; on 429 only. */
  declare readonly retryAfter?: number;
  declare readonly errorCode?: string;
  /** Of a sale whose outcome is not known yet: ask `listTransactions({ attemptId })`. */
  declare readonly attemptId?: string;
  /** For questions to whoever runs the installation. */
  declare readonly requestId?: string;

  constructor(message: string, { statusCode, raw = '', retryAfter, errorCode, attemptId, requestId }: Failure) {
    super(message);
    this.name = 'OzuraError';
    this.statusCode = statusCode;
    this.raw = raw;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (errorCode !== undefined) this.errorCode = errorCode;
    if (attemptId !== undefined) this.attemptId = attemptId;
    if (requestId !== undefined) this.requestId = requestId;
  }
}

/** For what a caller passed: it is refused before anything is sent. */
export const badInput = (message: string): OzuraError => new OzuraError(message, { statusCode: 400, raw: message });

export const NETWORK = 'Could not reach the payment service. Check the connection and try again.';
export const TIMEOUT = 'The payment service did not answer in time.';

const SHOWN_AS_IT_IS = new Set([400, 404, 409, 413, 415]);

/** The table of contract 10.6. */
export function messageOf({ statusCode, raw = '', errorCode }: Failure): string {
  if (statusCode === 401 || statusCode === 403) return 'Payment service credentials were not accepted.';
  if (statusCode === 402) return declineText(errorCode);
  if (statusCode === 429) return 'Too many requests. Try again later.';
  if (statusCode === 504 && errorCode === 'PAYMENT_UNKNOWN') {
    return 'The outcome of this payment is being confirmed. Do not pay again.';
  }
  if (statusCode >= 500) return 'The payment service has a problem. Try again later.';
  return SHOWN_AS_IT_IS.has(statusCode) && raw !== '' ? raw : 'The payment service refused the request.';
}

function declineText(errorCode: string | undefined): string {
  const entry =
    errorCode !== undefined && Object.hasOwn(ERRORS, errorCode) ? ERRORS[errorCode as ErrorCode] : undefined;
  return (entry?.status === 402 ? entry : ERRORS.CARD_DECLINED).message;
}
