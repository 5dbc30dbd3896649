// The sandbox processor (contract 9.7): a program of its own that Pay reaches over HTTP, as it would a real one.
import { openContext } from '@ozura/kit/context';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { listen } from '@ozura/kit/http/server';
import type { Log } from '@ozura/kit/log';
import { openApp } from './app.ts';

export interface SandboxConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly log: Log;
}

export interface RunningSandbox {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSandbox({ host, port, databaseUrl, log }: SandboxConfig): Promise<RunningSandbox> {
  const db = await openDatabase({ url: databaseUrl, testClock: true });
  const stopping = new AbortController();
  const app = openApp({ ...openContext(log), db, stopping: stopping.signal });
  const close = async (): Promise<void> => {
    stopping.abort();
    await app.close();
    await db.close();
  };
  try {
    await migrate(db, readMigrations(new URL('./store/migrations/', import.meta.url)), {
      tell: (what) => log.info(what),
    });
    return { url: await listen(app, host, port), stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}
