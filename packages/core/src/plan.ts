// A recurring plan and the events that move it (contract 8.7). Pure: the same edges stand as a trigger in Pay's
// database. One cycle at a time is open; while it is, nothing else is charged on the plan.
import type { Advice } from './attempt-decline.ts';
import { dateAt, indexAfter, isPastEnd, type Rhythm } from './plan-schedule.ts';

/** `incomplete`: the outcome of the first charge is not known yet. */
export type PlanStatus = 'incomplete' | 'active' | 'paused' | 'past_due' | 'cancelled' | 'completed';

export const PLAN_STATUSES = [
  'incomplete',
  'active',
  'paused',
  'past_due',
  'cancelled',
  'completed',
] as const satisfies readonly PlanStatus[];

export interface PlanTerms extends Rhythm {
  readonly currency: string;
  /** Of a normal cycle, before tax and surcharge. */
  readonly amountMinor: bigint;
  readonly maxCycles?: number;
  /** Charged once, with the first cycle. */
  readonly setupFeeMinor?: bigint;
  /** Price of the first `initialCycles` cycles. */
  readonly initialAmountMinor?: bigint;
  readonly initialCycles?: number;
  readonly surchargeHundredths: bigint;
  readonly salesTaxExempt: boolean;
}

/** The cycle that is being charged, or that is charged again later. */
export interface OpenCycle {
  /** Number of its date: 1 is the first charge. A skipped date keeps its number, and nobody else gets it. */
  readonly cycle: number;
  /** When it was first tried. */
  readonly openedAtMs: number;
  readonly declines: number;
  /** Absent while a try is under way or its outcome is not known. */
  readonly retryAtMs?: number;
}

export interface Plan {
  readonly terms: PlanTerms;
  readonly status: PlanStatus;
  /** Time of the first charge. */
  readonly anchorMs: number;
  /** Charged, and those of price 0. Skipped ones do not count. */
  readonly cyclesCharged: number;
  /** Of the next date that is not decided. */
  readonly nextIndex: number;
  readonly open?: OpenCycle;
}

export type PlanEvent =
  | { readonly type: 'plan.created' | 'plan.charged' | 'plan.charge_failed'; readonly cycle: number }
  | { readonly type: 'plan.past_due' | 'plan.paused' | 'plan.resumed' | 'plan.cancelled' | 'plan.completed' };

export interface PlanMove {
  readonly plan: Plan;
  readonly events: readonly PlanEvent[];
}

/** Subtotal of the charge after `cyclesCharged` others. */
export function subtotalOf(terms: PlanTerms, cyclesCharged: number): bigint {
  const { amountMinor, initialAmountMinor, initialCycles = 0, setupFeeMinor = 0n } = terms;
  const cycle = cyclesCharged < initialCycles ? (initialAmountMinor ?? amountMinor) : amountMinor;
  return cycle + (cyclesCharged === 0 ? setupFeeMinor : 0n);
}

/** Before its first charge is decided. */
export const openPlan = (terms: PlanTerms, anchorMs: number): Plan => ({
  terms,
  status: 'incomplete',
  anchorMs,
  cyclesCharged: 0,
  nextIndex: 1,
});

/** The first charge is approved. Dates that went by until this was known are skipped. */
export function onFirstCharged(plan: Plan, nowMs: number): PlanMove {
  const active: Plan = { ...plan, status: 'active', cyclesCharged: 1, nextIndex: comingIndex(plan, nowMs) };
  return withEnd(active, [
    { type: 'plan.created', cycle: 1 },
    { type: 'plan.charged', cycle: 1 },
  ]);
}

/** The evidence says that the first charge never was. */
export const onFirstFailed = (plan: Plan): PlanMove => ({
  plan: { ...plan, status: 'cancelled' },
  events: [{ type: 'plan.cancelled' }],
});

export type Due =
  | { readonly kind: 'nothing' }
  /** Nothing is collected on this date. */
  | { readonly kind: 'move'; readonly move: PlanMove }
  | { readonly kind: 'charge'; readonly plan: Plan; readonly cycle: number; readonly subtotalMinor: bigint };

/** When the plan is to be looked at again; absent when only somebody else's move changes that. */
export function dueAt({ status, terms, anchorMs, nextIndex, open }: Plan): number | undefined {
  if (status !== 'active' && status !== 'paused') return undefined;
  return open === undefined ? dateAt(terms, anchorMs, nextIndex) : open.retryAtMs;
}

/** The next charge, a repetition included; absent where none is planned. */
export const nextChargeAt = (plan: Plan): number | undefined =>
  plan.status === 'active' ? (dueAt(plan) ?? dateAt(plan.terms, plan.anchorMs, plan.nextIndex)) : undefined;

export function onDue(plan: Plan, nowMs: number): Due {
  const due = dueAt(plan);
  if (due === undefined || due > nowMs) return { kind: 'nothing' };
  if (plan.status === 'paused') {
    return { kind: 'move', move: withEnd({ ...plan, nextIndex: comingIndex(plan, nowMs) }, []) };
  }
  const subtotalMinor = subtotalOf(plan.terms, plan.cyclesCharged);
  if (plan.open !== undefined) {
    const { retryAtMs: _over, ...open } = plan.open;
    return { kind: 'charge', plan: { ...plan, open }, cycle: open.cycle, subtotalMinor };
  }
  const cycle = plan.nextIndex + 1;
  const begun: Plan = { ...plan, nextIndex: plan.nextIndex + 1, open: { cycle, openedAtMs: nowMs, declines: 0 } };
  // A cycle of price 0 counts without a charge.
  if (subtotalMinor === 0n) return { kind: 'move', move: onCharged(begun, cycle, nowMs) };
  return { kind: 'charge', plan: begun, cycle, subtotalMinor };
}

