// Tokens: sealed numbers, and the few facts that may stand in clear (contract 13.2).
import { type Handle, join, sql } from '@ozura/kit/db/handle';
import { insertingRows } from '@ozura/kit/db/rows';

export type TokenFacts = {
  readonly token: string;
  readonly type: 'card' | 'bank';
  readonly fingerprint: string | null;
  readonly mask: string;
  readonly bin: string | null;
  readonly last4: string;
  readonly brand: string | null;
  readonly funding: string | null;
  readonly country: string | null;
  readonly expirationMonth: string | null;
  readonly expirationYear: string | null;
  readonly routingNumber: string | null;
  readonly accountType: string | null;
  readonly sessionId: string | null;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly cartId: string | null;
  readonly createdAt: number;
};

/** What a use of the number needs. */
export type SealedToken = Pick<
  TokenFacts,
  'token' | 'type' | 'expirationMonth' | 'expirationYear' | 'routingNumber' | 'accountType' | 'mask'
> & {
  readonly sealedNumber: Uint8Array;
  /** Names of a bank account's holder. */
  readonly sealedHolder: Uint8Array | null;
  /** The hash of the session key that it was made with. */
  readonly mintedIn: string | null;
};

export interface NewToken extends TokenFacts {
  readonly merchantId: string;
  /** The key that the sealed values are sealed with. */
  readonly keyId: string;
  readonly sealedNumber: Uint8Array;
  /** Names of a bank account's holder. */
  readonly sealedHolder: Uint8Array | null;
  readonly fingerprint: string;
  readonly mintedIn: string | null;
  /** When it goes by itself unless it is held; `null`: it lives until it is deleted. */
  readonly purgeAt: number | null;
}

export const insertTokens = insertingRows<NewToken>(
  (values) => sql`
    INSERT INTO tokens
      (token, merchant_id, type, sealed_number, sealed_holder, fingerprint, mask, bin, last4, brand, funding, country,
       expiration_month, expiration_year, routing_number, account_type, minted_in, session_id, order_id, customer_id,
       cart_id, created_at, key_id, purge_at, last_used_at)
    VALUES ${values}`,
  (token) => sql`
    (${token.token}, ${token.merchantId}, ${token.type}, ${token.sealedNumber}, ${token.sealedHolder},
     ${token.fingerprint}, ${token.mask}, ${token.bin}, ${token.last4}, ${token.brand}, ${token.funding},
     ${token.country}, ${token.expirationMonth}, ${token.expirationYear}, ${token.routingNumber},
     ${token.accountType}, ${token.mintedIn}, ${token.sessionId}, ${token.orderId}, ${token.customerId},
     ${token.cartId}, ${token.createdAt}, ${token.keyId}, ${token.purgeAt}, ${token.createdAt})`,
);

export const insertToken = (tx: Handle, token: NewToken): Promise<void> => insertTokens(tx, [token]);

const facts = sql`
  token, type, fingerprint, mask, bin, last4, brand, funding, country, expiration_month AS "expirationMonth",
  expiration_year AS "expirationYear", routing_number AS "routingNumber", account_type AS "accountType",
  session_id AS "sessionId", order_id AS "orderId", customer_id AS "customerId", cart_id AS "cartId",
  created_at AS "createdAt"`;

export const findToken = (db: Handle, token: string, merchantId: string): Promise<TokenFacts | undefined> =>
  db.one(sql`
    SELECT ${facts} FROM tokens WHERE token = ${token} AND merchant_id = ${merchantId} AND deleted_at IS NULL`);

/** Those that the merchant has, in any order. */
export function findTokens(db: Handle, tokens: readonly string[], merchantId: string): Promise<TokenFacts[]> {
  // Few lengths, for each is a statement of its own: the last name stands there as often as it takes.
  const length = 2 ** Math.ceil(Math.log2(tokens.length));
  const named = Array.from({ length }, (_none, at) => tokens[Math.min(at, tokens.length - 1)] ?? '');
  // `|| ''`: from four names on SQLite would rather walk through all tokens of the merchant.
  return db.all(sql`
    SELECT ${facts} FROM tokens
    WHERE token IN (${join(named)}) AND merchant_id || '' = ${merchantId} AND deleted_at IS NULL`);
}

export const findSealedToken = (db: Handle, token: string, merchantId: string): Promise<SealedToken | undefined> =>
  db.one(sql`
    SELECT token, type, mask, expiration_month AS "expirationMonth", expiration_year AS "expirationYear",
      routing_number AS "routingNumber", account_type AS "accountType", sealed_number AS "sealedNumber",
      sealed_holder AS "sealedHolder", minted_in AS "mintedIn"
    FROM tokens WHERE token = ${token} AND merchant_id = ${merchantId} AND deleted_at IS NULL`);

