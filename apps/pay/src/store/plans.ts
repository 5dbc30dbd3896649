// Recurring plans. What was agreed is read with the first charge; every change is a compare-and-set on the revision.
import { dueAt, type OpenCycle, type Plan, type PlanStatus } from '@ozura/core/plan';
import { type Handle, join, type Statement, sql } from '@ozura/kit/db/handle';
import { type PlanOpening, termsOf } from '../plan-opening.ts';
import type { PreparedSale } from '../prepared-sale.ts';

export interface StoredPlan {
  readonly planId: string;
  readonly merchantId: string;
  /** Of the first charge. */
  readonly chargeId: string;
  readonly opening: PlanOpening;
  /** The first charge: who pays, and with what. */
  readonly sale: PreparedSale;
  readonly plan: Plan;
  readonly networkReference: string | undefined;
  readonly revision: number;
  readonly createdAtMs: number;
}

type PlanRow = {
  plan_id: string;
  merchant_id: string;
  charge_id: string;
  sale: string;
  status: string;
  network_reference: string | null;
  anchor_at: number;
  cycles_charged: number;
  next_index: number;
  open_cycle: number | null;
  opened_at: number | null;
  declines: number | null;
  retry_at: number | null;
  revision: number;
  created_at: number;
};

const selected = sql`
  SELECT p.plan_id, p.merchant_id, p.charge_id, c.sale, p.status, p.network_reference, p.anchor_at, p.cycles_charged,
    p.next_index, p.open_cycle, p.opened_at, p.declines, p.retry_at, p.revision, p.created_at
  FROM plans p JOIN charges c ON c.charge_id = p.charge_id`;

function toPlan(row: PlanRow): StoredPlan {
  const sale = JSON.parse(row.sale) as PreparedSale;
  const opening = sale.plan?.opening;
  if (opening === undefined) throw new Error(`plan ${row.plan_id} was not opened by its charge`);
  const open = openCycle(row);
  return {
    planId: row.plan_id,
    merchantId: row.merchant_id,
    chargeId: row.charge_id,
    opening,
    sale,
    plan: {
      terms: termsOf(opening),
      status: row.status as PlanStatus,
      anchorMs: row.anchor_at,
      cyclesCharged: row.cycles_charged,
      nextIndex: row.next_index,
      ...(open === undefined ? {} : { open }),
    },
    networkReference: row.network_reference ?? undefined,
    revision: row.revision,
    createdAtMs: row.created_at,
  };
}

function openCycle({ open_cycle: cycle, opened_at: openedAtMs, declines, retry_at }: PlanRow): OpenCycle | undefined {
  if (cycle === null || openedAtMs === null || declines === null) return undefined;
  return { cycle, openedAtMs, declines, ...(retry_at === null ? {} : { retryAtMs: retry_at }) };
}

export type NewStoredPlan = Pick<StoredPlan, 'planId' | 'merchantId' | 'chargeId' | 'plan' | 'networkReference'>;

/** Zero when it is there already. */
export function insertPlan(tx: Handle, stored: NewStoredPlan): Promise<number> {
  const { planId, merchantId, chargeId, plan, networkReference } = stored;
  return tx.run(sql`
    INSERT INTO plans (plan_id, merchant_id, charge_id, status, network_reference, anchor_at, cycles_charged, next_index,
      due_at, lease_until, revision, created_at)
    VALUES (${planId}, ${merchantId}, ${chargeId}, ${plan.status}, ${networkReference ?? null}, ${plan.anchorMs},
      ${plan.cyclesCharged}, ${plan.nextIndex}, ${dueAt(plan) ?? null}, 0, 1, ${plan.anchorMs})
    ON CONFLICT DO NOTHING`);
}

/** Zero: somebody else changed it first. */
export function updatePlan(
  tx: Handle,
  { planId, revision }: Pick<StoredPlan, 'planId' | 'revision'>,
  { plan, networkReference }: { readonly plan: Plan; readonly networkReference?: string | undefined },
): Promise<number> {
  const { open } = plan;
  return tx.run(sql`
    UPDATE plans SET
      status = ${plan.status},
      network_reference = COALESCE(${networkReference ?? null}, network_reference),
      cycles_charged = ${plan.cyclesCharged},
      next_index = ${plan.nextIndex},
      open_cycle = ${open?.cycle ?? null},
      opened_at = ${open?.openedAtMs ?? null},
      declines = ${open?.declines ?? null},
      retry_at = ${open?.retryAtMs ?? null},
      due_at = ${dueAt(plan) ?? null},
      lease_until = 0,
      revision = ${revision + 1}
    WHERE plan_id = ${planId} AND revision = ${revision}`);
}

export async function findPlan(db: Handle, planId: string): Promise<StoredPlan | undefined> {
  const row = await db.one<PlanRow>(sql`${selected} WHERE p.plan_id = ${planId}`);
  return row && toPlan(row);
}

export interface PlanFilter {
  readonly merchantId: string;
  readonly planId?: string | undefined;
  readonly status?: PlanStatus | undefined;
}

/** The latest first. */
export async function listPlans(
  db: Handle,
  filter: PlanFilter,
  { page, limit }: { readonly page: number; readonly limit: number },
): Promise<StoredPlan[]> {
  const rows = await db.all<PlanRow>(sql`
    ${selected} WHERE ${conditions(filter)}
    ORDER BY p.created_at DESC, p.plan_id DESC LIMIT ${limit} OFFSET ${(page - 1) * limit}`);
  return rows.map(toPlan);
}

export async function countPlans(db: Handle, filter: PlanFilter): Promise<number> {
  const row = await db.one<{ total: number }>(sql`SELECT count(*) AS total FROM plans p WHERE ${conditions(filter)}`);
  return Number(row?.total ?? 0);
}

function conditions({ merchantId, planId, status }: PlanFilter): Statement {
  const all = [sql`p.merchant_id = ${merchantId}`];
  if (planId !== undefined) all.push(sql`p.plan_id = ${planId}`);
  if (status !== undefined) all.push(sql`p.status = ${status}`);
  return join(all, ' AND ');
}

/** Plans on which something is due and that nobody works on, the longest waiting first. */
export async function findDuePlans(db: Handle, nowMs: number, limit: number): Promise<string[]> {
  const rows = await db.all<{ plan_id: string }>(sql`
    SELECT plan_id FROM plans WHERE due_at <= ${nowMs} AND lease_until <= ${nowMs} ORDER BY due_at LIMIT ${limit}`);
  return rows.map((row) => row.plan_id);
}

/** One: the plan is ours until `untilMs`, or until it is changed. */
export const leasePlan = (
  db: Handle,
  planId: string,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> =>
  db.run(sql`
    UPDATE plans SET lease_until = ${untilMs}
    WHERE plan_id = ${planId} AND due_at <= ${nowMs} AND lease_until <= ${nowMs}`);

/** Nobody charges what is due until `untilMs`, unless somebody changes the plan before. Answers how many plans that are. */
export const holdDuePlans = (
  db: Handle,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<number> => db.run(sql`UPDATE plans SET lease_until = ${untilMs} WHERE due_at <= ${nowMs}`);

export async function findNextDueAt(db: Handle, afterMs: number): Promise<number | undefined> {
  const row = await db.one<{ due: number | null }>(sql`SELECT min(due_at) AS due FROM plans WHERE due_at > ${afterMs}`);
  return row?.due ?? undefined;
}
