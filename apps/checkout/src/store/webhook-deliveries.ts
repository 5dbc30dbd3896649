// What has to be delivered where: one row for each event and endpoint. Of one object and endpoint no delivery falls due
// before the one that comes before it.
import { type Handle, type Statement, sql } from '@ozura/kit/db/handle';
import { type EventRow, type StoredEvent, toEvent } from './events.ts';

export interface Try {
  readonly atMs: number;
  readonly durationMs: number;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  readonly problem?: string;
}

export type DeliveryState = 'pending' | 'delivered' | 'failed';

export interface Delivery {
  readonly ordinal: number;
  readonly endpointId: string;
  readonly object: string;
  readonly state: DeliveryState;
  /** Since it was queued, or queued again. */
  readonly tries: number;
  readonly nextTryAtMs: number;
  readonly createdAtMs: number;
  readonly log: readonly Try[];
  readonly event: StoredEvent;
}

interface DeliveryRow extends EventRow {
  readonly ordinal: number;
  readonly endpoint_id: string;
  readonly object: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly next_try_at: number;
  readonly queued_at: number;
  readonly log: string;
}

export interface FeedRange {
  readonly merchantId: string;
  /** Both ends included. */
  readonly first: number;
  readonly last: number;
}

/** `+ 0`: or the largest is looked for among all that wait for the endpoint, in the order of another index. */
const lastTry = sql`max(earlier.next_try_at + 0)`;

/** For all endpoints that are to hear of them. What waits behind an earlier event of its object falls due with that. */
export const queueDeliveries = (tx: Handle, { merchantId, first, last }: FeedRange, nowMs: number): Promise<number> =>
  tx.run(sql`
    INSERT INTO webhook_deliveries (event_id, endpoint_id, merchant_id, object, sequence, state, tries, next_try_at, log,
      created_at)
    SELECT events.id, webhook_endpoints.id, events.merchant_id, events.object, events.sequence, 'pending', 0, COALESCE((
        SELECT ${lastTry} FROM webhook_deliveries AS earlier WHERE earlier.state = 'pending'
          AND earlier.endpoint_id = webhook_endpoints.id AND earlier.object = events.object), ${nowMs}), '[]', CAST(${nowMs} AS BIGINT)
    FROM events JOIN webhook_endpoints ON webhook_endpoints.merchant_id = events.merchant_id
    WHERE events.merchant_id = ${merchantId} AND events.sequence > 0 AND events.sequence BETWEEN ${first} AND ${last}
      AND webhook_endpoints.status = 'enabled' AND ${isWanted} ORDER BY events.sequence`);

const isWanted = sql`(webhook_endpoints.event_types = '*'
  OR webhook_endpoints.event_types LIKE '% ' || events.type || ' %')`;

/** Anew, from its first try on: one event, of whatever type. Zero when the merchant has no such event. */
export const queueAgain = (tx: Handle, endpointId: string, event: StoredEvent, nowMs: number): Promise<number> => {
  const isIt = sql`events.merchant_id = ${event.merchantId} AND events.id = ${event.id} AND events.sequence IS NOT NULL`;
  return again(tx, endpointId, sql`webhook_endpoints.id = ${endpointId} AND ${isIt}`, nowMs);
};

export interface Stretch {
  readonly merchantId: string;
  readonly endpointId: string;
  /** Both ends included. */
  readonly from: number;
  readonly to: number;
  /** Whether the ends are numbers of the feed, or times in milliseconds. */
  readonly by: 'sequence' | 'time';
}

const within = ({ by, from, to }: Stretch): Statement =>
  by === 'time' ? sql`events.created_at BETWEEN ${from} AND ${to}` : sql`events.sequence BETWEEN ${from} AND ${to}`;

const ofStretch = (stretch: Stretch): Statement => sql`
  webhook_endpoints.id = ${stretch.endpointId} AND events.merchant_id = ${stretch.merchantId}
  AND events.sequence > 0 AND ${within(stretch)} AND ${isWanted}`;

