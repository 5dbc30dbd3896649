// Where the databases of programs are: at an address of PostgreSQL, or in files.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { inSchema } from '@ozura/kit/db/schemas';
import type { EnvReader } from '@ozura/kit/env';
import { PROGRAMS, type ProgramName } from './serve-variables.ts';

export const isPostgres = (url: string): boolean => /^postgres(ql)?:/.test(url);

const anyAddress = /^[a-z][a-z0-9+.-]*:\/\//i;
/** A client takes one without a host too: then that of a socket stands behind the question mark. */
const isReadable = (url: string): boolean => URL.canParse(url) || URL.canParse(url.replace('@/', '@socket/'));

/** With a password in it: may be in a file. */
export function readDatabaseUrl(env: EnvReader, name: string, fallback: string): string {
  if (!env.has(name)) return fallback;
  const url = env.secret(name);
  // As a path it would become a folder of that name.
  if (anyAddress.test(url) && !isPostgres(url)) env.refuse(name, 'must be a postgres:// URL or the path of a file');
  if (isPostgres(url) && !isReadable(url))
    env.refuse(name, 'is no URL: in a password write @ : / ? # as %40 %3A %2F %3F %23');
  if (isPostgres(url)) refuseUnreadable(env, name, new URLSearchParams(url.split('?')[1]));
  return url;
}

/** The client opens these files when it connects. */
function refuseUnreadable(env: EnvReader, name: string, asked: URLSearchParams): void {
  for (const file of ['sslrootcert', 'sslcert', 'sslkey'].flatMap((which) => asked.get(which) || [])) {
    try {
      accessSync(file, constants.R_OK);
    } catch {
      env.refuse(name, `${file} cannot be read`);
    }
  }
}

const connectionsDefault = 10;

export const readConnections = (env: EnvReader): number =>
  env.integer('DATABASE_CONNECTIONS', connectionsDefault, { min: 1, max: 10_000 });

export interface Databases {
  readonly of: Readonly<Record<ProgramName, string>>;
  /** Where each program that has no database of its own has a schema, if any. */
  readonly common?: { readonly url: string; readonly schemas: readonly ProgramName[] };
}

export const databaseVariableOf = (program: ProgramName): string => `${program.toUpperCase()}_DATABASE_URL`;

/** Of all programs of a machine: `PAY_DATABASE_URL`, else a schema at `DATABASE_URL`, else a file. */
export function readDatabases(env: EnvReader, dataDir: string): Databases {
  const common = readDatabaseUrl(env, 'DATABASE_URL', '');
  const isCommon = isPostgres(common);
  if (common !== '' && !isCommon && !anyAddress.test(common))
    env.refuse('DATABASE_URL', 'must be a postgres:// URL; a file is named by program, as PAY_DATABASE_URL');
  const fileOf = (program: ProgramName): string => join(dataDir, `${program}.db`);
  const of = (program: ProgramName): string =>
    readDatabaseUrl(env, databaseVariableOf(program), isCommon ? inSchema(common, program) : fileOf(program));
  const schemas = isCommon ? PROGRAMS.filter((program) => !env.has(databaseVariableOf(program))) : [];
  refuseLeaving(env, schemas.map(fileOf));
  return {
    of: { checkout: of('checkout'), pay: of('pay'), vault: of('vault'), sandbox: of('sandbox') },
    ...(schemas.length === 0 ? {} : { common: { url: common, schemas } }),
  };
}

/** Host and name, without who we are there. */
export function placeOf(databaseUrl: string): string {
  const { host = '', pathname = '' } = URL.parse(databaseUrl) ?? {};
  return `${host}${pathname}`;
}

/** Nobody moves what is there: a start would begin anew beside it, and a backup leave it out. */
function refuseLeaving(env: EnvReader, files: readonly string[]): void {
  const left = files.filter((file) => existsSync(file));
  if (left.length === 0) return;
  env.refuse(
    'DATABASE_URL',
    `this installation has its data in ${left.join(', ')}: leave DATABASE_URL empty, or take another DATA_DIR`,
  );
}
