// One connection of the pool for as long as some work needs it.
import type pg from 'pg';

/** Work that fails is rolled back. */
export async function onClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const lost = (error: Error): void => {
    broken = error;
  };
  // A connection that the server ends between two statements says so by an event, which nobody else listens to.
  client.on('error', lost);
  try {
    return await work(client);
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

/** What is sent to it in one go, statement by statement, leaves in one write. */
export function writeTogether({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  queueMicrotask(() => stream.uncork());
}

/** `query_timeout` and `connectionTimeoutMillis` as the client reports them: there is no code. */
const SILENCE: ReadonlySet<string> = new Set(['Query read timeout', 'Connection terminated due to connection timeout']);

export const isSilence = (error: unknown): error is Error => error instanceof Error && SILENCE.has(error.message);
