// One cell of the outcome matrix: a processor that does one thing, and one thing that fails, with everything else in order.
import { dayOf, endOfDayMs } from '@ozura/core/attempt-evidence';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { insertMerchant } from '@ozura/pay/store/merchants';
import { goShopping, type Heard, press, requestOver, typeCard } from './customers.ts';
import { checkAtRest } from './invariants.ts';
import { type Faults, noFaults } from './network.ts';
import type { Behaviour, ProcessorOptions } from './processor-books.ts';
import type { Program } from './programs.ts';
import { merchantId } from './programs.ts';
import { comeToRest, compareAllBooks } from './rest.ts';
import { openSystem, type Plan, type System } from './system.ts';
import { openWorld, withTimersOf } from './world.ts';

export interface Failure {
  /** The program that dies, once, at a labelled moment of contract 12.2. */
  readonly dies?: { readonly program: Program; readonly label: string };
  /** Who cannot be reached, by host, with the part of the path that matters. */
  readonly broken?: { readonly host: string; readonly path: string; readonly how: keyof Faults };
}

export interface Cell {
  /** Of the attempt in the end; absent when there was none. */
  readonly attempt: string;
  /** Of the session, as the end of the charge left it. */
  readonly session: string;
  /** What the page hears, which repeats its call for 90 s while it hears nothing final. */
  readonly answer: string;
}

const secondMs = 1_000;
const pageWaitsMs = 90 * secondMs;
const longMs = 365 * 24 * 3600 * secondMs;

export async function runCell(behaviour: Behaviour, failure: Failure): Promise<Cell & { problems: readonly string[] }> {
  const world = openWorld(1);
  return withTimersOf(world, async () => {
    let session = '–';
    const look = ({ disks }: System): void => {
      const [row] = disks.checkout.rows<{ status: string }>(
        "SELECT sessions.status FROM charges JOIN sessions ON sessions.id = charges.session_id WHERE outcome <> 'open'",
      );
      if (session === '–' && row !== undefined) session = row.status;
    };
    const system = await openSystem(world, planOf(behaviour, failure), look);
    const heard = await payOnce(system);
    checkAtRest(system, [heard]);
    const [attempt] = system.disks.pay.rows<{ state: string }>('SELECT state FROM attempts');
    return { attempt: attempt?.state ?? '–', session, answer: answerOf(heard), problems: system.problems };
  });
}

export interface Undone {
  readonly attempt: string;
  /** Of a late approval: how it was undone. */
  readonly undo: string | undefined;
  /** References of the refunds in the processor's books. */
  readonly refunds: readonly string[];
  readonly died: boolean;
  readonly problems: readonly string[];
}

/** A booking that must not stand and has settled at once, at a processor that is otherwise as told. */
export async function runUndoing(
  behaviour: Behaviour,
  processor: Partial<ProcessorOptions>,
  dies: Failure['dies'],
): Promise<Undone> {
  const world = openWorld(1);
  return withTimersOf(world, async () => {
    let died = false;
    const plan = planOf(behaviour, dies === undefined ? {} : { dies }, { settlesAfterMs: 0, ...processor });
    const diesAt: Plan['diesAt'] = (process, moment) => {
      const isNow = plan.diesAt(process, moment);
      died ||= isNow;
      return isNow;
    };
    const system = await openSystem(world, { ...plan, diesAt }, () => undefined);
    await payOnce(system);
    await compareAllBooks(system);
    return { ...undoneIn(system), died };
  });
}

const minuteMs = 60 * secondMs;

/**
 * A sale with the wrong code at Nuvei, which cannot be reached from then on and comes back in the night: the void is done
 * minutes before the books are compared, and its lookup shows it later, but within its grace time.
 */
