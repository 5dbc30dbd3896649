// What the engine can do by itself of an operation: the statements of ours, and nothing else of ours.
import { insertSession } from '@ozura/checkout/store/sessions';
import { requestOver } from '@ozura/e2e/simulation/customers';
import { type Cell, type Database, statementsOf } from '@ozura/kit/db/handle';
import type { Run } from './cell.ts';
import { openTables } from './commits.ts';
import { type EngineHome, openEngine } from './engines.ts';
import type { Operation } from './operations.ts';
import { findPgbench, pgbench } from './pgbench.ts';
import { openPaymentsByPgbench } from './pgbench-payments.ts';
import { paymentsBySqlite } from './sqlite-payments.ts';

/** So many of the operation a second, as many clients as requests at a time. */
type Alone = (run: Run) => Promise<number>;

export interface EngineAlone {
  /** `undefined` where that is not told. */
  of(operation: Operation): Alone | undefined;
  close(): Promise<void>;
}

/** On the same server as what is held against it; there it has databases of its own. */
export async function openAlone(home: EngineHome): Promise<EngineAlone> {
  const { ways, close } = home.engine === 'sqlite' ? bySqlite() : await byPgbench(home);
  return { of: ({ statements }) => statements && ways[statements], close };
}

interface Ways {
  readonly ways: Readonly<Partial<Record<NonNullable<Operation['statements']>, Alone>>>;
  close(): Promise<void>;
}

/** One payment after the other, however many ask: there is one writer. */
const bySqlite = (): Ways => ({
  ways: {
    async payment({ seconds }) {
      const home = await openEngine('sqlite');
      return paymentsBySqlite(home, Math.round(300 * seconds)).finally(() => home.close());
    },
  },
  close: async () => undefined,
});

/** Each client has a connection, and each of its commits is its own. */
async function byPgbench(home: EngineHome): Promise<Ways> {
  const program = findPgbench();
  if (program === undefined) {
    console.error('no pgbench on this machine (Debian: postgresql-contrib): left out');
    return { ways: {}, close: async () => undefined };
  }
  const sessions = await openTables(home, 'checkout', 'alone');
  const payments = await openPaymentsByPgbench(home, program);
  const session = await sessionsByPgbench(home, program);
  return {
    ways: { session, payment: ({ connections, seconds }) => payments.perSecond(connections, seconds) },
    close: async () => void (await Promise.all([sessions.close(), payments.close()])),
  };
}

async function sessionsByPgbench(home: EngineHome, program: string): Promise<Alone> {
  const id = 'session_of_pgbench';
  const times = { createdAtMs: Date.now(), expiresAtMs: Date.now() + 1_800_000 };
  const statements = await statementsOf((tx) =>
    insertSession(tx as Database, { id, request: requestOver(1_840n), ...times }),
  );
  let turn = 0;
  return async ({ connections, seconds }) => {
    turn += 1;
    // In the order of time, like ours: by turn, by what each client has counted, by client.
    const name = `'session_' || lpad('${turn}', 6, '0') || lpad(:n::text, 12, '0') || lpad(:client_id::text, 12, '0')`;
    const script = { set: ['n :n + 1'], commits: [statements], names: new Map<Cell, string>([[id, name]]) };
    const place = { url: home.urlOf('alone_checkout'), folder: home.folder, seconds };
    return pgbench(program, script, { ...place, clients: connections });
  };
}
