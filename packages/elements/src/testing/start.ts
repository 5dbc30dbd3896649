// The whole system for a test run: the real programs in a process of their own, on free ports, with a sandbox processor and fresh data.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePortBase } from './ports.ts';

export interface StartOptions {
  /** A checkout of the Ozura repository. It is started by its `tools/run`, which installs what is missing first. */
  readonly repository?: string | undefined;
  /** Instead of `repository`: how to start the system, such as `['npx', 'ozura', 'start']`. It gets PORT_BASE and DATA_DIR. */
  readonly command?: readonly string[] | undefined;
  /** Beside the environment of this process, such as `{ RATE_LIMITS: 'off' }`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Until it answers. Default 120000: the first start may install. */
  readonly timeoutMs?: number | undefined;
}

/** Addresses and keys of the sandbox merchant. */
export interface RunningOzura {
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
  /** Everything it printed so far. */
  output(): string;
  /** Ends the system and removes its data. */
  stop(): Promise<void>;
}

const timeoutDefaultMs = 120_000;
const lookAgainMs = 50;

/** Needs a repository or a command: the system is no part of this package. */
export async function startOzura(options: StartOptions): Promise<RunningOzura> {
  const [program, ...args] = commandOf(options);
  const dataDir = mkdtempSync(join(tmpdir(), 'ozura-testing-'));
  const portBase = await freePortBase();
  // The database of the shop under test is not to be Ozura's, too.
  const ours = { DATABASE_URL: '', PORT_BASE: String(portBase), DATA_DIR: dataDir };
  const env = { ...process.env, ...ours, ...options.env };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const running = follow(child);
  const stop = async (): Promise<void> => {
    await running.end();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(running, { portBase, dataDir, timeoutMs: options.timeoutMs ?? timeoutDefaultMs });
    const file = JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8')) as Omit<RunningOzura, 'output' | 'stop'>;
    return { ...file, output: running.output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function commandOf({ repository, command }: StartOptions): readonly [string, ...string[]] {
  const [program, ...args] = command ?? [];
  if (program !== undefined) return [program, ...args];
  if (repository === undefined) {
    throw new Error(
      'startOzura: pass repository, the folder of a checkout of Ozura, or command, what starts the system',
    );
  }
  const script = resolve(repository, 'tools/run');
  if (!existsSync(script)) throw new Error(`startOzura: repository: ${script} is not there`);
  return ['sh', script, 'start'];
}

interface Following {
  output(): string;
  /** Why it will never be ready. */
  failure(): string | undefined;
  end(): Promise<void>;
}

function follow(child: ChildProcess): Following {
  let output = '';
  let failure: string | undefined;
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      failure = `it ended with ${code ?? signal}`;
      resolve();
    });
  });
  return {
    output: () => output,
    failure: () => failure,
    async end() {
      if (failure === undefined) child.kill('SIGTERM');
      await ended;
    },
  };
}

interface Readiness {
  readonly portBase: number;
  readonly dataDir: string;
  readonly timeoutMs: number;
}

/** The file with the keys is written when everything listens. */
async function untilReady(running: Following, { portBase, dataDir, timeoutMs }: Readiness): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    if (running.failure() !== undefined) {
      throw new Error(`startOzura: the system did not start, ${running.failure()}:\n${running.output()}`);
    }
    if (existsSync(join(dataDir, 'dev.json')) && (await isReady(`http://127.0.0.1:${portBase}/ready`))) return;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  throw new Error(`startOzura: the system was not ready after ${timeoutMs} ms:\n${running.output()}`);
}

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
