// `GET /error` (contract 2.5): finds out what may be believed of its query.
import { createPublicKey, verify } from 'node:crypto';
import type { RedirectErrorCode } from '@ozura/core/redirect';
import type { Parameter } from '@ozura/core/redirect-message';
import type { CheckoutContext } from '../context.ts';
import { loadPageSession } from '../page-session.ts';
import type { Signing } from '../signing.ts';
import type { Session } from '../store/sessions.ts';
import type { Assets } from './assets.ts';
import { errorPage, signedError } from './error.ts';
import { languageFor } from './language.ts';
import { shopView } from './session-views.ts';

export interface ErrorVisit {
  readonly query: readonly Parameter[];
  readonly assets: Assets;
  readonly acceptLanguage: string | undefined;
}

export async function openError(
  context: CheckoutContext,
  { query, assets, acceptLanguage }: ErrorVisit,
): Promise<{ page: string; session?: Session }> {
  const nowSeconds = Math.floor(context.now() / 1000);
  const signed = signedError(query, { nowSeconds, verify: verifierOf(context.signing) });
  const sessionId = signed?.sessionId ?? query.find(([name]) => name === 'sessionId')?.[1] ?? '';
  const session = await loadPageSession(context, sessionId);
  const language = languageFor({ ...(session && { locale: session.request.locale }), acceptLanguage });
  const code = signed?.errorCode ?? recordedCode(session);
  if (session === undefined) return { page: errorPage({ language, assets, code, cancelUrl: signed?.cancelUrl }) };
  const shop = shopView(context, session);
  return { page: errorPage({ language, assets, code, cancelUrl: session.request.cancelUrl, shop }), session };
}

function recordedCode(session: Session | undefined): RedirectErrorCode | undefined {
  if (session === undefined) return undefined;
  const { state } = session;
  if (state.status === 'pending') return state.paymentState === 'review' ? 'MANUAL_REVIEW' : undefined;
  return state.errorCode;
}

const verifierOf =
  ({ publicKeys }: Signing) =>
  (keyId: string, message: string, signature: string): boolean => {
    const jwk = publicKeys.find(({ kid }) => kid === keyId);
    if (jwk === undefined) return false;
    const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' });
    return verify(null, Buffer.from(message), key, Buffer.from(signature, 'base64url'));
  };
