// One seed, one story: what goes wrong, when who dies, and what customers do in the meantime.
import { defaultSettings } from '@ozura/core/merchant-settings';
import { Secret } from '@ozura/core/secret';
import { hashKey } from '@ozura/kit/auth';
import { insertMerchantKey } from '@ozura/pay/store/merchant-keys';
import { insertMerchant } from '@ozura/pay/store/merchants';
import {
  askOutcome,
  cancel,
  goShopping,
  type Heard,
  makeLink,
  press,
  requestOver,
  type Shopping,
  typeCard,
} from './customers.ts';
import { checkAtRest, noTransactionIsOpen, openWatch } from './invariants.ts';
import type { Told } from './merchant-calls.ts';
import { checkMerchant } from './merchant-invariants.ts';
import { debit, sell, someOrders } from './merchants.ts';
import { type Faults, noFaults } from './network.ts';
import { type Behaviour, isHonest, type ProcessorClass, type ProcessorOptions, type Wire } from './processor-books.ts';
import { merchantId, merchantKeys, pepper } from './programs.ts';
import { comeToRest, compareAllBooks } from './rest.ts';
import { subscribe } from './subscriptions.ts';
import { openSystem, type Plan, type System } from './system.ts';
import { type Chance, openWorld, withTimersOf } from './world.ts';

const minuteMs = 60_000;
const customersMs = 2 * minuteMs;
/** A processor that breaks its promise about inquiries finds its own bookings after that. */
const hiddenMs = 300 * minuteMs;
const neverMs = 365 * 24 * 60 * minuteMs;

export interface Story {
  /** What was wrong in the end, or at any moment before. Nothing, if all is well. */
  readonly problems: readonly string[];
  /** How long it was. */
  readonly steps: number;
  readonly endedAtMs: number;
}

