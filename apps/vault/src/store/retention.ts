// Which tokens have had their time (contract 7.6). Those that something holds have not.
import { type Handle, sql } from '@ozura/kit/db/handle';
import { lastUseOlderMs } from './tokens.ts';

export type ErasableToken = {
  readonly token: string;
  readonly merchantId: string;
  /** The session that it was made in. */
  readonly mintedIn?: string | null;
};

const columns = sql`token, merchant_id AS "merchantId", minted_in AS "mintedIn"`;
const free = sql`deleted_at IS NULL AND holds = 0`;

/** Of hosted pages. */
export const listPurgeable = (db: Handle, nowMs: number, limit: number): Promise<ErasableToken[]> =>
  db.all(sql`SELECT ${columns} FROM tokens WHERE purge_at <= ${nowMs} AND ${free} ORDER BY purge_at LIMIT ${limit}`);

/** Cards whose last month lies before a month. */
export const listExpiredBefore = (
  db: Handle,
  { year, month }: { readonly year: string; readonly month: string },
  limit: number,
): Promise<ErasableToken[]> =>
  db.all(sql`
    SELECT ${columns} FROM tokens
    WHERE (expiration_year < ${year} OR (expiration_year = ${year} AND expiration_month < ${month})) AND ${free}
    ORDER BY expiration_year, expiration_month LIMIT ${limit}`);

/** For certain neither made nor sent to a processor since. */
export const listUnusedSince = (db: Handle, sinceMs: number, limit: number): Promise<ErasableToken[]> =>
  db.all(sql`
    SELECT ${columns} FROM tokens WHERE last_used_at <= ${sinceMs - lastUseOlderMs} AND ${free}
    ORDER BY last_used_at LIMIT ${limit}`);

export const listTokensOfCustomer = (
  db: Handle,
  { merchantId, customerId }: { readonly merchantId: string; readonly customerId: string },
  after: string,
  limit: number,
): Promise<ErasableToken[]> =>
  db.all(sql`
    SELECT ${columns} FROM tokens
    WHERE merchant_id = ${merchantId} AND customer_id = ${customerId} AND deleted_at IS NULL AND token > ${after}
    ORDER BY token LIMIT ${limit}`);
