// The whole system as a person starts it: one child process, fresh data, free ports.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';
import { freePortBase } from './ports.ts';
import { bundleOf } from './program-bundle.ts';

export interface DevFile {
  readonly checkoutUrl: string;
  readonly vaultUrl: string;
  readonly payUrl: string;
  readonly elementsUrl: string;
  readonly storeUrl: string;
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
  readonly pubKey: string;
  readonly adminToken: string;
  /** Control surfaces of the programs that play processors, when there are any. */
  readonly processors?: Readonly<Record<string, string>>;
}

export interface System {
  readonly dev: DevFile;
  readonly dataDir: string;
  readonly portBase: number;
  /** Of the process that runs now. */
  pid(): number;
  /** Resolves with its exit code when it ends by itself. */
  ended(): Promise<number | null>;
  /** Everything the process printed. */
  output(): string;
  /** SIGKILL: no handler runs. */
  kill(): Promise<void>;
  /** The same data and ports again. */
  restart(env?: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

const startTimeoutMs = 100_000;

/** `args`: of `ozura start`. */
export async function startSystem(env: Record<string, string> = {}, args: readonly string[] = []): Promise<System> {
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'ozura-e2e-'));
  const portBase = await freePortBase();
  const all = { PORT_BASE: String(portBase), DATA_DIR: dataDir, RATE_LIMITS: 'off', ...env };
  let running = await launch(all, args);
  return {
    dev: JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8')) as DevFile,
    dataDir,
    portBase,
    pid: () => running.pid,
    ended: () => running.ended,
    output: () => running.output(),
    kill: () => running.end('SIGKILL'),
    async restart(extra = {}) {
      await running.end('SIGKILL');
      running = await launch({ ...all, ...extra }, args);
    },
    async stop() {
      await running.end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface Launched {
  readonly pid: number;
  readonly ended: Promise<number | null>;
  output(): string;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

async function launch(env: Record<string, string>, args: readonly string[]): Promise<Launched> {
  const child = spawn(process.execPath, [await bundleOf('../apps/cli/src/main.ts'), 'start', ...args], {
    env: { ...process.env, DATABASE_URL: '', ...COMPILE_CACHE, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await ready(child, env, () => output).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

async function ready(child: ChildProcess, env: Record<string, string>, output: () => string): Promise<void> {
  const health = `http://127.0.0.1:${env.PORT_BASE}/health`;
  const until = Date.now() + startTimeoutMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the system ended with ${child.exitCode}:\n${output()}`);
    const answered = await fetch(health).then(
      (answer) => answer.ok,
      () => false,
    );
    // The summary is printed last; with it everything that it names is there.
    if (answered && existsSync(join(env.DATA_DIR ?? '', 'dev.json')) && output().includes('/checkout/session_')) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the system was not ready in time:\n${output()}`);
}
