// PostgreSQL through `pg`: the same store functions, with the time-outs of contract 12.6 on every connection.
import { once } from 'node:events';
import pg from 'pg';
import { NotReady } from '../not-ready.ts';
import {
  type Cell,
  changingEach,
  type Database,
  type Handle,
  idleTransactionTimeoutMs,
  lockTimeoutMs,
  type Row,
  type Statement,
  sql,
  statementTimeoutMs,
} from './handle.ts';
import { type ClockRow, shownBy } from './test-clock.ts';
import { whyUnavailable } from './unavailable.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolMax: number;
  readonly testClock: boolean;
  readonly clockOffsetMs: () => number;
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

export function openPostgres({ url, poolMax, silenceTimeoutMs = silenceMs, ...clock }: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    types,
    connectionTimeoutMillis: lockTimeoutMs,
    // Whatever the server's own default is: nobody hears "done" before the disk has it (contract 12.6).
    options: '-c synchronous_commit=on',
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
    query_timeout: silenceTimeoutMs,
    keepAlive: true,
  });
  // An idle connection that the server ends is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const handle = handleOn(pool, clock);
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
  const transact: Database['transact'] = (body) => noting(transactOn(pool, clock, body));
  const check = async (): Promise<void> => {
    const { rows } = await pool.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
    if (rows[0]?.standby !== false) throw new NotReady('the server is read-only');
    if (cannotWrite) await transact((tx) => tx.run(probe));
  };
  return {
    engine: 'postgres',
    ...handle,
    run: (statement) => noting(handle.run(statement)),
    transact,
    changeEach: changingEach(transact),
    // One at a time: where the server is silent or commits hang, those who look must not take every connection.
    check: () => {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      return checking;
    },
    close: () => drain(pool),
  };
}

// `end` forgets whoever still waits for a connection.
async function drain(pool: pg.Pool): Promise<void> {
  while (pool.waitingCount > 0) await once(pool, 'release');
  await pool.end();
}

async function transactOn<T>(pool: pg.Pool, clock: Clock, body: (tx: Handle) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const lost = (error: Error): void => {
    broken = error;
  };
  // A connection that the server ends between two statements says so by an event, which nobody else listens to.
  client.on('error', lost);
  try {
    await client.query('BEGIN');
    const handle = handleOn(inTurn(client), clock);
    let isPatient = false;
    const script = (text: string): Promise<void> => {
      isPatient = true;
      return handle.script(text);
    };
    const value = await body({ ...handle, script });
    await commit(client, isPatient);
    return value;
  } catch (error) {
    // A connection that cannot roll back is thrown away; the server then rolls back by itself.
    if (isSilence(error)) lost(error);
    else await client.query('ROLLBACK').catch(lost);
    throw error;
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
}

// After a failed statement PostgreSQL answers COMMIT with ROLLBACK, and no error: a body that swallowed the failure
// would be told that its writes are on disk.
async function commit(client: pg.PoolClient, isPatient: boolean): Promise<void> {
  const { command } = await client.query(isPatient ? patiently('COMMIT') : 'COMMIT');
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: one of its statements had failed');
}

/** `query_timeout` as the client reports it: there is no code. */
const isSilence = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout';

const patiently = (text: string) => ({ text, query_timeout: patienceMs });

type Querying = Pick<pg.Pool, 'query'>;

/** One connection carries out one statement at a time; those that came together wait here. */
function inTurn(client: pg.PoolClient): Querying {
  let last: Promise<unknown> = Promise.resolve();
  const query = (...asked: Parameters<pg.PoolClient['query']>) => {
    const answer = last.then(() => client.query(...asked));
    last = answer.then(
      () => undefined,
      () => undefined,
    );
    return answer;
  };
  return { query } as unknown as Querying;
}

type Clock = Pick<PostgresOptions, 'testClock' | 'clockOffsetMs'>;

const realNow = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now';

async function readNow(client: Querying, { testClock, clockOffsetMs }: Clock): Promise<number> {
  const text = testClock ? `${realNow}, offset_ms, frozen_at FROM test_clock` : realNow;
  const { rows } = await client.query<{ now: number } & ClockRow>(text);
  const [row] = rows;
  if (row === undefined) throw new Error('the test clock is gone');
  return (testClock ? shownBy(row, row.now) : row.now) + clockOffsetMs();
}

function handleOn(client: Querying, clock: Clock): Handle {
  const query = (statement: Statement) =>
    client.query<Row>({ text: statement.text, values: statement.values.map((value) => (value ?? null) as Cell) });
  return {
    now: () => readNow(client, clock),
    all: async <R extends Row>(statement: Statement) => (await query(statement)).rows as R[],
    one: async <R extends Row>(statement: Statement) => (await query(statement)).rows[0] as R | undefined,
    run: async (statement) => (await query(statement)).rowCount ?? 0,
    script: async (text) => void (await client.query(patiently(text))),
  };
}
