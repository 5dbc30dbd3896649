// What each connection asks of the server (contract 12.6), whatever the address asks for and the server's defaults are.
import { type Database, idleTransactionTimeoutMs, lockTimeoutMs, sql, statementTimeoutMs } from './handle.ts';
import { DatabaseUnusable } from './unusable.ts';

const TIMEOUTS = {
  statement_timeout: statementTimeoutMs,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
} as const;

/** Nobody hears "done" before the disk has it. */
const durably = '-c synchronous_commit=on';

/** For the client, in which the address wins: so it is left without a word about these. */
export function sessionSettings(url: string) {
  const [place = '', query = ''] = url.split('?');
  const asked = new URLSearchParams(query);
  const options = `${asked.get('options') ?? ''} ${durably}`.trim();
  for (const name of ['options', ...Object.keys(TIMEOUTS)]) asked.delete(name);
  return { connectionString: asked.size === 0 ? place : `${place}?${asked}`, options, ...TIMEOUTS };
}

/** Of a connection that gives up nothing. Asked for in words, because the client takes 0 for nothing said. */
export function patientSettings(url: string) {
  const { connectionString, options } = sessionSettings(url);
  const never = Object.keys(TIMEOUTS).map((name) => `-c ${name}=0`);
  return { connectionString, options: [options, ...never].join(' ') };
}

/**
 * A pooler in between may drop what a connection asks for; then its role has to have it (decision 0030). And in another
 * encoding there is no place for most of the names of this world.
 */
export async function refuseUnfit(db: Database): Promise<void> {
  const settings = await readSettings(db).catch((error: unknown) => {
    throw new DatabaseUnusable(error);
  });
  const encoding = settings.get('server_encoding') ?? '';
  if (!KEEPS_ALL_TEXTS.has(encoding))
    throw new DatabaseUnusable(new Error(`texts are kept as ${encoding}, not as UTF8`));
  const holds = ([name, most]: [string, number]): boolean => {
    const ms = Number(settings.get(name));
    return ms > 0 && ms <= most;
  };
  const dropped = Object.entries(TIMEOUTS).filter((timeout) => !holds(timeout));
  const missing = dropped.map(([name, most]) => `${name}=${most}`);
  if (!DURABLE.has(settings.get('synchronous_commit') ?? '')) missing.push('synchronous_commit=on');
  if (missing.length === 0) return;
  const why = `a pooler in between drops ${missing.join(', ')}: set it by ALTER ROLE, or let it pool sessions`;
  throw new DatabaseUnusable(new Error(why));
}

const DURABLE: ReadonlySet<string> = new Set(['on', 'remote_apply']);
/** The second one keeps the bytes as they come. */
const KEEPS_ALL_TEXTS: ReadonlySet<string> = new Set(['UTF8', 'SQL_ASCII']);

async function readSettings(db: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await db.all<{ name: string; setting: string }>(
    sql`SELECT name, setting FROM pg_settings
        WHERE name IN ('synchronous_commit', 'server_encoding') OR name LIKE '%timeout'`,
  );
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
