// `POST /sessions` and `POST /sessions/revoke` (contract 7.3).
import type { CreateVaultSessionInput } from '@ozura/contract/vault/sessions';
import { Refusal } from '@ozura/core/errors';
import { newSessionKey } from '@ozura/core/ids';
import { hashKey } from '@ozura/kit/auth';
import type { Call } from '@ozura/kit/http/route';
import { actorOf, type KeyCaller, type ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { hardCapDefault, useLimitOf } from '../session-rules.ts';
import { insertSession, revokeSession } from '../store/sessions.ts';

type Who = KeyCaller | ServiceCaller;

export const handleCreateSession =
  ({ db, config, random }: VaultContext) =>
  async ({ input, who }: Call<CreateVaultSessionInput, Who>) => {
    if (who.kind === 'key' && !who.application.permissions.tokenization) throw new Refusal('PERMISSION_DENIED');
    const key = newSessionKey(random);
    const nowMs = await db.now();
    await insertSession(db, {
      keyHash: hashKey(config.pepper, key),
      merchantId: who.merchantId,
      mintedBy: actorOf(who),
      sessionId: input.sessionId ?? null,
      useLimit: useLimitOf(input.sessionLimit, config.sessionHardCap ?? hardCapDefault),
      proxyLimit: input.maxProxyCalls,
      orderId: input.orderId ?? null,
      customerId: input.customerId ?? null,
      cartId: input.cartId ?? null,
      metadata: input.metadata === undefined ? null : JSON.stringify(input.metadata),
      createdAt: nowMs,
      expiresAt: nowMs + input.ttlSeconds * 1000,
      tokensPurgeAt: purgeAtOf(input.tokensTtlSeconds, who, nowMs),
    });
    return { success: true, data: { session_key: key, expires_in_seconds: input.ttlSeconds } };
  };

/** A merchant's own tokens live until he deletes them (contract 7.6). */
const purgeAtOf = (ttlSeconds: number | undefined, who: Who, nowMs: number): number | null =>
  who.kind === 'service' && ttlSeconds !== undefined ? nowMs + ttlSeconds * 1000 : null;

/** The same answer for any key: it says only that none of the merchant's works any more. */
export const handleRevokeSession =
  ({ db, config }: VaultContext) =>
  async ({ input, who }: Call<{ readonly session_key: string }, Who>) => {
    await revokeSession(db, hashKey(config.pepper, input.session_key), who.merchantId, await db.now());
    return { success: true, data: { revoked: true } };
  };
