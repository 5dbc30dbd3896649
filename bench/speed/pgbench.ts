// PostgreSQL by itself: statements of ours, as our store functions make them, sent by its own load generator.
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, Statement } from '@ozura/kit/db/handle';

/** `names`: values that are other in each transaction, and the expression over `:n` and `:client_id` in their place. */
export interface Script {
  readonly statements: readonly Statement[];
  readonly names: ReadonlyMap<Cell, string>;
}

interface Bench {
  readonly url: string;
  readonly folder: string;
  readonly seconds: number;
  readonly clients: number;
}

export function findPgbench(): string | undefined {
  const candidates = ['pgbench', ...globSync('/usr/lib/postgresql/*/bin/pgbench').sort().reverse()];
  return candidates.find((path) => spawnSync(path, ['--version']).status === 0);
}

/** Transactions a second; statements are prepared once, as ours are. */
export function pgbench(program: string, script: Script, { url, folder, seconds, clients }: Bench): number {
  const path = join(folder, 'pgbench.sql');
  writeFileSync(path, textOf(script));
  const { username, password, hostname, port, pathname } = new URL(url);
  const server = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)];
  const time = String(Math.max(1, Math.round(seconds)));
  const load = ['-n', '-M', 'prepared', '-f', path, '-c', String(clients), '-j', '2', '-T', time, '-D', 'n=0'];
  const done = spawnSync(program, [...load, ...server], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: decodeURIComponent(password), PGOPTIONS: '-c synchronous_commit=on' },
  });
  const rate = /^tps = ([0-9.]+)/m.exec(done.stdout)?.[1];
  if (done.status !== 0 || rate === undefined) throw new Error(`pgbench: ${done.stderr}`);
  return Number(rate);
}

/** Each client counts for itself, so that names are new, and in the order of time like ours. */
function textOf({ statements, names }: Script): string {
  const literal = (value: unknown): string => names.get(value as Cell) ?? literalOf(value as Cell);
  const lines = statements.map(({ strings, values }) =>
    strings
      .map((text, i) => text + (i < values.length ? literal(values[i]) : ''))
      .join('')
      .trim(),
  );
  const body = lines.length === 1 ? lines : ['BEGIN', ...lines, 'COMMIT'];
  return ['\\set n :n + 1', ...body.map((line) => `${line.replace(/\s+/g, ' ')};`)].join('\n');
}

/** A colon would begin a variable. */
function literalOf(value: Cell | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `'\\x${Buffer.from(value).toString('hex')}'::bytea`;
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')}'`;
}
