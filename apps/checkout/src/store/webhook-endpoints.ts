// Where a merchant wants events delivered: at most ten places, each with secrets of its own and, while somebody delivers
// to it, a lease.
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface RetiredSecret {
  readonly sealed: string;
  /** It signs too until then. */
  readonly untilMs: number;
}

export interface WebhookEndpoint {
  readonly id: string;
  readonly merchantId: string;
  readonly url: string;
  readonly description: string | undefined;
  /** `*` alone: all. */
  readonly eventTypes: readonly string[];
  readonly status: 'enabled' | 'disabled';
  readonly disabledReason: string | undefined;
  readonly sealedSecret: string;
  readonly retiredSecrets: readonly RetiredSecret[];
  readonly failingSinceMs: number | undefined;
  readonly createdAtMs: number;
}

export type NewWebhookEndpoint = Pick<
  WebhookEndpoint,
  'id' | 'merchantId' | 'url' | 'description' | 'eventTypes' | 'sealedSecret' | 'createdAtMs'
>;

interface EndpointRow {
  readonly [column: string]: string | number | null;
  readonly id: string;
  readonly merchant_id: string;
  readonly url: string;
  readonly description: string | null;
  readonly event_types: string;
  readonly status: 'enabled' | 'disabled';
  readonly disabled_reason: string | null;
  readonly sealed_secret: string;
  readonly retired_secrets: string;
  readonly failing_since: number | null;
  readonly created_at: number;
}

export const endpointsMax = 10;

/** In the lowest slot that is free. Zero when none is, or when somebody else has just taken it. */
export const insertEndpoint = (db: Handle, endpoint: NewWebhookEndpoint): Promise<number> =>
  db.run(sql`
    INSERT INTO webhook_endpoints (id, merchant_id, slot, url, description, event_types, status, sealed_secret,
      retired_secrets, leased_until, created_at)
    SELECT ${endpoint.id}, ${endpoint.merchantId}, slots.slot, ${endpoint.url}, ${endpoint.description ?? null},
      ${writtenTypes(endpoint.eventTypes)}, 'enabled', ${endpoint.sealedSecret}, '[]', 0,
      CAST(${endpoint.createdAtMs} AS BIGINT)
    FROM (SELECT 1 AS slot UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
      UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10) AS slots
    WHERE NOT EXISTS (SELECT 1 FROM webhook_endpoints AS taken
      WHERE taken.merchant_id = ${endpoint.merchantId} AND taken.slot = slots.slot)
    ORDER BY slots.slot LIMIT 1 ON CONFLICT (merchant_id, slot) DO NOTHING`);

export async function listEndpoints(db: Handle, merchantId: string): Promise<WebhookEndpoint[]> {
  const rows = await db.all<EndpointRow>(sql`
    SELECT * FROM webhook_endpoints WHERE merchant_id = ${merchantId} ORDER BY created_at, slot`);
  return rows.map(toEndpoint);
}

export async function findEndpoint(db: Handle, merchantId: string, id: string): Promise<WebhookEndpoint | undefined> {
  const row = await db.one<EndpointRow>(sql`
    SELECT * FROM webhook_endpoints WHERE merchant_id = ${merchantId} AND id = ${id}`);
  return row && toEndpoint(row);
}

export type EndpointChange = {
  readonly [K in 'url' | 'description' | 'eventTypes' | 'status']?: WebhookEndpoint[K] | undefined;
};

/** What is not named stays. Who switches it on gives it five days again. Answers it as it then is. */
export async function changeEndpoint(
  tx: Handle,
  { merchantId, id }: Pick<WebhookEndpoint, 'merchantId' | 'id'>,
  { url, description, eventTypes, status }: EndpointChange,
): Promise<WebhookEndpoint | undefined> {
  const row = await tx.one<EndpointRow>(sql`
    UPDATE webhook_endpoints SET url = COALESCE(${url ?? null}, url),
      description = COALESCE(${description ?? null}, description),
      event_types = COALESCE(${eventTypes === undefined ? null : writtenTypes(eventTypes)}, event_types),
      status = COALESCE(${status ?? null}, status),
      disabled_reason = CASE WHEN ${status ?? ''} = 'enabled' THEN NULL ELSE disabled_reason END,
      failing_since = CASE WHEN ${status ?? ''} = 'enabled' AND status = 'disabled' THEN NULL ELSE failing_since END
    WHERE merchant_id = ${merchantId} AND id = ${id} RETURNING *`);
  return row && toEndpoint(row);
}

/** By compare-and-set on the secret. */
export const replaceSecret = (
  db: Handle,
  { id, sealedSecret }: Pick<WebhookEndpoint, 'id' | 'sealedSecret'>,
  to: Pick<WebhookEndpoint, 'sealedSecret' | 'retiredSecrets'>,
): Promise<number> =>
  db.run(sql`
    UPDATE webhook_endpoints SET sealed_secret = ${to.sealedSecret},
      retired_secrets = ${JSON.stringify(to.retiredSecrets)}
    WHERE id = ${id} AND sealed_secret = ${sealedSecret}`);

