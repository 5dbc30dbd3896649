import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dueAt,
  nextChargeAt,
  onAsked,
  onCharged,
  onDeclined,
  onDue,
  onFirstCharged,
  onFirstFailed,
  onNotProcessed,
  openPlan,
  type Plan,
  type PlanEvent,
  type PlanStatus,
  type PlanTerms,
  subtotalOf,
} from './plan.ts';
import { dateAt, INTERVALS } from './plan-schedule.ts';

const dayMs = 86_400_000;
const anchorMs = Date.parse('2027-01-31T09:30:00Z');
const monthly: PlanTerms = {
  currency: 'USD',
  amountMinor: 2000n,
  interval: 'monthly',
  intervalCount: 1,
  surchargeHundredths: 0n,
  salesTaxExempt: false,
};

const begun = (terms: Partial<PlanTerms> = {}): Plan =>
  onFirstCharged(openPlan({ ...monthly, ...terms }, anchorMs), anchorMs).plan;
const at = (text: string): number => Date.parse(`${text}T09:30:00Z`);
const types = (events: readonly PlanEvent[]): string[] => events.map(({ type }) => type);

function charging(plan: Plan, nowMs: number): Plan {
  const due = onDue(plan, nowMs);
  if (due.kind !== 'charge') throw new Error(`not due: ${due.kind}`);
  return due.plan;
}

const nextDay = (plan: Plan): string => new Date(nextChargeAt(plan) ?? 0).toISOString().slice(0, 10);

describe('the price of a charge', () => {
  const terms = { ...monthly, setupFeeMinor: 500n, initialAmountMinor: 999n, initialCycles: 3 };

  test('has the set-up fee once, and the introductory price for its cycles', () => {
    expect([0, 1, 2, 3, 4].map((charged) => subtotalOf(terms, charged))).toEqual([1499n, 999n, 999n, 2000n, 2000n]);
    expect(subtotalOf(monthly, 0)).toBe(2000n);
  });
});

describe('the first charge', () => {
  test('approved makes the plan active, with its next date', () => {
    const { plan, events } = onFirstCharged(openPlan(monthly, anchorMs), anchorMs + 300);
    expect(plan).toMatchObject({ status: 'active', cyclesCharged: 1, nextIndex: 1 });
    expect(types(events)).toEqual(['plan.created', 'plan.charged']);
    expect(nextDay(plan)).toBe('2027-02-28');
  });

  test('approved late skips the dates that went by meanwhile, and moves none', () => {
    const { plan } = onFirstCharged(openPlan({ ...monthly, interval: 'daily' }, anchorMs), anchorMs + 2.5 * dayMs);
    expect(nextDay(plan)).toBe('2027-02-03');
  });

  test('is all there is of a plan with one cycle, or with an end before the next date', () => {
    for (const terms of [{ maxCycles: 1 }, { endDate: '2027-02-27' }]) {
      const { plan, events } = onFirstCharged(openPlan({ ...monthly, ...terms }, anchorMs), anchorMs);
      expect(plan.status).toBe('completed');
      expect(types(events)).toEqual(['plan.created', 'plan.charged', 'plan.completed']);
    }
    expect(begun({ endDate: '2027-02-28' }).status).toBe('active');
  });

  test('proven not made cancels the plan', () => {
    const { plan, events } = onFirstFailed(openPlan(monthly, anchorMs));
    expect([plan.status, types(events)]).toEqual(['cancelled', ['plan.cancelled']]);
    expect(dueAt(plan)).toBeUndefined();
  });
});

