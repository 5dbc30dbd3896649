// `POST /api/sessions/{sessionId}/session-key` (contract 1.4): lets the page's card fields tokenize a few cards.
import type { sessionKey } from '@ozura/contract/checkout/page-routes';
import type { InputOf } from '@ozura/contract/endpoint';
import { createVaultSession } from '@ozura/contract/vault/sessions';
import { whyEnded } from '@ozura/core/session';
import type { Call } from '@ozura/kit/http/route';
import { actingFor, type CheckoutContext } from '../../context.ts';
import type { Session } from '../../store/sessions.ts';
import { asked, unavailable } from '../../upstream.ts';

/** Tokens of one key; the page fetches the next one by itself (contract 11.6). */
const tokensPerKey = 3;
/** After the session ends, unless a plan uses them (contract 7.6). */
const tokensKeptSeconds = 24 * 60 * 60;

export const mintSessionKey =
  ({ vault, db, limits }: CheckoutContext) =>
  async ({ input, who, reply }: Call<InputOf<typeof sessionKey>, Session>): Promise<object> => {
    const nowMs = await db.now();
    const ended = whyEnded(who.state, nowMs);
    if (ended !== undefined) throw ended;
    await limits.count('sessionKey', who.id, reply);
    const answer = await asked(
      vault.call(createVaultSession, {
        headers: actingFor(who.request.merchantId),
        body: {
          session_id: input.sessionId,
          session_limit: tokensPerKey,
          order_id: who.id,
          tokens_ttl_seconds: Math.ceil((who.expiresAtMs - nowMs) / 1000) + tokensKeptSeconds,
        },
      }),
    );
    if (!answer.ok) throw unavailable();
    const { session_key, expires_in_seconds } = answer.body.data;
    return { success: true, data: { sessionKey: session_key, expiresInSeconds: expires_in_seconds } };
  };
