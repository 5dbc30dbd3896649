// Recurring plans of a merchant in a simulation: begun, paused, resumed and cancelled, often just when a charge is due.
import { cancelPlan, changePlan, createPlan, pausePlan, resumePlan } from '@ozura/contract/pay/plans';
import { callUntilTold, type Told } from './merchant-calls.ts';
import { giveBack, lastFour, merchantBilling, newKey } from './merchants.ts';
import { merchantId } from './programs.ts';
import { type System, waitUntil } from './system.ts';

const dayMs = 24 * 60 * 60_000;
const intervals = { daily: dayMs, weekly: 7 * dayMs } as const;
/** Retries of a declined charge are over by then. */
const retriesMs = 7 * dayMs;
const amountMinor = 1_840;

export async function subscribe(system: System, told: Told[], orderId: string): Promise<void> {
  const { world, vault } = system;
  const { chance } = world;
  await world.sleep(chance.between(0, 20_000));
  const { token, cvcSession } = vault.tokenize(orderId, lastFour(system));
  const interval = chance.pick(['daily', 'weekly'] as const);
  const maxCycles = chance.between(1, 4);
  const body = {
    ...merchantBilling,
    merchantId,
    planName: 'Tea of the month',
    amount: '18.40',
    interval,
    maxCycles,
    ozuraVaultToken: token,
    ozuraCvcSession: cvcSession,
    orderId,
    ...(chance.happens(0.2) ? { setupFee: '5.00', initialAmount: '0.00', initialCycles: 2 } : {}),
  };
  const headers = chance.happens(0.5) ? { 'idempotency-key': newKey(system) } : {};
  const call = { endpoint: createPlan, about: orderId, options: { body, headers }, isKeyed: true };
  const calls = [callUntilTold(system, told, call)];
  if (chance.happens(0.2)) calls.push(callUntilTold(system, told, call));
  const begun = (await Promise.all(calls)).find(({ status }) => status === 200);
  if (begun === undefined || begun.data.nextChargeDate === undefined) return;
  const first = begun.data.firstTransaction as unknown as Told['data'];
  if (chance.happens(0.1)) void giveBack(system, told, { sold: { ...begun, data: first }, amountMinor });
  await liveWith(system, told, {
    planId: begun.data.planId ?? '',
    nextMs: Date.parse(begun.data.nextChargeDate ?? ''),
    everyMs: intervals[interval],
    maxCycles,
  });
}

interface Subscription {
  readonly planId: string;
  /** When the second charge falls due. */
  readonly nextMs: number;
  readonly everyMs: number;
  readonly maxCycles: number;
}

async function liveWith(
  system: System,
  told: Told[],
  { planId, nextMs, everyMs, maxCycles }: Subscription,
): Promise<void> {
  const { world } = system;
  const { chance } = world;
  const move = (endpoint: typeof pausePlan): Promise<Told> =>
    callUntilTold(system, told, {
      endpoint,
      about: planId,
      options: { params: { planId }, body: { merchantId } },
      isKeyed: true,
    });
  for (let index = 0; index < maxCycles - 1; index += 1) {
    // Just when a charge falls due, or some other time.
    const afterMs = chance.happens(0.7) ? chance.between(0, 500) : chance.between(0, everyMs / 2);
    await waitUntil(system, nextMs + index * everyMs + afterMs);
    if (chance.happens(0.5)) await move(chance.pick([pausePlan, pausePlan, resumePlan, cancelPlan]));
    if (chance.happens(0.3)) await move(resumePlan);
    if (chance.happens(0.1)) void move(pausePlan);
  }
  await waitUntil(system, world.nowMs() + maxCycles * everyMs + retriesMs);
  await move(resumePlan);
  await waitUntil(system, world.nowMs() + maxCycles * everyMs + retriesMs);
  // Else a plan that is paused, or past due, would wait for ever.
  const options = { params: { planId }, body: { merchantId, status: 'cancelled' } };
  await callUntilTold(system, told, { endpoint: changePlan, about: planId, options, isKeyed: true });
}