describe('a cycle', () => {
  test('is due on its date and not before, and while it is under way nothing else is', () => {
    const plan = begun();
    expect(onDue(plan, at('2027-02-28') - 1)).toEqual({ kind: 'nothing' });
    const due = onDue(plan, at('2027-02-28'));
    expect(due).toMatchObject({ kind: 'charge', cycle: 2, subtotalMinor: 2000n });
    const open = charging(plan, at('2027-02-28'));
    expect(onDue(open, at('2027-12-31'))).toEqual({ kind: 'nothing' });
  });

  test('charged leads to the next date', () => {
    const { plan, events } = onCharged(charging(begun(), at('2027-02-28')), 2, at('2027-02-28') + 800);
    expect(plan).toMatchObject({ status: 'active', cyclesCharged: 2 });
    expect(plan.open).toBeUndefined();
    expect(events).toEqual([{ type: 'plan.charged', cycle: 2 }]);
    expect(nextDay(plan)).toBe('2027-03-31');
  });

  test('that nobody could charge in time is charged later, and so is the one after it', () => {
    const late = at('2027-04-02');
    const first = charging(begun(), late);
    const { plan } = onCharged(first, 2, late + 500);
    expect(onDue(plan, late + 600)).toMatchObject({ kind: 'charge', cycle: 3 });
    expect(nextDay(onCharged(charging(plan, late + 600), 3, late + 900).plan)).toBe('2027-04-30');
  });

  test('of price 0 counts without a charge', () => {
    const plan = begun({ setupFeeMinor: 500n, initialAmountMinor: 0n, initialCycles: 2, maxCycles: 3 });
    const due = onDue(plan, at('2027-02-28'));
    expect(due).toMatchObject({ kind: 'move', move: { plan: { cyclesCharged: 2, status: 'active' } } });
    expect(due.kind === 'move' && due.move.events).toEqual([{ type: 'plan.charged', cycle: 2 }]);
  });

  test('declined is repeated 1, 3 and 5 days after its first try, then the plan is past due', () => {
    const date = at('2027-02-28');
    let plan = charging(begun(), date);
    for (const days of [1, 3, 5]) {
      const { plan: declined, events } = onDeclined(plan, 'retry_later', date + (days - 1) * dayMs);
      expect(types(events)).toEqual(['plan.charge_failed']);
      expect(dueAt(declined)).toBe(date + days * dayMs);
      plan = charging(declined, date + days * dayMs);
    }
    const { plan: over, events } = onDeclined(plan, 'retry_later', date + 5 * dayMs);
    expect([over.status, types(events)]).toEqual(['past_due', ['plan.charge_failed', 'plan.past_due']]);
    expect(nextChargeAt(over)).toBeUndefined();
  });

  test('declined for ever is past due at once', () => {
    const { plan, events } = onDeclined(charging(begun(), at('2027-02-28')), 'never', at('2027-02-28'));
    expect([plan.status, types(events)]).toEqual(['past_due', ['plan.charge_failed', 'plan.past_due']]);
  });

  test('skips the dates that fall due while it is repeated', () => {
    const daily = begun({ interval: 'daily', maxCycles: 4 });
    const date = anchorMs + dayMs;
    const again = onDeclined(charging(daily, date), 'retry_later', date).plan;
    const { plan } = onCharged(charging(again, date + dayMs), 2, date + dayMs + 100);
    expect(plan).toMatchObject({ cyclesCharged: 2, nextIndex: 3 });
    expect(onDue(plan, date + 2 * dayMs)).toMatchObject({ kind: 'charge', cycle: 4 });
  });

  test('that was not processed is tried every hour, for five days, and is no decline', () => {
    const date = at('2027-02-28');
    const { plan, events } = onNotProcessed(charging(begun(), date), date + 20_000);
    expect(events).toEqual([]);
    expect(dueAt(plan)).toBe(date + 20_000 + 3_600_000);
    expect(plan.open?.declines).toBe(0);
    expect(onNotProcessed(charging(plan, date + 2 * dayMs), date + 5 * dayMs).plan.status).toBe('past_due');
  });

  test('after the last one the plan is completed', () => {
    const last = charging(begun({ maxCycles: 2 }), at('2027-02-28'));
    const { plan, events } = onCharged(last, 2, at('2027-02-28'));
    expect([plan.status, types(events)]).toEqual(['completed', ['plan.charged', 'plan.completed']]);
    const ending = charging(begun({ endDate: '2027-03-30' }), at('2027-02-28'));
    expect(onCharged(ending, 2, at('2027-02-28')).plan.status).toBe('completed');
  });
});

