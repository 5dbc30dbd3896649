// Which files an installation consists of: databases, by program, and keys.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mode } from '@ozura/core/ids';
import { isBegun } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { type EnvReader, readEnv } from '@ozura/kit/env';
import { CannotStart } from '../cannot-start.ts';
import { databaseVariableOf, isPostgres, readDatabases } from '../database-url.ts';
import type { ProgramName } from '../serve-variables.ts';

export interface InstallationFiles {
  readonly mode: Mode;
  readonly dataDir: string;
  /** Where each program's database is or would be: a path, or an address of PostgreSQL. */
  readonly databases: readonly {
    readonly program: ProgramName;
    readonly url: string;
    /** By a variable of its own. DATABASE_URL, else, may be the database of one program alone, as that is told it. */
    readonly isNamed: boolean;
  }[];
}

/** Whoever calls another program is copied before it, so that whatever a copied row names is in the copies as well. */
const ORDER: readonly ProgramName[] = ['checkout', 'pay', 'vault', 'sandbox'];

export function readInstallationFiles(): InstallationFiles {
  const env = readEnv();
  const mode = env.oneOf('MODE', ['test', 'live'], 'test');
  const dataDir = resolve(env.text('DATA_DIR', 'data'));
  const { of } = readDatabases(env, dataDir);
  const isNamed = (program: ProgramName): boolean => env.has(databaseVariableOf(program));
  const databases = ORDER.map((program) => ({ program, url: of[program], isNamed: isNamed(program) }));
  env.finish();
  return { mode, dataDir, databases };
}

/** Beside the folder `keys`: where the keys of the sandbox merchant are. */
const DEV_FILE = 'dev.json';

/** Names of key files, from the data directory. */
export function listKeyFiles(dataDir: string): string[] {
  const folder = join(dataDir, 'keys');
  const kept = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [
    ...kept.filter((name) => !name.includes('.')).map((name) => `keys/${name}`),
    ...(kept.length > 0 && existsSync(join(dataDir, DEV_FILE)) ? [DEV_FILE] : []),
  ];
}

/** What a restore writes, before all of it is there and gets its name. */
export const draftOf = (path: string): string => `${path}.restoring`;

/** Files of a restore that have no name yet: while it is there some of them have. */
export const unfinishedIn = (dataDir: string): string => join(dataDir, 'restore-unfinished.json');

const cutOff = 'a restore was cut off: "ozura restore" with the same words finishes it';

/** A start would begin anew what is missing. */
export function refuseUnfinished(dataDir: string): void {
  if (existsSync(unfinishedIn(dataDir))) throw new CannotStart(`${dataDir}: ${cutOff}`);
}

/** The same of a program by itself. */
export function refuseDraft(env: EnvReader, name: string, path: string): void {
  if (existsSync(draftOf(path)) && !existsSync(path)) env.refuse(name, `${path}: ${cutOff}`);
}

/** Whether a program has, or had, its tables there. */
export async function isInUse(url: string): Promise<boolean> {
  if (!isPostgres(url)) return existsSync(url);
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    return await isBegun(db);
  } finally {
    await db.close();
  }
}

/** A start would make new keys, with which nothing that is kept can be opened. */
export async function refuseLostKeys(dataDir: string, databases: Readonly<Record<string, string>>): Promise<void> {
  const keys = join(dataDir, 'keys');
  if (existsSync(keys)) return;
  for (const url of Object.values(databases)) {
    if (await isInUse(url))
      throw new CannotStart(
        `${keys}: the databases are here and their keys are not: ozura restore --keys DIR brings them back`,
      );
  }
}
