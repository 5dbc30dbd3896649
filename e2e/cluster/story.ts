// The story of one run: a quiet time, then one fault after the other under load, then rest.
import { openChance } from '../simulation/world.ts';
import { ageIdlePlans, openBooks } from './books.ts';
import type { Cluster } from './cluster.ts';
import { FAULTS, type Fault, type FaultKind } from './faults.ts';
import { readyOf } from './programs.ts';
import { type Planned, planFaults } from './schedule.ts';

export interface Struck {
  readonly kind: FaultKind;
  readonly target: string;
  readonly atMs: number;
  readonly healedAtMs: number;
  /** From the begin of the healing until every process says that it can work: the start of what was killed is in it. */
  readonly readyAfterMs: number;
  readonly endedAtMs: number;
}

export interface Telling {
  readonly seed: number;
  /** No fault begins after it. */
  readonly untilMs: number;
  readonly tell: (line: string) => void;
  readonly problems: string[];
}

const settleMs = 1_500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const holdings = Object.fromEntries(Object.entries(FAULTS).map(([kind, { holding }]) => [kind, holding])) as {
  [Kind in FaultKind]: (typeof FAULTS)[Kind]['holding'];
};

export async function strikeAll(cluster: Cluster, telling: Telling): Promise<Struck[]> {
  const struck: Struck[] = [];
  for (const planned of planFaults<FaultKind>(holdings, telling.seed)) {
    if (Date.now() > telling.untilMs) break;
    try {
      struck.push(await strike(cluster, planned, telling));
    } catch (error) {
      telling.problems.push(`${planned.kind}: no recovery: ${(error as Error).message}`);
      break;
    }
  }
  return struck;
}

async function strike(cluster: Cluster, { kind, holdMs, seed }: Planned<FaultKind>, telling: Telling): Promise<Struck> {
  const fault: Fault = FAULTS[kind].make(cluster, openChance(seed));
  telling.tell(`${kind}: ${fault.target}${holdMs === 0 ? '' : `, ${(holdMs / 1_000).toFixed(1)} s`}`);
  // So that whoever charges plans has something in hand.
  await ageIdle(cluster);
  const atMs = Date.now();
  await fault.strike();
  const [isNoticed] = await Promise.all([notice(fault, holdMs), pause(holdMs)]);
  if (!isNoticed)
    telling.problems.push(`${fault.noticed?.instance.process.name} did not say that its database is away`);
  const healedAtMs = Date.now();
  await fault.heal();
  await cluster.untilReady();
  const readyAfterMs = Date.now() - healedAtMs;
  await pause(settleMs);
  await cluster.pair.repair();
  await replaceFallen(cluster, telling.problems);
  await cluster.untilReady();
  return { kind, target: fault.target, atMs, healedAtMs, readyAfterMs, endedAtMs: Date.now() };
}

/** Whether `/ready` says what is missing, at least once. */
async function notice({ noticed }: Fault, holdMs: number): Promise<boolean> {
  if (noticed === undefined) return true;
  for (const untilMs = Date.now() + holdMs; Date.now() < untilMs; await pause(200)) {
    const { isReady, missing } = await readyOf(noticed.instance);
    if (!isReady && missing.includes(noticed.missing)) return true;
  }
  return false;
}

/** A program that nobody killed must be running. */
async function replaceFallen({ instances, sandbox }: Cluster, problems: string[]): Promise<void> {
  for (const victim of [sandbox, ...instances.map(({ process }) => process)]) {
    if (victim.isAlive()) continue;
    problems.push(`${victim.name} ended by itself`);
    await victim.start();
  }
}

async function ageIdle(cluster: Cluster): Promise<void> {
  const books = await openBooks(cluster);
  await ageIdlePlans(books.pay, await books.pay.now()).finally(() => books.close());
}