describe('what a merchant asks for', () => {
  const pastDue = onDeclined(charging(begun(), at('2027-02-28')), 'never', at('2027-02-28')).plan;
  const paused = onAsked(begun(), 'paused', at('2027-02-01'))?.plan ?? begun();
  const plans: Record<PlanStatus, Plan> = {
    incomplete: openPlan(monthly, anchorMs),
    active: begun(),
    paused,
    past_due: pastDue,
    cancelled: onFirstFailed(openPlan(monthly, anchorMs)).plan,
    completed: begun({ maxCycles: 1 }),
  };

  test.each([
    ['active', 'paused', 'plan.paused'],
    ['active', 'cancelled', 'plan.cancelled'],
    ['paused', 'active', 'plan.resumed'],
    ['paused', 'cancelled', 'plan.cancelled'],
    ['past_due', 'active', 'plan.resumed'],
    ['past_due', 'cancelled', 'plan.cancelled'],
  ] as const)('moves %s to %s', (from, to, event) => {
    const move = onAsked(plans[from], to, at('2027-03-01'));
    expect([move?.plan.status, types(move?.events ?? [])]).toEqual([to, [event]]);
  });

  test.each([
    ['incomplete', 'active'],
    ['incomplete', 'cancelled'],
    ['past_due', 'paused'],
    ['cancelled', 'active'],
    ['cancelled', 'paused'],
    ['completed', 'active'],
    ['completed', 'cancelled'],
  ] as const)('cannot move %s to %s', (from, to) => {
    expect(onAsked(plans[from], to, at('2027-03-01'))).toBeUndefined();
  });

  test.each(['active', 'paused', 'cancelled'] as const)('is nothing new for a plan that is %s', (status) => {
    expect(onAsked(plans[status], status, at('2027-03-01'))).toEqual({ plan: plans[status], events: [] });
  });

  test('skips the cycles of a pause, which do not count', () => {
    const skipping = onDue(paused, at('2027-02-28'));
    expect(skipping).toMatchObject({
      kind: 'move',
      move: { plan: { status: 'paused', cyclesCharged: 1 }, events: [] },
    });
    const resumed = onAsked(paused, 'active', at('2027-04-15'))?.plan ?? paused;
    expect(nextDay(resumed)).toBe('2027-04-30');
    expect(onDue(resumed, at('2027-04-30'))).toMatchObject({ kind: 'charge', cycle: 4 });
  });

  test('ends a paused plan when its last date goes by', () => {
    const ending = onAsked(begun({ endDate: '2027-03-30' }), 'paused', at('2027-02-01'))?.plan ?? paused;
    const skipped = onDue(ending, at('2027-02-28'));
    expect(skipped).toMatchObject({ kind: 'move', move: { plan: { status: 'completed' } } });
  });

  test('gives up a cycle that waits to be repeated, and lets one under way end', () => {
    const open = charging(begun(), at('2027-02-28'));
    const waiting = onDeclined(open, 'retry_later', at('2027-02-28')).plan;
    expect(onAsked(waiting, 'paused', at('2027-03-01'))?.plan.open).toBeUndefined();
    const underWay = onAsked(open, 'paused', at('2027-03-01'))?.plan ?? open;
    expect(underWay.open).toBeDefined();
    expect(onCharged(underWay, 2, at('2027-03-02')).plan).toMatchObject({ status: 'paused', cyclesCharged: 2 });
    const { plan } = onDeclined(underWay, 'retry_later', at('2027-03-02'));
    expect([plan.status, plan.open]).toEqual(['paused', undefined]);
  });

  test('resumed after its last date a plan is completed', () => {
    const over = onDeclined(
      charging(begun({ endDate: '2027-03-01' }), at('2027-02-28')),
      'never',
      at('2027-02-28'),
    ).plan;
    const resumed = onAsked(over, 'active', at('2027-03-05'));
    expect([resumed?.plan.status, types(resumed?.events ?? [])]).toEqual([
      'completed',
      ['plan.resumed', 'plan.completed'],
    ]);
  });

  test('resumes a plan past due with its next regular date', () => {
    const resumed = onAsked(pastDue, 'active', at('2027-03-05'))?.plan ?? pastDue;
    expect(nextDay(resumed)).toBe('2027-03-31');
    expect(resumed.cyclesCharged).toBe(1);
  });
});

describe('whatever happens to a plan', () => {
  const steps = fc.array(
    fc.record({
      waitDays: fc.integer({ min: 0, max: 70 }),
      outcome: fc.constantFrom('charged', 'declined', 'never', 'not_processed', 'unknown'),
      asked: fc.constantFrom('active', 'paused', 'cancelled', undefined, undefined, undefined),
    }),
    { maxLength: 60 },
  );
  const someTerms = fc.record({
    interval: fc.constantFrom(...INTERVALS),
    intervalCount: fc.integer({ min: 1, max: 3 }),
    maxCycles: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    initialAmountMinor: fc.constantFrom(0n, 500n),
    initialCycles: fc.integer({ min: 1, max: 4 }),
  });

  test('a cycle is charged once, after its date, none in a pause, and never more than agreed', () => {
    fc.assert(
      fc.property(someTerms, steps, ({ maxCycles, ...rest }, history) => {
        const terms = { ...monthly, ...rest, setupFeeMinor: 1n, ...(maxCycles === undefined ? {} : { maxCycles }) };
        let plan = onFirstCharged(openPlan(terms, anchorMs), anchorMs).plan;
        let nowMs = anchorMs;
        const charged = new Set<number>([1]);
        const follow = (move: { plan: Plan; events: readonly PlanEvent[] } | undefined): void => {
          if (move === undefined) return;
          for (const event of move.events) {
            if (event.type !== 'plan.charged') continue;
            expect(charged.has(event.cycle)).toBe(false);
            expect(dateAt(terms, anchorMs, event.cycle - 1)).toBeLessThanOrEqual(nowMs);
            charged.add(event.cycle);
          }
          expect(move.plan.cyclesCharged).toBeGreaterThanOrEqual(plan.cyclesCharged);
          plan = move.plan;
        };
        for (const { waitDays, outcome, asked } of history) {
          nowMs += waitDays * dayMs;
          if (asked !== undefined) follow(onAsked(plan, asked, nowMs));
          const due = onDue(plan, nowMs);
          if (due.kind === 'move') follow(due.move);
          if (due.kind === 'charge') {
            expect(plan.status).toBe('active');
            plan = due.plan;
          }
          const { open } = plan;
          if (open === undefined || open.retryAtMs !== undefined || outcome === 'unknown') continue;
          if (outcome === 'charged') follow(onCharged(plan, open.cycle, nowMs));
          else if (outcome === 'not_processed') follow(onNotProcessed(plan, nowMs));
          else follow(onDeclined(plan, outcome === 'never' ? 'never' : 'retry_later', nowMs));
        }
        expect(plan.cyclesCharged).toBe(charged.size);
        expect(plan.cyclesCharged).toBeLessThanOrEqual(maxCycles ?? Number.POSITIVE_INFINITY);
        if (plan.status === 'active' && plan.open === undefined) expect(dueAt(plan)).toBeDefined();
      }),
    );
  });
});
