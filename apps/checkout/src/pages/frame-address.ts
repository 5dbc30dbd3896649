// The signed part of a card frame's address (contract 2.7): which pages may hold the frames, and until when.
import { frameMessage } from '@ozura/core/redirect-message';
import type { CheckoutContext } from '../context.ts';
import type { Session } from '../store/sessions.ts';
import type { Language } from './language.ts';

/** `lang`: the fields speak the language of the page. It is not signed, as it opens nothing to anybody. */
export function frameQuery(
  { config, signing, now }: CheckoutContext,
  { request, expiresAtMs }: Session,
  { locale }: Language,
): string {
  const { checkoutUrl } = config.urls;
  const parentOrigin = request.embedMode === 'iframe' ? (request.parentOrigin ?? '') : '';
  const { keyId, sign } = signing.signer(now());
  const sig = sign(frameMessage({ checkoutUrl, parentOrigin, expiresAtMs }));
  const exp = String(expiresAtMs);
  return new URLSearchParams({ checkoutUrl, parentOrigin, exp, keyId, sig, lang: locale }).toString();
}
