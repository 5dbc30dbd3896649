// Which files an installation consists of: databases, by program, and keys.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mode } from '@ozura/core/ids';
import { type EnvReader, readEnv } from '@ozura/kit/env';
import { CannotStart } from '../cannot-start.ts';
import { readDatabases } from '../database-url.ts';
import type { ProgramName } from '../serve-variables.ts';

export interface InstallationFiles {
  readonly mode: Mode;
  readonly dataDir: string;
  /** Where each program's database is or would be: a path, or an address of PostgreSQL. */
  readonly databases: readonly { readonly program: ProgramName; readonly url: string }[];
}

/** Whoever calls another program is copied before it, so that whatever a copied row names is in the copies as well. */
const ORDER: readonly ProgramName[] = ['checkout', 'pay', 'vault', 'sandbox'];

export function readInstallationFiles(): InstallationFiles {
  const env = readEnv();
  const mode = env.oneOf('MODE', ['test', 'live'], 'test');
  const dataDir = resolve(env.text('DATA_DIR', 'data'));
  const { of } = readDatabases(env, dataDir);
  const databases = ORDER.map((program) => ({ program, url: of[program] }));
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

/** A start would make new keys, with which nothing that is kept can be opened. */
export function refuseLostKeys(dataDir: string, databases: Readonly<Record<string, string>>): void {
  if (existsSync(join(dataDir, 'keys')) || !Object.values(databases).some((path) => existsSync(path))) return;
  throw new CannotStart(
    `${join(dataDir, 'keys')}: the databases are here and their keys are not: ozura restore --keys DIR brings them back`,
  );
}
