// Tokens with everything that another installation needs of them.
import { type Handle, sql } from '@ozura/kit/db/handle';

export type ExportedRow = {
  readonly token: string;
  readonly merchantId: string;
  readonly type: 'card' | 'bank';
  readonly sealedNumber: Uint8Array;
  readonly sealedHolder: Uint8Array | null;
  readonly expirationMonth: string | null;
  readonly expirationYear: string | null;
  readonly routingNumber: string | null;
  readonly accountType: string | null;
  readonly sessionId: string | null;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly cartId: string | null;
  readonly createdAt: number;
  readonly purgeAt: number | null;
};

/** Of one merchant or of all, in the order of their names. */
export const listForExport = (
  db: Handle,
  merchantId: string | undefined,
  after: string,
  limit: number,
): Promise<ExportedRow[]> =>
  db.all(sql`
    SELECT token, merchant_id AS "merchantId", type, sealed_number AS "sealedNumber", sealed_holder AS "sealedHolder",
      expiration_month AS "expirationMonth", expiration_year AS "expirationYear", routing_number AS "routingNumber",
      account_type AS "accountType", session_id AS "sessionId", order_id AS "orderId", customer_id AS "customerId",
      cart_id AS "cartId", created_at AS "createdAt", purge_at AS "purgeAt"
    FROM tokens
    WHERE deleted_at IS NULL AND token > ${after} ${merchantId === undefined ? sql`` : sql`AND merchant_id = ${merchantId}`}
    ORDER BY token LIMIT ${limit}`);
