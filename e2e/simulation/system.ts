// A whole installation in a simulation: programs that die and come back, their disks, and what is around them.
import { type Client, openClient } from '@ozura/contract/client';
import { Refusal } from '@ozura/core/errors';
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import type { Log } from '@ozura/kit/log';
import { openMetrics } from '@ozura/kit/metrics';
import { DatabaseTrouble, type Disk, openDisk } from './disk.ts';
import { dueOf } from './due.ts';
import { type Faults, type Host, type Network, sendFrom } from './network.ts';
import { comesBack } from './planned-refusals.ts';
import { type Fate, openProcess, type Process } from './process.ts';
import { openProcessor, type SimulatedProcessor } from './processor.ts';
import type { ProcessorOptions } from './processor-books.ts';
import { hosts, merchantId, merchantKeys, type Program, type Running, startCheckout, startPay } from './programs.ts';
import { openSimulatedVault, type SimulatedVault } from './vault.ts';
import type { World } from './world.ts';

type Started = Running<Context & { readonly db: Database }>;

export interface Plan {
  readonly sessionLifetimeSeconds: number;
  /** In the order in which they are tried. */
  readonly processors: readonly ProcessorOptions[];
  readonly processes: Readonly<Record<Program, number>>;
  faultsOf(host: string, path: string): Faults;
  /** How often a database fails. */
  readonly troubles: number;
  diesAt: Fate['diesAt'];
  stallMs: Fate['stallMs'];
  downtimeMs(): number;
  /** Until then there are customers, and jobs run as often as they do. */
  readonly busyMs: number;
}

export interface System {
  readonly world: World;
  readonly plan: Plan;
  readonly disks: Readonly<Record<Program, Disk>>;
  readonly processors: readonly SimulatedProcessor[];
  readonly vault: SimulatedVault;
  /** Of customers, at Checkout. */
  readonly client: Client;
  /** Of the merchant's server, at Pay. */
  readonly merchantClient: Client;
  readonly running: Map<string, Started>;
  readonly problems: string[];
  readonly busyUntilMs: number;
  /** What is to happen long after that, in between what is due then. */
  readonly appointments: Appointment[];
  /** The last time that books were compared. */
  readonly comparison: { triedAtMs: number };
}

interface Appointment {
  readonly atMs: number;
  readonly keep: () => void;
}

/** Until that time comes, however long that takes. */
export const waitUntil = ({ appointments }: System, atMs: number): Promise<void> =>
  new Promise((keep) => appointments.push({ atMs, keep }));

const migrationsOf = (program: Program): URL => new URL(`../../apps/${program}/src/store/migrations/`, import.meta.url);

/** `committed` looks at what a program has just written. */
export async function openSystem(
  world: World,
  plan: Plan,
  committed: (system: System, by: Program) => void,
): Promise<System> {
  const problems: string[] = [];
  const running = new Map<string, Started>();
  const servers = new Map<string, readonly Host[]>();
  const network: Network = { hosts: servers, faultsOf: plan.faultsOf };
  const open = (program: Program): Promise<Disk> =>
    openDisk(world, {
      migrations: migrationsOf(program),
      troubles: plan.troubles,
      committed: () => committed(system, program),
    });
  const disks = { checkout: await open('checkout'), pay: await open('pay') };
  const processors = plan.processors.map((options) => openProcessor(world, options, nameOfVoid(disks.pay)));
  const send = sendFrom(world, network, undefined);
  const vault = openSimulatedVault(world, merchantId, send);
  servers.set(hosts.vault, [vault]);
  for (const processor of processors) servers.set(processor.name, [processor]);
  const system: System = {
    world,
    plan,
    disks,
    processors,
    vault,
    client: openClient(`http://${hosts.checkout}`, send),
    merchantClient: openClient(`http://${hosts.pay}`, send, merchantKeys),
    running,
    problems,
    busyUntilMs: world.nowMs() + plan.busyMs,
    appointments: [],
    comparison: { triedAtMs: 0 },
  };
  for (const program of ['checkout', 'pay'] as const) {
    for (let i = 1; i <= plan.processes[program]; i += 1) launch(system, network, `${program}-${i}`);
  }
  return system;
}

