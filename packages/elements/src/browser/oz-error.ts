// The one error of the browser SDK (contract 11.9).
import type { TokenizeFailure } from '../protocol.ts';

export type OzErrorCode = 'network' | 'timeout' | 'server' | 'auth' | 'validation' | 'config' | 'unknown';

const RETRYABLE: readonly OzErrorCode[] = ['network', 'timeout', 'server'];

export class OzError extends Error {
  readonly errorCode: OzErrorCode;
  /** The service's own words, or what was thrown. */
  readonly raw: unknown;
  readonly retryable: boolean;

  constructor(errorCode: OzErrorCode, message: string, raw: unknown = message) {
    super(message);
    this.name = 'OzError';
    this.errorCode = errorCode;
    this.raw = raw;
    this.retryable = RETRYABLE.includes(errorCode);
  }
}

export function codeOfStatus(status: number): OzErrorCode {
  if (status >= 500 || status === 429) return 'server';
  if (status === 401 || status === 403) return 'auth';
  return status === 400 ? 'validation' : 'unknown';
}

export function errorOfFailure({ kind, text, status = 0 }: TokenizeFailure): OzError {
  if (kind === 'field') return new OzError('validation', text);
  if (kind === 'network') return new OzError('network', 'The connection was lost. Try again.', text);
  return new OzError(codeOfStatus(status), normalizeVaultError(text), text);
}

const CUSTOMER_TEXTS: Readonly<Record<string, string>> = {
  'Invalid card number': 'Check the card number.',
  'Card has expired': 'This card has expired. Use another card.',
  'Invalid value for expirationMonth': 'Check the expiration date.',
  'Invalid value for expirationYear': 'Check the expiration date.',
  'Invalid value for cvv': 'Check the security code.',
  'Test mode accepts test cards only': 'Only test cards are accepted here.',
  'Test cards are not accepted in live mode': 'Test cards are not accepted here.',
  'Invalid account number': 'Check the account number.',
  'Invalid routing number': 'Check the routing number.',
  'Rate limit exceeded': 'Too many tries. Wait a minute and try again.',
  'Too many failed attempts': 'Too many tries. Reload the page and try again.',
};

/** The Vault's words in words for the customer. */
export const normalizeVaultError = (raw: string): string =>
  CUSTOMER_TEXTS[raw] ?? 'The card could not be saved. Try again or use another card.';