/** The token that a card of this merchant has. `+ 0`: or SQLite walks through all his tokens, because they are in order. */
export const findTokenByFingerprint = (
  db: Handle,
  merchantId: string,
  fingerprint: string,
): Promise<Pick<SealedToken, 'token' | 'mintedIn'> | undefined> =>
  db.one(sql`
    SELECT token, minted_in AS "mintedIn" FROM tokens
    WHERE merchant_id = ${merchantId} AND fingerprint = ${fingerprint} AND type = 'card'
    ORDER BY created_at + 0, token LIMIT 1`);

export type StoredExpiry = { readonly expirationMonth: string; readonly expirationYear: string };

/**
 * Stores a later expiry, and answers the one that stands now; `undefined` when the token was deleted meanwhile. A token of
 * a hosted page is the merchant's own from now on, and lives until he deletes it.
 */
export const storeLaterExpiry = (tx: Handle, token: NewToken): Promise<StoredExpiry | undefined> => {
  const { expirationMonth: month, expirationYear: year } = token;
  const isLater = sql`expiration_year || expiration_month < ${`${year}${month}`}`;
  return tx.one(sql`
    UPDATE tokens SET
      expiration_month = CASE WHEN ${isLater} THEN ${month} ELSE expiration_month END,
      expiration_year = CASE WHEN ${isLater} THEN ${year} ELSE expiration_year END,
      purge_at = NULL
    WHERE token = ${token.token} AND merchant_id = ${token.merchantId} AND deleted_at IS NULL
    RETURNING expiration_month AS "expirationMonth", expiration_year AS "expirationYear"`);
};

/** In the order of their making, after the token `after` if there is one. */
export const listTokenFacts = (
  db: Handle,
  merchantId: string,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<TokenFacts[]> =>
  after === undefined
    ? db.all(sql`
        SELECT ${facts} FROM tokens WHERE merchant_id = ${merchantId} AND deleted_at IS NULL
        ORDER BY created_at, token LIMIT ${limit}`)
    : db.all(sql`
        SELECT ${facts} FROM tokens
        WHERE merchant_id = ${merchantId} AND deleted_at IS NULL AND (created_at, token) > (
          SELECT created_at, token FROM tokens WHERE token = ${after} AND merchant_id = ${merchantId})
        ORDER BY created_at, token LIMIT ${limit}`);

/** Destroys everything but the token's name. False when there is nothing left to destroy, or something holds it. */
export const destroyToken = async (tx: Handle, token: string, merchantId: string, nowMs: number): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE tokens SET deleted_at = ${nowMs}, sealed_number = NULL, sealed_holder = NULL, key_id = NULL, fingerprint = NULL,
      mask = NULL, bin = NULL, last4 = NULL, brand = NULL, funding = NULL, country = NULL, expiration_month = NULL,
      expiration_year = NULL, routing_number = NULL, account_type = NULL, session_id = NULL, order_id = NULL,
      customer_id = NULL, cart_id = NULL, last_used_at = NULL, purge_at = NULL
    WHERE token = ${token} AND merchant_id = ${merchantId} AND deleted_at IS NULL AND holds = 0`)) === 1;

/** Why `destroyToken` found nothing to destroy. */
export async function findEnd(db: Handle, token: string, merchantId: string): Promise<'held' | 'gone' | 'unknown'> {
  const row = await db.one<{ readonly deletedAt: number | null }>(sql`
    SELECT deleted_at AS "deletedAt" FROM tokens WHERE token = ${token} AND merchant_id = ${merchantId}`);
  if (row === undefined) return 'unknown';
  return row.deletedAt === null ? 'held' : 'gone';
}

/** The noted time of the last use is at most so much older: PostgreSQL writes to each index of a row whose time changes. */
export const lastUseOlderMs = 60 * 60 * 1000;

/** For the purge of tokens that nobody uses; false when it was deleted. */
export const markUsed = async (tx: Handle, token: string, nowMs: number): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE tokens SET last_used_at = CASE WHEN last_used_at > ${nowMs - lastUseOlderMs} THEN last_used_at ELSE ${nowMs} END
    WHERE token = ${token} AND deleted_at IS NULL`)) === 1;

/** Of any merchant, deleted or not: names are never used twice. */
export const isTokenKnown = async (db: Handle, token: string): Promise<boolean> =>
  (await db.one(sql`SELECT token FROM tokens WHERE token = ${token}`)) !== undefined;
