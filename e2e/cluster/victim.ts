// A process that may be killed, stopped and continued at any moment, and that ends when the test ends, however that ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';

export interface Spawning {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints goes here, after what it printed before. */
  readonly logFile: string;
  readonly cwd?: string;
  /** Who it runs as, where root must not. */
  readonly user?: number | undefined;
  /** Resolves when it can be used; asked until then. */
  readonly isUp: () => Promise<boolean>;
}

export interface Victim {
  readonly name: string;
  isAlive(): boolean;
  /** Starts it, where it does not run, and waits until it can be used. */
  start(): Promise<void>;
  /** SIGKILL, with all its children. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT, with all its children. */
  pause(): void;
  resume(): void;
}

const startTimeoutMs = 30_000;

export function openVictim(spawning: Spawning): Victim {
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  const isAlive = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const signalAll = (signal: NodeJS.Signals): void => {
    if (child?.pid === undefined || !isAlive()) return;
    // The parent first, so that it starts no others in place of those that end.
    for (const pid of [child.pid, ...childrenOf(child.pid)]) send(pid, signal);
  };
  return {
    name: spawning.name,
    isAlive,
    async start() {
      if (!isAlive()) {
        child = spawnIt(spawning);
        ended = once(child, 'exit');
      }
      await until(spawning, isAlive);
    },
    async kill() {
      if (!isAlive()) return;
      signalAll('SIGKILL');
      await ended;
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
  };
}

function spawnIt({ command, env = {}, logFile, cwd = '/', user }: Spawning): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const identity = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  return spawn('setpriv', [...identity, '--pdeathsig=KILL', '--', ...command], {
    cwd,
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', log, log],
  });
}

async function until({ name, isUp, logFile }: Spawning, isAlive: () => boolean): Promise<void> {
  const untilMs = Date.now() + startTimeoutMs;
  while (!(await isUp().catch(() => false))) {
    if (!isAlive()) throw new Error(`${name} ended at its start:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
    if (Date.now() > untilMs)
      throw new Error(`${name} is not up in time:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Children and their children: those of PostgreSQL are in no group of processes with it. */
function childrenOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(entry);
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const found: number[] = [];
  for (let next = [pid]; next.length > 0; ) {
    next = [...parents].filter(([, parent]) => next.includes(parent)).map(([child]) => child);
    found.push(...next);
  }
  return found;
}

function parentOf(pid: string): number | undefined {
  try {
    // After the name, which may hold anything: state, then the parent.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
