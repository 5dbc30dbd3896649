// Who holds what a statement waits for, in words for an operator. What they say to the server is left out: it may be secret.
import { type Handle, sql } from './handle.ts';

interface Watched {
  readonly looker: Handle | undefined;
  /** The connection whose statements wait. */
  readonly of: Handle;
  readonly everyMs: number;
  readonly note: (who: string) => void;
}

/** Looks while `work` is under way. That a look fails is nothing to it. */
export async function watching<T>({ looker, of, everyMs, note }: Watched, work: () => Promise<T>): Promise<T> {
  if (looker === undefined) return work();
  const { pid = 0 } = (await of.one<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`)) ?? {};
  const look = async (): Promise<void> => {
    const who = await holdersOf(looker, pid);
    if (who !== '') note(who);
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function holdersOf(looker: Handle, pid: number): Promise<string> {
  const rows = await looker.all<{ holder: string }>(sql`
    SELECT DISTINCT CASE WHEN blocking.pid = 0 THEN 'a prepared transaction' ELSE
      'process ' || blocking.pid || ' (' || concat_ws(', ', holder.usename, NULLIF(holder.application_name, ''),
        NULLIF(holder.backend_type, 'client backend'), holder.state,
        'since ' || to_char(holder.xact_start AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC') || ')' END AS holder
    FROM pg_stat_activity AS waiting CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
      LEFT JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid
    WHERE waiting.pid = ${pid} AND waiting.wait_event_type = 'Lock'
    ORDER BY holder`);
  return rows.map(({ holder }) => holder).join(' and ');
}