/** All that the endpoint hears of, in their order. */
export const queueStretchAgain = (tx: Handle, stretch: Stretch, nowMs: number): Promise<number> =>
  again(tx, stretch.endpointId, ofStretch(stretch), nowMs);

/** How many they would be, counted up to `limit`. */
export async function countStretch(db: Handle, stretch: Stretch, limit: number): Promise<number> {
  const row = await db.one<{ n: number }>(sql`
    SELECT count(*) AS n FROM (SELECT 1 AS one FROM events
      JOIN webhook_endpoints ON webhook_endpoints.merchant_id = events.merchant_id
      WHERE ${ofStretch(stretch)} LIMIT ${limit}) AS found`);
  return row?.n ?? 0;
}

/**
 * In a transaction. Two statements, because one that changes the row in its way has to name the key, and where tables are
 * distributed that is another one (decision 0030).
 */
async function again(tx: Handle, endpointId: string, which: Statement, nowMs: number): Promise<number> {
  const wanted = sql`
    FROM events JOIN webhook_endpoints ON webhook_endpoints.merchant_id = events.merchant_id WHERE ${which}`;
  const renewed = await tx.run(sql`
    UPDATE webhook_deliveries SET state = 'pending', tries = 0, next_try_at = ${nowMs}
    WHERE endpoint_id = ${endpointId} AND event_id IN (SELECT events.id ${wanted})`);
  const queued = await tx.run(sql`
    INSERT INTO webhook_deliveries (event_id, endpoint_id, merchant_id, object, sequence, state, tries, next_try_at, log,
      created_at)
    SELECT events.id, webhook_endpoints.id, events.merchant_id, events.object, events.sequence, 'pending', 0,
      CAST(${nowMs} AS BIGINT), '[]', CAST(${nowMs} AS BIGINT) ${wanted} ORDER BY events.sequence ON CONFLICT DO NOTHING`);
  return renewed + queued;
}

/** One that was sent at once, to try the endpoint. */
export const insertTestDelivery = (
  tx: Handle,
  { endpointId, event, state, log }: Pick<Delivery, 'endpointId' | 'event' | 'state' | 'log'>,
): Promise<number> =>
  tx.run(sql`
    INSERT INTO webhook_deliveries (event_id, endpoint_id, merchant_id, object, sequence, state, tries, next_try_at, log,
      created_at)
    VALUES (${event.id}, ${endpointId}, ${event.merchantId}, ${event.id}, 0, ${state}, 1, ${event.atMs},
      ${JSON.stringify(log)}, ${event.atMs})`);

export interface DueDelivery extends Delivery {
  /** When the last earlier event of its object is tried that is still to be delivered. */
  readonly behindUntilMs: number | undefined;
}

/** Those of an endpoint whose time has come, of each object in their order. */
export async function listDueDeliveries(
  db: Handle,
  endpointId: string,
  nowMs: number,
  limit: number,
): Promise<DueDelivery[]> {
  const rows = await db.all<DeliveryRow & { readonly behind_until: number | null }>(sql`
    SELECT ${columns}, (SELECT ${lastTry} FROM webhook_deliveries AS earlier WHERE earlier.state = 'pending'
        AND earlier.endpoint_id = webhook_deliveries.endpoint_id AND earlier.object = webhook_deliveries.object
        AND earlier.sequence < webhook_deliveries.sequence) AS behind_until
    FROM ${withEvents} WHERE webhook_deliveries.endpoint_id = ${endpointId} AND webhook_deliveries.state = 'pending'
      AND webhook_deliveries.next_try_at <= ${nowMs}
    ORDER BY webhook_deliveries.next_try_at, webhook_deliveries.sequence LIMIT ${limit}`);
  return rows.map((row) => ({ ...toDelivery(row), behindUntilMs: row.behind_until ?? undefined }));
}