export async function runVoidShownLate(): Promise<Omit<Undone, 'died'>> {
  const world = openWorld(seedOfEvening());
  return withTimersOf(world, async () => {
    const backAtMs = endOfDayMs(dayOf(world.nowMs())) + 30 * minuteMs;
    const plan = planOf('bad_cvv', {}, { wire: 'nuvei', playsClass: '2a', inquiryLagMs: 10 * minuteMs });
    const isGone = (host: string): boolean => {
      const [processor] = system.processors.filter(({ name }) => name === host);
      return processor !== undefined && processor.bookings.length > 0 && world.nowMs() < backAtMs;
    };
    const faultsOf: Plan['faultsOf'] = (host) => (isGone(host) ? { ...noFaults, refused: 1 } : noFaults);
    const system: System = await openSystem(world, { ...plan, faultsOf }, () => undefined);
    await payOnce(system);
    await compareAllBooks(system);
    return undoneIn(system);
  });
}

/** Six hours after it, which is when an undoing is tried again, the books are about to be compared. */
function seedOfEvening(): number {
  for (let seed = 1; ; seed += 1) {
    const startMs = openWorld(seed).nowMs();
    const beforeMs = endOfDayMs(dayOf(startMs)) - startMs;
    if (beforeMs > 304 * minuteMs && beforeMs < 308 * minuteMs) return seed;
  }
}

function undoneIn({ disks, processors, problems }: System): Omit<Undone, 'died'> {
  const [attempt] = disks.pay.rows<{ state: string }>('SELECT state FROM attempts');
  const [late] = disks.pay.rows<{ undo: string }>('SELECT undo FROM discrepancies');
  const refunds = processors.flatMap(({ bookings }) => bookings).flatMap((booking) => booking.refunds);
  return {
    attempt: attempt?.state ?? '–',
    undo: late?.undo,
    refunds: refunds.map(({ reference, amount }) => `${reference.slice(-1)} ${amount}`),
    problems: [...problems, ...processors.flatMap(({ complaints }) => complaints)],
  };
}

async function payOnce(system: System): Promise<Heard> {
  const { world, disks } = system;
  const merchant = { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings };
  await insertMerchant(disks.pay.before, merchant);
  const shopping = await goShopping(system, requestOver(1_840n));
  const paying = (async () => {
    await world.sleep(secondMs);
    const body = typeCard(system, shopping, '4242');
    const untilMs = world.nowMs() + pageWaitsMs;
    for (;;) {
      const told = await press(system, shopping, body);
      const isOpen = told.status === 202 || told.status === 0 || told.status === 500;
      if (!isOpen || world.nowMs() > untilMs) return told;
      await world.sleep(2 * secondMs);
    }
  })();
  await comeToRest(system);
  return paying;
}

const answerOf = ({ status, errorCode }: Heard): string =>
  errorCode === undefined ? `${status}` : `${status} ${errorCode}`;

function planOf(behaviour: Behaviour, { dies, broken }: Failure, processor: Partial<ProcessorOptions> = {}): Plan {
  let deaths = dies === undefined ? 0 : 1;
  return {
    sessionLifetimeSeconds: 1_800,
    processors: [
      {
        name: 'sandbox',
        playsClass: '2',
        wire: 'sandbox',
        behaviourOf: () => behaviour,
        inquiryLagMs: 0,
        inquiriesFail: 0,
        voidsFail: 0,
        settlesAfterMs: longMs,
        reviewsEndAs: 'approved',
        ...processor,
      },
    ],
    processes: { checkout: 1, pay: 1 },
    faultsOf: (host, path) =>
      broken !== undefined && host === broken.host && path.includes(broken.path)
        ? { ...noFaults, [broken.how]: 1 }
        : noFaults,
    troubles: 0,
    diesAt(process, { label }) {
      if (deaths === 0 || dies === undefined || label !== dies.label || !process.startsWith(dies.program)) return false;
      deaths -= 1;
      return true;
    },
    stallMs: () => 0,
    downtimeMs: () => 500,
    busyMs: pageWaitsMs + 60 * secondMs,
  };
}
