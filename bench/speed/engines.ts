// Where an installation that is measured keeps its rows: files, or databases on a PostgreSQL that is set up to last.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@ozura/e2e/postgres-server';
import { openDatabase } from '@ozura/kit/db/open';

export const ENGINES = ['sqlite', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];
export type DatabaseOf = 'checkout' | 'pay' | 'vault';

export interface EngineHome {
  readonly engine: Engine;
  /** For files of any kind; on the disk that is measured. */
  readonly folder: string;
  /** Of the database server; absent where the programs are their own. */
  readonly pid?: number;
  /** Makes an empty database, and answers its address. */
  create(name: string): Promise<string>;
  urlOf(name: string): string;
  close(): Promise<void>;
}

export async function openEngine(engine: Engine): Promise<EngineHome> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-speed-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  if (engine === 'sqlite') {
    const urlOf = (name: string): string => join(folder, `${name}.db`);
    return {
      engine,
      folder,
      urlOf,
      create: async (name) => urlOf(name),
      close: async () => removeFolder(),
    };
  }
  const server = await startPostgres({ durable: true });
  const urlOf = (name: string): string => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  return {
    engine,
    folder,
    urlOf,
    pid: server.pid,
    async create(name) {
      const db = await openDatabase({ url: server.url, poolMax: 1 });
      await db.script(`CREATE DATABASE ${name}`).finally(() => db.close());
      return urlOf(name);
    },
    async close() {
      await server.stop();
      removeFolder();
    },
  };
}