/** Newest first; `beforeOrdinal` goes on behind a page. */
export async function listDeliveries(
  db: Handle,
  endpointId: string,
  { beforeOrdinal, limit }: { readonly beforeOrdinal: number; readonly limit: number },
): Promise<Delivery[]> {
  const rows = await db.all<DeliveryRow>(sql`
    SELECT ${columns} FROM ${withEvents}
    WHERE webhook_deliveries.endpoint_id = ${endpointId} AND webhook_deliveries.ordinal < ${beforeOrdinal}
    ORDER BY webhook_deliveries.ordinal DESC LIMIT ${limit}`);
  return rows.map(toDelivery);
}

const columns = sql`
  webhook_deliveries.ordinal, webhook_deliveries.endpoint_id, webhook_deliveries.object, state, tries, next_try_at, log,
  webhook_deliveries.created_at AS queued_at, events.id, events.type, events.sequence, events.merchant_id, events.body,
  events.created_at`;
const withEvents = sql`webhook_deliveries JOIN events ON events.id = webhook_deliveries.event_id`;

export interface Tried extends Pick<Delivery, 'tries' | 'log' | 'state' | 'nextTryAtMs'> {}

/** By compare-and-set on the number of tries: one that was queued again meanwhile is tried again. */
export const recordTry = (db: Handle, { endpointId, event, tries }: Delivery, after: Tried): Promise<number> =>
  db.run(sql`
    UPDATE webhook_deliveries SET state = ${after.state}, tries = ${after.tries}, next_try_at = ${after.nextTryAtMs},
      log = ${JSON.stringify(after.log)}
    WHERE endpoint_id = ${endpointId} AND event_id = ${event.id} AND state = 'pending' AND tries = ${tries}`);

/** This one and later events of its object wait; one before it that was queued again does not. */
export const holdBackFollowers = (
  tx: Handle,
  { endpointId, object, event }: Delivery,
  untilMs: number,
): Promise<number> =>
  tx.run(sql`
    UPDATE webhook_deliveries SET next_try_at = ${untilMs} WHERE endpoint_id = ${endpointId} AND object = ${object}
      AND state = 'pending' AND next_try_at < ${untilMs} AND sequence >= ${event.sequence}`);

/** Some of an endpoint's, whatever became of them. Answers how many those were. */
export const forgetDeliveries = (db: Handle, endpointId: string, limit: number): Promise<number> =>
  db.run(sql`
    DELETE FROM webhook_deliveries WHERE endpoint_id = ${endpointId} AND ordinal IN (
      SELECT ordinal FROM webhook_deliveries WHERE endpoint_id = ${endpointId} LIMIT ${limit})`);

/** The first moment after `afterMs` at which something falls due. */
export async function nextTryAfter(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ at: number | null }>(sql`
    SELECT min(next_try_at) AS at FROM webhook_deliveries JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id
    WHERE state = 'pending' AND next_try_at > ${afterMs} AND status = 'enabled'`);
  return row?.at ?? undefined;
}

interface Pending {
  readonly count: number;
  /** Since when the first of them is due at an endpoint that answers; one that does not is its merchant's matter. */
  readonly dueSinceMs: number | undefined;
}

/** That are still to be delivered. */
export async function countPending(db: Handle): Promise<Pending> {
  const row = await db.one<{ n: number; due: number | null }>(sql`
    SELECT COALESCE(SUM(waiting.n), 0) AS n, MIN(CASE WHEN (
        SELECT failing_since IS NULL AND status = 'enabled' FROM webhook_endpoints WHERE id = waiting.endpoint_id
      ) THEN waiting.due END) AS due
    FROM (SELECT endpoint_id, count(*) AS n, min(next_try_at) AS due FROM webhook_deliveries
      WHERE state = 'pending' GROUP BY endpoint_id) AS waiting`);
  return { count: Number(row?.n ?? 0), dueSinceMs: row?.due ?? undefined };
}

const toDelivery = (row: DeliveryRow): Delivery => ({
  ordinal: row.ordinal,
  endpointId: row.endpoint_id,
  object: row.object,
  state: row.state,
  tries: row.tries,
  nextTryAtMs: row.next_try_at,
  createdAtMs: row.queued_at,
  log: JSON.parse(row.log) as Try[],
  event: toEvent(row),
});