/** With its deliveries. */
export const deleteEndpoint = (db: Handle, merchantId: string, id: string): Promise<number> =>
  db.run(sql`DELETE FROM webhook_endpoints WHERE merchant_id = ${merchantId} AND id = ${id}`);

export const noteFailing = (tx: Handle, id: string, nowMs: number): Promise<number> =>
  tx.run(sql`UPDATE webhook_endpoints SET failing_since = ${nowMs} WHERE id = ${id} AND failing_since IS NULL`);

export const noteWorking = (tx: Handle, id: string): Promise<number> =>
  tx.run(sql`UPDATE webhook_endpoints SET failing_since = NULL WHERE id = ${id} AND failing_since IS NOT NULL`);

/** Zero when it is disabled already. */
export const disableEndpoint = (tx: Handle, id: string, reason: string): Promise<number> =>
  tx.run(sql`
    UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = ${reason}
    WHERE id = ${id} AND status = 'enabled'`);

/** Those that have had no success since before that. */
export async function listLongFailing(db: Handle, sinceMs: number, limit: number): Promise<WebhookEndpoint[]> {
  const rows = await db.all<EndpointRow>(sql`
    SELECT * FROM webhook_endpoints WHERE status = 'enabled' AND failing_since <= ${sinceMs}
    ORDER BY failing_since LIMIT ${limit}`);
  return rows.map(toEndpoint);
}

/** Of enabled ones, the first failure after that time. */
export async function nextFailingAfter(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ at: number | null }>(sql`
    SELECT min(failing_since) AS at FROM webhook_endpoints WHERE status = 'enabled' AND failing_since > ${afterMs}`);
  return row?.at ?? undefined;
}

/** By the clock of the world: it is about processes, and a test clock that jumps must not end it. */
export interface Lease {
  readonly endpointId: string;
  /** Names its holder. */
  readonly lease: string;
  readonly takenAtMs: number;
  readonly untilMs: number;
}

const isFree = (atMs: number) => sql`(lease IS NULL OR leased_until <= ${atMs})`;

/** Endpoints to which something is due and nobody delivers; those that work come first. */
export async function listDueEndpoints(
  db: Handle,
  { nowMs, leaseFreeAtMs, limit }: { readonly nowMs: number; readonly leaseFreeAtMs: number; readonly limit: number },
): Promise<{ readonly id: string; readonly isFailing: boolean }[]> {
  const rows = await db.all<{ id: string; failing_since: number | null }>(sql`
    SELECT id, failing_since FROM webhook_endpoints WHERE status = 'enabled' AND ${isFree(leaseFreeAtMs)}
      AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE endpoint_id = webhook_endpoints.id AND state = 'pending'
        AND next_try_at <= ${nowMs})
    ORDER BY CASE WHEN failing_since IS NULL THEN 0 ELSE 1 END LIMIT ${limit}`);
  return rows.map((row) => ({ id: row.id, isFailing: row.failing_since !== null }));
}

export async function takeLease(tx: Handle, taken: Lease): Promise<WebhookEndpoint | undefined> {
  const row = await tx.one<EndpointRow>(sql`
    UPDATE webhook_endpoints SET lease = ${taken.lease}, leased_until = ${taken.untilMs}
    WHERE id = ${taken.endpointId} AND status = 'enabled' AND ${isFree(taken.takenAtMs)} RETURNING *`);
  return row && toEndpoint(row);
}

/** `undefined` when it is somebody else's by now, or the endpoint is disabled or gone. */
export async function extendLease(tx: Handle, held: Lease): Promise<WebhookEndpoint | undefined> {
  const row = await tx.one<EndpointRow>(sql`
    UPDATE webhook_endpoints SET leased_until = ${held.untilMs}
    WHERE id = ${held.endpointId} AND lease = ${held.lease} AND status = 'enabled' RETURNING *`);
  return row && toEndpoint(row);
}

export const endLease = (db: Handle, { endpointId, lease }: Pick<Lease, 'endpointId' | 'lease'>): Promise<number> =>
  db.run(sql`UPDATE webhook_endpoints SET lease = NULL WHERE id = ${endpointId} AND lease = ${lease}`);

/** Where a file belongs to one process, what another one held was held by a dead one. */
export const endAllLeases = (db: Handle): Promise<number> =>
  db.run(sql`UPDATE webhook_endpoints SET lease = NULL WHERE lease IS NOT NULL`);

const writtenTypes = (types: readonly string[]): string => (types.includes('*') ? '*' : ` ${types.join(' ')} `);

const toEndpoint = (row: EndpointRow): WebhookEndpoint => ({
  id: row.id,
  merchantId: row.merchant_id,
  url: row.url,
  description: row.description ?? undefined,
  eventTypes: row.event_types.trim().split(' '),
  status: row.status,
  disabledReason: row.disabled_reason ?? undefined,
  sealedSecret: row.sealed_secret,
  retiredSecrets: JSON.parse(row.retired_secrets) as RetiredSecret[],
  failingSinceMs: row.failing_since ?? undefined,
  createdAtMs: row.created_at,
});
