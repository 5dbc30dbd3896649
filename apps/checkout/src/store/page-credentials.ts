// What a served page proves itself with (contract 1.3). Only keyed hashes are kept, the newest fifty of a session.
import { type Handle, sql } from '@ozura/kit/db/handle';

const keptOfSession = 50;
const forgottenAtOnce = 500;

export interface PageCredential {
  readonly hash: string;
  readonly sessionId: string;
  readonly merchantId: string;
  readonly createdAtMs: number;
}

export const insertPageCredential = (tx: Handle, issued: PageCredential): Promise<number> =>
  tx.run(sql`
    INSERT INTO page_credentials (hash, session_id, merchant_id, created_at)
    VALUES (${issued.hash}, ${issued.sessionId}, ${issued.merchantId}, ${issued.createdAtMs})`);

export const forgetOldestCredentials = (tx: Handle, sessionId: string): Promise<number> =>
  tx.run(sql`
    DELETE FROM page_credentials WHERE session_id = ${sessionId} AND hash NOT IN (
      SELECT hash FROM page_credentials WHERE session_id = ${sessionId}
      ORDER BY created_at DESC, hash LIMIT ${keptOfSession})`);

export async function isCredentialOf(db: Handle, hash: string, sessionId: string): Promise<boolean> {
  const row = await db.one(sql`
    SELECT 1 AS found FROM page_credentials WHERE hash = ${hash} AND session_id = ${sessionId}`);
  return row !== undefined;
}

/** A bounded number at a time. A page is served before its session ends, so the oldest credentials are those to look at. */
export const forgetEndedCredentials = (db: Handle, endedBeforeMs: number): Promise<number> =>
  db.run(sql`
    DELETE FROM page_credentials WHERE hash IN (
      SELECT hash FROM page_credentials WHERE created_at < ${endedBeforeMs}
        AND (SELECT ended_at FROM sessions WHERE id = session_id) < ${endedBeforeMs}
      ORDER BY created_at LIMIT ${forgottenAtOnce})`);
