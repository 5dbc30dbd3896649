// PostgreSQL through `pg`: the same store functions, with the time-outs of contract 12.6 on every connection. Connections
// are pipelined: what need not wait for an answer is sent at once.
import { once } from 'node:events';
import pg from 'pg';
import { NotReady } from '../not-ready.ts';
import {
  changesEach,
  type Database,
  type Handle,
  lockTimeoutMs,
  type Row,
  type Statement,
  sql,
  statementTimeoutMs,
} from './handle.ts';
import { openChanges } from './postgres-changes.ts';
import { onClient } from './postgres-client.ts';
import { type Clock, type ClockAnswer, clockText, sharedNow, timeOf } from './postgres-clock.ts';
import { openInserts } from './postgres-inserts.ts';
import { openLookups } from './postgres-lookups.ts';
import { patientSettings, refuseUnfit, sessionSettings } from './postgres-session.ts';
import { openStatements, type Sender } from './postgres-statements.ts';
import { whyUnavailable } from './unavailable.ts';

export interface PostgresOptions extends Clock {
  readonly url: string;
  readonly poolMax: number;
  /** For tests. */
  readonly silenceTimeoutMs?: number;
}

/** Writes one row, and changes nothing. */
const probe = sql`UPDATE migrations SET applied_at = applied_at WHERE name = (SELECT min(name) FROM migrations)`;

/**
 * When a statement is given up here: later than the server itself gives it up, which says nothing when the server, or the
 * way to it, has gone without a word. A commit has no time-out there either: it may wait for a standby that has gone.
 */
const silenceMs = statementTimeoutMs + 2_000;
/** Of a migration, which takes as long as it takes: the longest that a timer can wait. */
const patienceMs = 2 ** 31 - 1;

// Times and amounts are int8; both stay below 2^53 by the limits of the contract.
const INT8 = 20;
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** The same, when the server takes us as we have to be. */
export async function openOnServer(options: PostgresOptions): Promise<Database> {
  const db = openPostgres(options);
  try {
    await refuseUnfit(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

export function openPostgres({ url, poolMax, silenceTimeoutMs = silenceMs, ...clock }: PostgresOptions): Database {
  const pool = new pg.Pool({
    ...sessionSettings(url),
    max: poolMax,
    types,
    pipeline: true,
    connectionTimeoutMillis: lockTimeoutMs,
    query_timeout: silenceTimeoutMs,
    keepAlive: true,
  });
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const send = openStatements();
  const alone = handleOn(pool, { send, now: sharedNow(pool, send, clock) });
  const inserts = openInserts(pool, send);
  const lookups = openLookups(pool, send);
  const changes = openChanges(pool, send, async (change) => {
    const [only, ...others] = change;
    if (only !== undefined && others.length === 0) return (await alone.run(only)) === 1;
    return onClient(pool, (client) => changeOn(client, send, change));
  });
  let cannotWrite = false;
  let checking: Promise<void> | undefined;
  const noting = async <T>(writing: Promise<T>): Promise<T> => {
    try {
      const value = await writing;
      cannotWrite = false;
      return value;
    } catch (error) {
      cannotWrite ||= whyUnavailable(error) !== undefined;
      throw error;
    }
  };
  const transact: Database['transact'] = (body) =>
    noting(onClient(pool, (client) => transactOn(client, { clock, send, body })));
  const check = async (): Promise<void> => {
    const { rows } = await pool.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
    if (rows[0]?.standby !== false) throw new NotReady('the server is read-only');
    if (cannotWrite) await transact((tx) => tx.run(probe));
  };
  const one = <R extends Row>(statement: Statement) =>
    (lookups.add(statement) as Promise<R | undefined> | undefined) ?? alone.one<R>(statement);
  const run: Database['run'] = (statement) => noting(inserts.add(statement) ?? alone.run(statement));
  return {
    engine: 'postgres',
    ...alone,
    one,
    run,
    transact,
    changeEach: (statements) => noting(changes.add(statements)),
    beside: () => openBeside(url, clock),
    // One at a time: where the server is silent or commits hang, those who look must not take every connection.
    check: () => {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      return checking;
    },
    async close() {
      await Promise.all([changes, inserts, lookups].map((line) => line.end()));
      await drain(pool);
    },
  };
}

function openBeside(url: string, clock: Clock): ReturnType<NonNullable<Database['beside']>> {
  const own = new pg.Pool({
    ...patientSettings(url),
    max: 1,
    types,
    connectionTimeoutMillis: lockTimeoutMs,
    keepAlive: true,
  });
  own.on('error', () => undefined);
  const send = openStatements();
  return { ...handleOn(own, { send, now: sharedNow(own, send, clock) }), close: () => drain(own) };
}

// `end` forgets whoever still waits for a connection.
async function drain(pool: pg.Pool): Promise<void> {
  while (pool.waitingCount > 0) await once(pool, 'release');
  await pool.end();
}

interface Transaction<T> {
  readonly clock: Clock;
  readonly send: Sender;
  readonly body: (tx: Handle) => Promise<T>;
}

async function transactOn<T>(client: pg.PoolClient, { clock, send, body }: Transaction<T>): Promise<T> {
  // One text: a statement that went out behind a BEGIN that fails would commit by itself. The clock comes along, because
  // nearly every transaction asks for it; it stands still until the transaction ends, as PostgreSQL's own does.
  const begun = (await client.query(`BEGIN; ${clockText(clock)}`)) as unknown as pg.QueryResult<ClockAnswer>[];
  const beganMs = timeOf(begun[1]?.rows[0], clock);
  const handle = handleOn(client, { send, now: async () => beganMs + clock.clockOffsetMs() });
  let isPatient = false;
  const script = (text: string): Promise<void> => {
    isPatient = true;
    return handle.script(text);
  };
  const value = await body({ ...handle, script });
  await commit(client, isPatient);
  return value;
}

/** Nobody in between asks for the time. */
async function changeOn(client: pg.PoolClient, send: Sender, statements: readonly Statement[]): Promise<boolean> {
  await client.query('BEGIN');
  const isDone = await changesEach(statements, async (statement) => (await send(client, statement)).rowCount ?? 0);
  if (isDone) await commit(client, false);
  else await client.query('ROLLBACK');
  return isDone;
}

// After a failed statement PostgreSQL answers COMMIT with ROLLBACK, and no error: a body that swallowed the failure
// would be told that its writes are on disk.
async function commit(client: pg.PoolClient, isPatient: boolean): Promise<void> {
  const { command } = await client.query(isPatient ? patiently('COMMIT') : 'COMMIT');
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: one of its statements had failed');
}

const patiently = (text: string) => ({ text, query_timeout: patienceMs });

interface Sending {
  readonly send: Sender;
  readonly now: Handle['now'];
}

const handleOn = (client: pg.Pool | pg.PoolClient, { send, now }: Sending): Handle => ({
  now,
  all: async <R extends Row>(statement: Statement) => (await send(client, statement)).rows as R[],
  one: async <R extends Row>(statement: Statement) => (await send(client, statement)).rows[0] as R | undefined,
  run: async (statement) => (await send(client, statement)).rowCount ?? 0,
  script: async (text) => void (await client.query(patiently(text))),
});
