// `npm run bench -- growth [sessions]`: creating and reading a session with many sessions in the database beside the same
// with few, on both engines. The two take turns, so that a machine that slows down slows both.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pay, preparePay } from '@ozura/e2e/browserless';
import { createSession } from '@ozura/e2e/merchant';
import { type PostgresServer, startPostgres } from '@ozura/e2e/postgres-server';
import { openDatabase } from '@ozura/kit/db/open';
import { filledId, fillSessions } from './fill-sessions.ts';
import { type Load, type Measured, measureByFetch, median } from './load.ts';
import { creating } from './sessions.ts';
import { type System, startSystem } from './system.ts';

const few = 2_000;
const many = 2_000_000;
/** Few enough that requests do not wait for one another. */
const connections = 4;
const seconds = 4;
const rounds = 5;
const differentSessions = 5_000;

const portBases = { few: 23_500, many: 23_600 };

export async function benchGrowth(sessions = many): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-growth-'));
  const server = await startPostgres();
  try {
    console.log('| engine | what | few | many | ratio; of p99 ≤ 1.3 | load average |\n|---|---|---|---|---|---|');
    await compare('sqlite', sessions, (size) => join(folder, `${size}.db`));
    await compare('postgres', sessions, (size) => databaseOn(server, size));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Size = keyof typeof portBases;

async function databaseOn(server: PostgresServer, size: Size): Promise<string> {
  const db = await openDatabase({ url: server.url, poolMax: 1 });
  await db.script(`CREATE DATABASE growth_${size}`);
  await db.close();
  return Object.assign(new URL(server.url), { pathname: `/growth_${size}` }).href;
}

async function compare(
  engine: string,
  sessions: number,
  urlOf: (size: Size) => string | Promise<string>,
): Promise<void> {
  const small = await startSized('few', await urlOf('few'));
  const large = await startSized('many', await urlOf('many'));
  try {
    await fill(small, few);
    await fill(large, sessions);
    for (const [what, loadOf] of Object.entries(LOADS)) {
      const turns: Turn[] = [];
      for (let round = 0; round < rounds; round += 1) {
        turns.push({ few: await timesOf(loadOf(small, few)), many: await timesOf(loadOf(large, sessions)) });
      }
      for (const share of ['p50Ms', 'p99Ms'] as const) console.log(row(`${engine} | ${what}, ${share}`, turns, share));
    }
  } finally {
    await small.stop();
    await large.stop();
  }
}

type Turn = Readonly<Record<Size, Measured>>;

function row(what: string, turns: readonly Turn[], share: 'p50Ms' | 'p99Ms'): string {
  const shown = (size: Size): string => median(turns.map((turn) => turn[size][share])).toFixed(1);
  const ratio = median(turns.map(({ few, many }) => many[share] / few[share])).toFixed(2);
  return `| ${what} | ${shown('few')} | ${shown('many')} | ${ratio} | ${loadavg()[0]?.toFixed(1)} |`;
}

const timesOf = (load: Omit<Load, 'connections' | 'seconds'>): Promise<Measured> =>
  measureByFetch({ ...load, connections, seconds });

type LoadOf = (system: System, sessions: number) => Omit<Load, 'connections' | 'seconds'>;

const LOADS: Readonly<Record<string, LoadOf>> = {
  'create a session': ({ dev }) => creating(dev, { amount: '18.40' }),
  'read a session': ({ dev }, sessions) => ({
    method: 'GET',
    url: dev.checkoutUrl,
    urls: Array.from(
      { length: differentSessions },
      () => `${dev.checkoutUrl}/api/sessions/${filledId(Math.floor(Math.random() * sessions))}`,
    ),
  }),
};

interface Sized extends System {
  readonly databaseUrl: string;
}

async function startSized(size: Size, databaseUrl: string): Promise<Sized> {
  const system = await startSystem({ portBase: portBases[size], env: { CHECKOUT_DATABASE_URL: databaseUrl } });
  return { ...system, databaseUrl };
}

async function fill({ dev, databaseUrl }: Sized, sessions: number): Promise<void> {
  const { sessionId } = await createSession(dev);
  const paid = await pay(dev, await preparePay(dev, sessionId, '4242424242424242'));
  if (paid.status !== 200) throw new Error(`the payment of a session was answered ${paid.status}`);
  const db = await openDatabase({ url: databaseUrl, poolMax: 1 });
  await fillSessions(db, { of: sessionId, from: 0, to: sessions });
  await db.close();
}
