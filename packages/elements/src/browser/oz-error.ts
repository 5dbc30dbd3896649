// The one error of the browser SDK (contract 11.9).
import type { TokenizeFailure } from '../protocol.ts';
import { normalizeBankVaultError, normalizeVaultError } from './customer-texts.ts';

export type OzErrorCode = 'network' | 'timeout' | 'server' | 'auth' | 'validation' | 'config' | 'unknown';

const RETRYABLE: readonly OzErrorCode[] = ['network', 'timeout', 'server'];

export class OzError extends Error {
  readonly errorCode: OzErrorCode;
  /** The service's own words, or those of what was thrown. */
  readonly raw: string;
  readonly retryable: boolean;

  constructor(errorCode: OzErrorCode, message: string, raw: unknown = message) {
    super(message);
    this.name = 'OzError';
    this.errorCode = errorCode;
    this.raw = textOf(raw);
    this.retryable = RETRYABLE.includes(errorCode);
  }
}

const textOf = (raw: unknown): string => (raw instanceof Error ? raw.message : String(raw));

export function codeOfStatus(status: number): OzErrorCode {
  if (status >= 500 || status === 429) return 'server';
  if (status === 401 || status === 403) return 'auth';
  return status === 400 ? 'validation' : 'unknown';
}

export function errorOfFailure({ kind, text, status = 0 }: TokenizeFailure, isBank: boolean): OzError {
  if (kind === 'field') return new OzError('validation', text);
  if (kind === 'network') return new OzError('network', 'The connection was lost. Try again.', text);
  const normalize = isBank ? normalizeBankVaultError : normalizeVaultError;
  return new OzError(codeOfStatus(status), normalize(text), text);
}
