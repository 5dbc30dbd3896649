// Session keys of browsers, by the hash of the key.
import { type Handle, sql, together } from '@ozura/kit/db/handle';

export type SessionRow = {
  readonly keyHash: string;
  readonly merchantId: string;
  /** An application's id, or the name of the service that minted it. */
  readonly mintedBy: string;
  readonly sessionId: string | null;
  readonly useLimit: number | null;
  readonly uses: number;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly cartId: string | null;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** When the tokens made with it go by themselves. */
  readonly tokensPurgeAt: number | null;
};

export interface NewSession
  extends Pick<
    SessionRow,
    | 'keyHash'
    | 'merchantId'
    | 'mintedBy'
    | 'sessionId'
    | 'useLimit'
    | 'orderId'
    | 'customerId'
    | 'cartId'
    | 'expiresAt'
    | 'tokensPurgeAt'
  > {
  readonly proxyLimit: number | null;
  readonly metadata: string | null;
  readonly createdAt: number;
}

export async function insertSession(db: Handle, session: NewSession): Promise<void> {
  await db.run(sql`
    INSERT INTO sessions
      (key_hash, merchant_id, minted_by, session_id, use_limit, proxy_limit, order_id, customer_id, cart_id, metadata,
       created_at, expires_at, tokens_purge_at)
    VALUES
      (${session.keyHash}, ${session.merchantId}, ${session.mintedBy}, ${session.sessionId}, ${session.useLimit},
       ${session.proxyLimit}, ${session.orderId}, ${session.customerId}, ${session.cartId}, ${session.metadata},
       ${session.createdAt}, ${session.expiresAt}, ${session.tokensPurgeAt})`);
}

/** One that was minted while its application was revoked is revoked, too. */
export const findSession = (db: Handle, keyHash: string): Promise<SessionRow | undefined> =>
  db.one(sql`
    SELECT key_hash AS "keyHash", merchant_id AS "merchantId", minted_by AS "mintedBy", session_id AS "sessionId",
      use_limit AS "useLimit", uses, order_id AS "orderId", customer_id AS "customerId", cart_id AS "cartId",
      expires_at AS "expiresAt", tokens_purge_at AS "tokensPurgeAt",
      COALESCE(revoked_at, (SELECT revoked_at FROM applications WHERE id = minted_by)) AS "revokedAt"
    FROM sessions WHERE key_hash = ${keyHash}`);

/** Takes one use of a session that is alive and has one left. */
export const takeUse = async (tx: Pick<Handle, 'run'>, keyHash: string, nowMs: number): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE sessions SET uses = uses + 1
    WHERE key_hash = ${keyHash} AND revoked_at IS NULL AND expires_at > ${nowMs}
      AND (use_limit IS NULL OR uses < use_limit)`)) === 1;

/** How many cards of the session were refused, this one included. Past `max` the session is revoked by the same write. */
export async function countRefusedCard(tx: Handle, keyHash: string, max: number, nowMs: number): Promise<number> {
  const row = await tx.one<{ refused: number }>(sql`
    UPDATE sessions SET refused_cards = refused_cards + 1,
      revoked_at = CASE WHEN refused_cards >= ${max} THEN COALESCE(revoked_at, ${nowMs}) ELSE revoked_at END
    WHERE key_hash = ${keyHash} RETURNING refused_cards AS refused`);
  return row?.refused ?? 0;
}

export async function revokeSession(db: Handle, keyHash: string, merchantId: string, nowMs: number): Promise<void> {
  await db.run(sql`
    UPDATE sessions SET revoked_at = ${nowMs}
    WHERE key_hash = ${keyHash} AND merchant_id = ${merchantId} AND revoked_at IS NULL`);
}

/** Those that one caller has minted: one after the other, as uses lock them (`locksOf`), so that none waits in a circle. */
export async function revokeSessionsOf(tx: Handle, mintedBy: string, nowMs: number): Promise<void> {
  const rows = await tx.all<{ keyHash: string }>(sql`
    SELECT key_hash AS "keyHash" FROM sessions WHERE minted_by = ${mintedBy} AND revoked_at IS NULL ORDER BY key_hash`);
  const revoke = ({ keyHash }: { readonly keyHash: string }): Promise<number> =>
    tx.run(sql`UPDATE sessions SET revoked_at = ${nowMs} WHERE key_hash = ${keyHash} AND revoked_at IS NULL`);
  await together(...rows.map(revoke));
}

/** Counts one use of a token made in the session; false when its limit is reached, or when the session is gone. */
export const takeProxyCall = async (tx: Handle, keyHash: string): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE sessions SET proxy_calls = proxy_calls + 1
    WHERE key_hash = ${keyHash} AND (proxy_limit IS NULL OR proxy_calls < proxy_limit)`)) === 1;

/** A session whose tokens have a limit of proxy calls stays as long as they do. A bounded number at a time. */
export const deleteExpiredSessions = (db: Handle, expiredBefore: number, limit: number): Promise<number> =>
  db.run(sql`
    DELETE FROM sessions WHERE key_hash IN (
      SELECT key_hash FROM sessions
      WHERE expires_at < ${expiredBefore}
        AND (proxy_limit IS NULL OR NOT EXISTS (
          SELECT 1 FROM tokens WHERE tokens.minted_in = sessions.key_hash AND tokens.deleted_at IS NULL))
      ORDER BY expires_at LIMIT ${limit})`);
