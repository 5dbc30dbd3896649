// The charges that this process is making. The customer waits for ten seconds; the work goes on without them.
import { nextCheckAtMs, reviewAfterMs } from '@ozura/core/session-checks';
import { noteAbout, resumeTrace } from '@ozura/kit/trace';
import { ask, record, reserve, review, send } from './charge.ts';
import type { ChargeOrder } from './charge-request.ts';
import type { CheckoutContext } from './context.ts';
import { type Charge, listDueCharges, takeCheck } from './store/charges.ts';

export interface Charges {
  /** Reserves the session, then charges. Resolves when the outcome is recorded, or after ten seconds. */
  make(order: ChargeOrder): Promise<void>;
  /** Asks Pay about an open charge, unless it is being made here and will tell by itself. */
  settle(charge: Charge): Promise<void>;
  /** Settles those that are due. */
  settleDue(): Promise<void>;
  /** Resolves when none of ours is in flight any more. */
  landed(): Promise<void>;
}

const customerWaitsMs = 10_000;
/** A request to Pay cannot be under way for longer. */
const abandonAfterMs = 35_000;
const dueMax = 50;

export function openCharges(context: CheckoutContext, startedAtMs: number): Charges {
  const { db, log } = context;
  const flights = new Map<string, Promise<void>>();

  const fly = async (order: ChargeOrder): Promise<void> => {
    const result = await send(context, order);
    context.reached('C2-before');
    if (result !== undefined) await record(context, order.chargeId, result);
    context.reached('C2-after');
  };

  const settle = async (charge: Charge): Promise<void> => {
    if (flights.has(charge.id) || charge.outcome !== 'open') return;
    await resumeTrace(charge.traceId, { chargeId: charge.id }, () => askAbout(charge));
  };

  const askAbout = async (charge: Charge): Promise<void> => {
    const age = (await db.now()) - charge.createdAtMs;
    // A SQLite file has one process, so what is older than this one was left by a dead one.
    const isOrphan = db.engine === 'sqlite' && charge.createdAtMs < startedAtMs;
    const result = await ask(context, charge, isOrphan || age >= abandonAfterMs);
    if (result !== undefined) await record(context, charge.id, result);
    else if (age >= reviewAfterMs) await review(context, charge);
  };

  return {
    async make(order) {
      noteAbout({ chargeId: order.chargeId });
      context.reached('C1-before');
      await reserve(context, order);
      context.reached('C1-after');
      const flight = fly(order)
        .catch((error: unknown) => log.error({ chargeId: order.chargeId, err: error }, 'a charge was not finished'))
        .finally(() => flights.delete(order.chargeId));
      flights.set(order.chargeId, flight);
      await atMost(customerWaitsMs, flight);
    },
    settle,
    async settleDue() {
      const due = await listDueCharges(db, await db.now(), dueMax);
      await Promise.all(
        due.map(async (charge) => {
          const mine = await takeCheck(db, charge, nextCheckAtMs(charge.createdAtMs, charge.checks + 1));
          if (mine === 1) await settle(charge);
        }),
      );
    },
    landed: async () => void (await Promise.all(flights.values())),
  };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