/** `wire`: that all processors of the story speak. */
export async function runSeed(seed: number, wire: Wire = 'sandbox'): Promise<Story> {
  const world = openWorld(seed);
  return withTimersOf(world, async () => {
    const watch = openWatch();
    const system = await openSystem(world, planOf(world.chance, wire), watch);
    world.watch(() => noTransactionIsOpen(system));
    const heard: Heard[] = [];
    const told: Told[] = [];
    const check = (): void => {
      checkAtRest(system, heard);
      checkMerchant(system, told);
    };
    try {
      await tell(system, heard, told);
      const allHonest = system.plan.processors.every(isHonest);
      if (allHonest) check();
      await compareAllBooks(system);
      checkComparison(system, allHonest);
      check();
    } catch (error) {
      system.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return { problems: [...new Set(system.problems)], steps: world.steps(), endedAtMs: world.nowMs() };
  });
}

async function tell(system: System, heard: Heard[], told: Told[]): Promise<void> {
  await addMerchant(system);
  const who = system.world.chance.pick([
    'customers',
    'customers',
    'merchant',
    'merchant',
    'subscribers',
    'all',
  ] as const);
  if (who === 'customers' || who === 'all') await sendCustomers(system, heard);
  if (who !== 'customers') sendMerchant(system, told, who);
  await comeToRest(system);
}

async function addMerchant({ disks, plan }: System): Promise<void> {
  const db = disks.pay.before;
  const processors = plan.processors.map(({ name }) => name);
  await insertMerchant(db, { merchantId, name: 'Blue Kettle', processors, settings: defaultSettings });
  const key = new Secret(merchantKeys['x-api-key']);
  await insertMerchantKey(db, { keyId: 'mkey_1', merchantId, keyHash: hashKey(pepper, key.open()), hint: 'mmmm' });
}

async function sendCustomers(system: System, heard: Heard[]): Promise<void> {
  const { chance } = system.world;
  const request = requestOver(BigInt(chance.between(1, 99_999)));
  const link = chance.happens(0.3) ? await makeLink(system, request, chance.between(1, 2)) : undefined;
  const sessions = chance.between(1, link === undefined ? 2 : 4);
  for (let i = 0; i < sessions; i += 1) {
    const shopping = await goShopping(system, request, link);
    for (let tabs = chance.happens(0.25) ? 2 : 1; tabs > 0; tabs -= 1) void shop(system, shopping, heard);
    if (chance.happens(0.2)) void cancelSometime(system, shopping);
    if (chance.happens(0.2)) void lookSometime(system, shopping);
  }
}

/** His server's own calls, without our page. */
function sendMerchant(system: System, told: Told[], who: 'merchant' | 'subscribers' | 'all'): void {
  const { chance } = system.world;
  if (who !== 'subscribers') {
    for (const order of someOrders(system, chance.between(1, 3))) void sell(system, told, order);
    if (chance.happens(0.4)) void debit(system, told, 'order_debit');
  }
  if (who !== 'merchant') void subscribe(system, told, 'order_plan');
}

/** Pays, as often as it takes or patience lasts. */
async function shop(system: System, shopping: Shopping, heard: Heard[]): Promise<void> {
  const { world } = system;
  const { chance } = world;
  await world.sleep(chance.between(0, 20_000));
  for (let tries = chance.between(1, 3); tries > 0; tries -= 1) {
    const body = typeCard(system, shopping, String(chance.between(1, 2)).padStart(4, '0'));
    // Sometimes the customer thinks for longer than a security code is kept.
    if (chance.happens(0.05)) await world.sleep(100_000);
    const presses = chance.happens(0.15) ? 2 : 1;
    const told = await Promise.all(
      Array.from({ length: presses }, () => pressUntilTold(system, shopping, { body, heard })),
    );
    if (told.some(({ status }) => status === 200)) return;
    await world.sleep(chance.between(500, 5_000));
  }
}

interface Pressing {
  readonly body: ReturnType<typeof typeCard>;
  readonly heard: Heard[];
}

/** The page repeats its call while nothing is known; a customer may close it. */
async function pressUntilTold(system: System, shopping: Shopping, { body, heard }: Pressing): Promise<Heard> {
  const { world } = system;
  for (;;) {
    const told = await press(system, shopping, body);
    heard.push(told);
    const isOpen = told.status === 202 || told.status === 0 || told.status === 500;
    if (!isOpen || world.nowMs() > system.busyUntilMs || world.chance.happens(0.03)) return told;
    await world.sleep(2_000);
  }
}

async function cancelSometime(system: System, shopping: Shopping): Promise<void> {
  const { world, disks, problems } = system;
  await world.sleep(world.chance.between(0, customersMs));
  if ((await cancel(system, shopping)) !== 200) return;
  const [session] = disks.checkout.rows<{ status: string }>(
    'SELECT status FROM sessions WHERE id = ?',
    shopping.sessionId,
  );
  if (session?.status !== 'cancelled') problems.push(`${shopping.sessionId} was told that it is cancelled`);
}

async function lookSometime(system: System, shopping: Shopping): Promise<void> {
  const { world } = system;
  await world.sleep(world.chance.between(0, customersMs));
  await askOutcome(system, shopping);
}

/** The daily comparison finds nothing, unless a processor hid its bookings for longer than it may. Then they are undone. */
function checkComparison({ disks, problems }: System, allHonest: boolean): void {
  for (const { kind, reference, undo } of disks.pay.rows<{ kind: string; reference: string; undo: string | null }>(
    'SELECT kind, reference, undo FROM discrepancies',
  )) {
    // A list without references may be read before a person has said whose booking it is.
    if (kind === 'unknown_booking' && reference === '') continue;
    if ((kind === 'refunds_differ' || kind === 'undone_at_processor') && !allHonest) continue;
    if (kind === 'late_approval' && (undo === 'voided' || undo === 'refunded') && !allHonest) continue;
    problems.push(`the comparison of the books found ${kind} ${reference}`);
  }
}

const BEHAVIOURS: readonly Behaviour[] = [
  'decline',
  'not_processed',
  'refuse_credentials',
  'timeout_before_accept',
  'timeout_after_accept',
  'garbage',
  'http_500_after_accept',
  'wrong_amount',
  'wrong_currency',
  'wrong_reference',
  'duplicate_answer',
  'review',
  'slow',
  'bad_cvv',
  'bad_avs',
];
const CLASSES: readonly ProcessorClass[] = ['1', '2', '2', '2a', '3'];

function planOf(chance: Chance, wire: Wire): Plan {
  const names = ['sandbox', 'second', 'third'].slice(0, chance.pick([1, 1, 2, 3]));
  const faults: Readonly<Record<string, Faults>> = {
    checkout: { ...someFaults(chance), twice: 0 },
    pay: { ...someFaults(chance), twice: chance.happens(0.2) ? 0.2 : 0 },
    vault: { ...someFaults(chance), twice: 0 },
  };
  const ofProcessors = { ...someFaults(chance), twice: 0 };
  const many = (): number => (chance.happens(0.3) ? 2 : 1);
  let crashesLeft = chance.pick([0, 1, 1, 2, 4]);
  const crashes = chance.pick([0.005, 0.02, 0.05]);
  const stalls = chance.happens(0.15) ? 0.01 : 0;
  return {
    sessionLifetimeSeconds: chance.pick([20, 90, 1_800]),
    processors: names.map((name) => processorOf(chance, name, wire)),
    processes: { checkout: many(), pay: many() },
    faultsOf: (host) => faults[host] ?? ofProcessors,
    troubles: chance.happens(0.15) ? 0.01 : 0,
    diesAt() {
      if (crashesLeft === 0 || !chance.happens(crashes)) return false;
      crashesLeft -= 1;
      return true;
    },
    stallMs: () => (chance.happens(stalls) ? chance.between(10_000, 120_000) : 0),
    downtimeMs: () => chance.pick([500, 5_000, 40_000, 400_000]),
    busyMs: customersMs,
  };
}

/** Most links are good in most stories. */
function someFaults(chance: Chance): Faults {
  if (chance.happens(0.5)) return noFaults;
  const probability = (): number => chance.pick([0, 0, 0.05, 0.3]);
  return {
    refused: probability(),
    lostBefore: probability(),
    lostAfter: probability(),
    late: probability(),
    twice: 0,
  };
}

/** What a real processor offers is what its adapter says; the sandbox plays any class. */
const CLASS_OF = { converge: '2a', nuvei: '2a', 'access-worldpay': '2a' } as const;

function processorOf(chance: Chance, name: string, wire: Wire): ProcessorOptions {
  const isDishonest = chance.happens(0.06);
  const oddity = isDishonest ? 0.8 : chance.pick([0, 0.2, 0.6]);
  const picked = chance.pick(CLASSES);
  return {
    name,
    playsClass: wire === 'sandbox' ? picked : CLASS_OF[wire],
    wire,
    behaviourOf: () => (chance.happens(oddity) ? chance.pick(BEHAVIOURS) : 'approve'),
    inquiryLagMs: isDishonest ? hiddenMs : chance.pick([0, 0, minuteMs, 10 * minuteMs]),
    inquiriesFail: chance.pick([0, 0, 0.3]),
    voidsFail: chance.pick([0, 0, 0.3]),
    settlesAfterMs: chance.pick([neverMs, neverMs, 5 * minuteMs, 1_000]),
    refundsUnsettled: chance.happens(0.7),
    debitsReturn: 0.3,
  };
}
