// Charges: what somebody asked us to collect, once, under one idempotency key.
import { type Handle, sql, type Writing } from '@ozura/kit/db/handle';
import type { PreparedSale } from '../prepared-sale.ts';

export interface Claim {
  readonly chargeId: string;
  readonly merchantId: string;
  readonly idempotencyKey: string;
  /** Keyed hash of the normalised request. */
  readonly fingerprint: string;
  /** Keyed hash of the CVC session; a later cycle of a plan has none. */
  readonly cvcHash: string | undefined;
}

type Claimed = Pick<Claim, 'chargeId' | 'merchantId' | 'fingerprint'> & { readonly createdAtMs: number };

export type OpenCharge = Claimed & {
  readonly state: 'open' | 'ended';
  readonly sale: PreparedSale;
};

/** A dead charge was given up before it arrived, so it has nothing else. */
export type Charge = OpenCharge | (Claimed & { readonly state: 'dead' });

type ChargeRow = {
  charge_id: string;
  merchant_id: string;
  fingerprint: string;
  state: string;
  sale: string | null;
  created_at: number;
};

const columns = sql`charge_id, merchant_id, fingerprint, state, sale, created_at`;

function toCharge({ state, sale, ...row }: ChargeRow): Charge {
  const { charge_id: chargeId, merchant_id: merchantId, fingerprint, created_at: createdAtMs } = row;
  const common = { chargeId, merchantId, fingerprint, createdAtMs };
  if (sale === null) return { ...common, state: 'dead' };
  return { ...common, state: state as 'open' | 'ended', sale: JSON.parse(sale) as PreparedSale };
}

/** Zero when the key, the CVC session, the order or the cycle is taken. */
export const insertCharge = (tx: Writing, claim: Claim, sale: PreparedSale, nowMs: number): Promise<number> =>
  tx.run(sql`
    INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, cvc_hash, order_id, plan_id,
      cycle, state, sale, created_at)
    VALUES (${claim.chargeId}, ${claim.merchantId}, 'cardSale', ${claim.idempotencyKey}, ${claim.fingerprint},
      ${claim.cvcHash ?? null}, ${sale.orderId ?? null}, ${sale.plan?.planId ?? null}, ${sale.plan?.cycle ?? null},
      'open', ${JSON.stringify(sale)}, ${nowMs})
    ON CONFLICT DO NOTHING`);

/** Writes an id down as dead, so that a sale still on its way under it is refused. Zero when it came first. */
export async function insertDeadCharge(db: Handle, merchantId: string, chargeId: string): Promise<number> {
  const now = await db.now();
  return db.run(sql`
    INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, created_at, ended_at)
    VALUES (${chargeId}, ${merchantId}, 'cardSale', ${chargeId}, '', 'dead', ${now}, ${now})
    ON CONFLICT DO NOTHING`);
}

export async function findCharge(db: Handle, merchantId: string, chargeId: string): Promise<Charge | undefined> {
  const row = await db.one<ChargeRow>(sql`
    SELECT ${columns} FROM charges
    WHERE charge_id = ${chargeId} AND merchant_id = ${merchantId}`);
  return row && toCharge(row);
}

/** Of a later cycle of a plan. */
export async function findCycleCharge(db: Handle, planId: string, cycle: number): Promise<OpenCharge | undefined> {
  const row = await db.one<ChargeRow>(sql`
    SELECT ${columns} FROM charges WHERE plan_id = ${planId} AND cycle = ${cycle}`);
  const charge = row && toCharge(row);
  return charge?.state === 'dead' ? undefined : charge;
}

export async function findChargeByKey(db: Handle, { merchantId, idempotencyKey }: Claim): Promise<Charge | undefined> {
  const row = await db.one<ChargeRow>(sql`
    SELECT ${columns} FROM charges
    WHERE merchant_id = ${merchantId} AND operation = 'cardSale' AND idempotency_key = ${idempotencyKey}`);
  return row && toCharge(row);
}

/** Of a charge that has ended; another call may take it then. */
export const freeChargeKey = (db: Handle, chargeId: string): Promise<number> =>
  // A tab is in no key that a caller can send.
  db.run(sql`
    UPDATE charges SET idempotency_key = ${`old\t${chargeId}`} WHERE charge_id = ${chargeId} AND state = 'ended'`);

export async function isCvcClaimed(db: Handle, { merchantId, cvcHash = '' }: Claim): Promise<boolean> {
  const row = await db.one(sql`
    SELECT 1 AS taken FROM charges WHERE merchant_id = ${merchantId} AND cvc_hash = ${cvcHash}`);
  return row !== undefined;
}

export async function isOrderOpen(db: Handle, merchantId: string, orderId: string): Promise<boolean> {
  const row = await db.one(sql`
    SELECT 1 AS taken FROM charges WHERE merchant_id = ${merchantId} AND order_id = ${orderId} AND state = 'open'`);
  return row !== undefined;
}

export const endCharge = (tx: Writing, chargeId: string, nowMs: number): Promise<number> =>
  tx.run(sql`
    UPDATE charges SET state = 'ended', ended_at = ${nowMs} WHERE charge_id = ${chargeId} AND state = 'open'`);

/** Of a cycle that is decided or given up. */
export async function endCycleCharge(tx: Handle, planId: string, cycle: number): Promise<number> {
  const now = await tx.now();
  return tx.run(sql`
    UPDATE charges SET state = 'ended', ended_at = ${now}
    WHERE plan_id = ${planId} AND cycle = ${cycle} AND state = 'open'`);
}