/** A merchant's void of a sale has a row of its own; any other undoes the sale under the sale's name. */
const nameOfVoid =
  (pay: Disk) =>
  (saleReference: string): string => {
    const [own] = pay.rows<{ id: string }>(
      "SELECT refund_id AS id FROM refunds WHERE sale_id = ? AND means = 'void' AND state NOT IN ('NOT_SENT', 'REFUSED') ORDER BY created_at DESC",
      saleReference,
    );
    return own?.id ?? saleReference;
  };

/** A program that cannot start is started again, like one that has died. */
function launch(system: System, network: Network, name: string): void {
  const { world, plan } = system;
  const again = (): void => void world.at(world.nowMs() + plan.downtimeMs(), () => launch(system, network, name));
  start(system, network, { name, again }).catch(again);
}

async function start(
  system: System,
  network: Network,
  { name, again }: { readonly name: string; readonly again: () => void },
): Promise<void> {
  const { world, plan, running } = system;
  const program = name.split('-')[0] as Program;
  const fate: Fate = {
    diesAt: plan.diesAt,
    stallMs: plan.stallMs,
    died: () => {
      running.delete(name);
      again();
    },
  };
  const process = openProcess(world, name, fate);
  const log = logOf(system, process);
  const base: Context = {
    now: world.nowMs,
    random: (count) => world.chance.bytes(count),
    log,
    metrics: openMetrics(),
  };
  const db = system.disks[program].mount(process, plan.processes[program] > 1 ? 'postgres' : 'sqlite');
  const started: Started =
    program === 'pay'
      ? startPay({ base, process, db, send: sendFrom(world, network, process) }, plan.processors)
      : await startCheckout({ base, process, db, send: sendFrom(world, network, process) }, plan);
  if (!process.isAlive()) return;
  running.set(name, started);
  network.hosts.set(
    program,
    [...running]
      .filter(([of]) => of.startsWith(program))
      .map(([, { router, ...rest }]) => hostOf(router, rest.process)),
  );
  for (const job of started.jobs) tick(system, started, job);
}

const hostOf = (router: Started['router'], process: Started['process']): Host => ({
  process,
  answer: (request) => router.dispatch(request),
});

/** While there are customers jobs run by themselves; later they are run when something is due. */
function tick(system: System, started: Started, job: Started['jobs'][number]): void {
  const { world, busyUntilMs } = system;
  const isDue = (dueOf(system, job.name) ?? Number.POSITIVE_INFINITY) <= world.nowMs();
  // A run that finds nothing does nothing: it is left out.
  (isDue ? runJob(started, job) : Promise.resolve()).then(() => {
    const dueMs = Math.min(dueOf(system, job.name) ?? Number.POSITIVE_INFINITY, world.nowMs() + idleMaxMs);
    const nextMs = Math.max(world.nowMs() + job.everyMs, dueMs) + world.chance.between(0, 200);
    if (nextMs < busyUntilMs && started.process.isAlive()) world.at(nextMs, () => tick(system, started, job));
  });
}

/** Nothing new is due before that. */
const idleMaxMs = 4_000;

const neverStopping = new AbortController().signal;

const runJob = ({ process, context: { log } }: Started, job: Started['jobs'][number]): Promise<void> =>
  process.isAlive()
    ? job.run(neverStopping).then(
        () => undefined,
        (error: unknown) => log.error({ job: job.name, err: error }, 'job failed'),
      )
    : new Promise(() => undefined);

/** The jobs of every program that have something to do; `all`: those without a time of their own too. */
export function runJobs(system: System, all = false): void {
  for (const started of system.running.values()) {
    for (const job of started.jobs) {
      const dueMs = dueOf(system, job.name) ?? (all ? 0 : Number.POSITIVE_INFINITY);
      if (dueMs <= system.world.nowMs()) void runJob(started, job);
    }
  }
}

/** An error that nobody planned is a problem, wherever it is caught. */
function logOf({ problems }: System, { name, isAlive }: Process): Log {
  const error = ({ err }: { readonly err?: unknown }, text: string): void => {
    if (isAlive() && err !== undefined && !isPlanned(err)) problems.push(`${name}: ${text}: ${describe(err)}`);
  };
  const quiet = (): void => undefined;
  return { error, warn: quiet, info: quiet, debug: quiet } as unknown as Log;
}

/** A database in trouble, a program that waited for it in vain, and one that cannot be reached. */
const isPlanned = (error: unknown): boolean =>
  error instanceof DatabaseTrouble ||
  (error instanceof Refusal && comesBack({ errorCode: error.code })) ||
  /^no answer within/.test((error as Error).message);

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