/** Money was taken, so it counts whatever became of the plan meanwhile. */
export function onCharged(plan: Plan, cycle: number, nowMs: number): PlanMove {
  const rest = plan.open?.cycle === cycle ? closed(plan, nowMs) : plan;
  return withEnd({ ...rest, cyclesCharged: plan.cyclesCharged + 1 }, [{ type: 'plan.charged', cycle }]);
}

const dayMs = 86_400_000;
/** After the first try of a cycle. */
const RETRIES_DAYS = [1, 3, 5];
/** What was not processed was nobody's no: it is tried again soon, for as long as a declined cycle would be. */
const notProcessedRetryMs = 3_600_000;
const triedForMs = 5 * dayMs;

export function onDeclined(plan: Plan, advice: Advice, nowMs: number): PlanMove {
  const { open } = plan;
  if (open === undefined) return { plan, events: [] };
  const failed: PlanEvent = { type: 'plan.charge_failed', cycle: open.cycle };
  // Somebody paused or cancelled it meanwhile.
  if (plan.status !== 'active') return { plan: closed(plan, nowMs), events: [failed] };
  const days = advice === 'never' ? undefined : RETRIES_DAYS[open.declines];
  if (days === undefined) return pastDue(plan, [failed]);
  const planned = open.openedAtMs + days * dayMs;
  const retryAtMs = planned > nowMs ? planned : nowMs + dayMs;
  return { plan: { ...plan, open: { ...open, declines: open.declines + 1, retryAtMs } }, events: [failed] };
}

/** Proven: nothing was charged, and no bank has said no. */
export function onNotProcessed(plan: Plan, nowMs: number): PlanMove {
  const { open } = plan;
  if (open === undefined) return { plan, events: [] };
  if (plan.status !== 'active') return { plan: closed(plan, nowMs), events: [] };
  if (nowMs - open.openedAtMs >= triedForMs) return pastDue(plan, [{ type: 'plan.charge_failed', cycle: open.cycle }]);
  return { plan: { ...plan, open: { ...open, retryAtMs: nowMs + notProcessedRetryMs } }, events: [] };
}

const pastDue = (plan: Plan, events: readonly PlanEvent[]): PlanMove => ({
  plan: { ...withoutOpen(plan), status: 'past_due' },
  events: [...events, { type: 'plan.past_due' }],
});

/** Moves that a merchant may ask for. */
export type AskedStatus = 'active' | 'paused' | 'cancelled';

const ASKED_FROM: Readonly<Record<AskedStatus, readonly PlanStatus[]>> = {
  active: ['paused', 'past_due'],
  paused: ['active'],
  cancelled: ['active', 'paused', 'past_due'],
};

/** `undefined`: the plan cannot get there from where it is. No events: it is there already. */
export function onAsked(plan: Plan, asked: AskedStatus, nowMs: number): PlanMove | undefined {
  if (plan.status === asked) return { plan, events: [] };
  if (!ASKED_FROM[asked].includes(plan.status)) return undefined;
  if (asked === 'active') return resume(plan, nowMs);
  // A cycle that waits to be repeated is given up; of one that is under way the outcome still counts.
  const rest = plan.open?.retryAtMs === undefined ? plan : closed(plan, nowMs);
  return {
    plan: { ...rest, status: asked },
    events: [{ type: asked === 'paused' ? 'plan.paused' : 'plan.cancelled' }],
  };
}

function resume(plan: Plan, nowMs: number): PlanMove {
  const resumed: Plan = { ...plan, status: 'active' };
  const events: PlanEvent[] = [{ type: 'plan.resumed' }];
  if (plan.open !== undefined) return { plan: resumed, events };
  return withEnd({ ...resumed, nextIndex: comingIndex(plan, nowMs) }, events);
}

/** Dates that fell due while the cycle was open are skipped; those that were late before it are still to be charged. */
function closed(plan: Plan, nowMs: number): Plan {
  const { terms, anchorMs, nextIndex, open } = plan;
  const isLate = open !== undefined && dateAt(terms, anchorMs, nextIndex) < open.openedAtMs;
  return { ...withoutOpen(plan), nextIndex: isLate ? nextIndex : comingIndex(plan, nowMs) };
}

const withoutOpen = ({ open: _open, ...plan }: Plan): Plan => plan;

const comingIndex = ({ terms, anchorMs, nextIndex }: Plan, nowMs: number): number =>
  indexAfter(terms, anchorMs, nextIndex, nowMs);

function withEnd(plan: Plan, events: readonly PlanEvent[]): PlanMove {
  const { terms, status, anchorMs, cyclesCharged, nextIndex, open } = plan;
  if (open !== undefined || (status !== 'active' && status !== 'paused')) return { plan, events };
  const ended = cyclesCharged >= (terms.maxCycles ?? Number.POSITIVE_INFINITY);
  if (!ended && !isPastEnd(terms, dateAt(terms, anchorMs, nextIndex))) return { plan, events };
  return { plan: { ...plan, status: 'completed' }, events: [...events, { type: 'plan.completed' }] };
}
