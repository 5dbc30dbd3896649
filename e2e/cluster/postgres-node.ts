// One PostgreSQL server of the pair: made new, or copied from the other one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { openVictim, type Victim } from './victim.ts';

export interface PostgresNode extends Victim {
  readonly port: number;
  /** A new cluster of databases, not started. */
  create(): Promise<void>;
  /** In place of what was there: a copy of the server at `port`, which it will follow. Not started. */
  copyFrom(port: number): Promise<void>;
  /** A command line on its machine, as the user that it runs as; the tools of PostgreSQL find it. */
  sh(line: string): Promise<void>;
  /** One statement as superuser, past every proxy. */
  ask(statement: string): Promise<Readonly<Record<string, unknown>>[]>;
  urlOf(database: string): string;
}

export interface NodeOptions {
  readonly name: string;
  readonly bin: string;
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  /** Lines of `postgresql.conf`, beside those that it has here. */
  readonly settings?: string;
}

const superuser = 'ozura';
const askTimeoutMs = 1_000;

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
const nobody = 65_534;
const user = process.getuid?.() === 0 ? nobody : undefined;

/** For that user alone. */
export function makeServerFolder(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  if (user !== undefined) chownSync(path, user, user);
}

export function openPostgresNode({ name, bin, folder, port, password, settings = '' }: NodeOptions): PostgresNode {
  const home = join(folder, name);
  const data = join(home, 'data');
  const logFile = join(folder, `${name}.log`);
  makeServerFolder(home);
  const urlOf = (database: string): string => `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
  const ask = (statement: string) => askOnce(urlOf('postgres'), statement);
  const run = (program: string, args: readonly string[]) =>
    runOnce([join(bin, program), ...args], { logFile, env: { PGPASSWORD: password } });
  const isUp = async (): Promise<boolean> => (await ask('SELECT 1 AS up')).length === 1;
  const configure = (): void => {
    const owned = { mode: 0o600 };
    writeFileSync(join(data, 'server.conf'), configurationOf(port) + settings, owned);
    if (user !== undefined) chownSync(join(data, 'server.conf'), user, user);
  };
  return {
    ...openVictim({ name, command: [join(bin, 'postgres'), '-D', data], logFile, user, isUp }),
    port,
    urlOf,
    ask,
    async create() {
      const passwordFile = join(home, 'password');
      writeFileSync(passwordFile, password, { mode: 0o600 });
      if (user !== undefined) chownSync(passwordFile, user, user);
      await run('initdb', [
        `--pgdata=${data}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--no-sync',
        '--locale=C',
      ]);
      appendFileSync(join(data, 'postgresql.conf'), "\ninclude 'server.conf'\n");
      configure();
    },
    async copyFrom(source) {
      rmSync(data, { recursive: true, force: true });
      const address = `host=127.0.0.1 port=${source} user=${superuser} application_name=${name}`;
      await run('pg_basebackup', [
        `--pgdata=${data}`,
        `--dbname=${address}`,
        '--checkpoint=fast',
        '--no-sync',
        '--write-recovery-conf',
      ]);
      configure();
    },
    sh: (line) => {
      const address = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: superuser, PGDATABASE: 'postgres' };
      const env = { ...address, PGPASSWORD: password, PATH: `${bin}:${process.env.PATH}` };
      return runOnce(['sh', '-c', line], { logFile, env });
    },
  };
}

/** `wal_keep_size`: a standby that was away for a while finds what it missed. */
const configurationOf = (port: number): string => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
fsync = on
synchronous_commit = on
wal_level = replica
hot_standby = on
wal_keep_size = 512MB
max_wal_size = 512MB
wal_receiver_timeout = 5s
wal_sender_timeout = 5s
wal_retrieve_retry_interval = 500ms
`;

async function askOnce(url: string, statement: string): Promise<Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: askTimeoutMs,
    query_timeout: askTimeoutMs * 10,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Readonly<Record<string, unknown>>>(statement);
    return rows;
  } finally {
    // One that hangs says no goodbye either.
    client.end().catch(() => undefined);
  }
}

async function runOnce(
  [command = '', ...args]: readonly string[],
  { logFile, env }: { readonly logFile: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const child = spawn(command, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  child.stdout.on('data', (chunk) => appendFileSync(logFile, chunk));
  child.stderr.on('data', (chunk) => appendFileSync(logFile, chunk));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}, see ${logFile}`);
}
