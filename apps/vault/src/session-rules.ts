// When a session key is good (contract 7.3). Pure.
import type { SESSION_KEY_ERRORS } from '@ozura/contract/vault/tokenize';
import type { SessionRow } from './store/sessions.ts';

/** Refused cards of one session; with one more it is revoked. */
export const refusedCardsMax = 10;
export const hardCapDefault = 50;

type SessionProblem = (typeof SESSION_KEY_ERRORS)[number];
type SessionState = Pick<SessionRow, 'revokedAt' | 'expiresAt' | 'useLimit' | 'uses'>;

/** Why the key cannot tokenize now; the browser renews it in each of these cases. */
export function sessionProblem(session: SessionState | undefined, nowMs: number): SessionProblem | undefined {
  if (session === undefined) return 'SESSION_KEY_INVALID';
  if (session.revokedAt !== null) return 'SESSION_KEY_REVOKED';
  if (session.expiresAt <= nowMs) return 'SESSION_KEY_EXPIRED';
  return session.useLimit !== null && session.uses >= session.useLimit ? 'SESSION_KEY_CONSUMED' : undefined;
}

/** `asked` of `null` is bounded by the operator's cap only; a cap of 0 is none. */
export const useLimitOf = (asked: number | null, hardCap: number): number | null =>
  asked ?? (hardCap === 0 ? null : hardCap);
