// PostgreSQL by itself: statements of ours, as our store functions make them, sent by its own load generator.
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, Statement } from '@ozura/kit/db/handle';

/** What is carried out and counted again and again. */
export interface Script {
  /** Variables beside `:client_id`, which are set before: a name, and an expression over them. `:n` begins at 0. */
  readonly set: readonly string[];
  /** Statements of each transaction. */
  readonly commits: readonly (readonly Statement[])[];
  /** Values that are other each time, and the expression over the variables in their place. */
  readonly names: ReadonlyMap<Cell, string>;
  /** The end of a statement whose columns are variables from then on. */
  readonly keeps?: string;
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

/**
 * Scripts a second; statements are prepared once, as ours are. A connection reads the catalogue and parses at first, so
 * that it is measured after as many seconds without counting.
 */
export function pgbench(program: string, script: Script, { url, folder, seconds, clients }: Bench): number {
  const path = join(folder, 'pgbench.sql');
  writeFileSync(path, textOf(script));
  const { username, password, hostname, port, pathname, searchParams } = new URL(url);
  const server = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)];
  const counted = Math.max(1, Math.round(seconds));
  const load = ['-n', '-M', 'prepared', '-f', path, '-c', String(clients), '-j', '2', '-D', 'n=0'];
  const time = ['-T', String(warmSeconds(clients) + counted), '-P', '1'];
  const options = `-c synchronous_commit=on ${searchParams.get('options') ?? ''}`;
  const done = spawnSync(program, [...load, ...time, ...server], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: decodeURIComponent(password), PGOPTIONS: options },
  });
  const rates = [...done.stderr.matchAll(/^progress: .* s, ([0-9.]+) tps/gm)].slice(-counted);
  const rate = rates.reduce((sum, [, tps]) => sum + Number(tps), 0) / rates.length;
  if (done.status !== 0 || !(rate > 0)) throw new Error(`pgbench: ${done.stderr}`);
  return rate;
}

const warmSeconds = (clients: number): number => 1 + Math.ceil(clients / 32);

function textOf({ set, commits, names, keeps }: Script): string {
  const literal = (value: unknown): string => names.get(value as Cell) ?? literalOf(value as Cell);
  const lineOf = ({ strings, values }: Statement): string => {
    const text = strings.map((part, i) => part + (i < values.length ? literal(values[i]) : '')).join('');
    const line = text.trim().replace(/\s+/g, ' ');
    return keeps !== undefined && line.endsWith(keeps) ? `${line} \\gset` : `${line};`;
  };
  const lines = commits.flatMap((statements) =>
    statements.length === 1 ? statements.map(lineOf) : ['BEGIN;', ...statements.map(lineOf), 'COMMIT;'],
  );
  return [...set.map((variable) => `\\set ${variable}`), ...lines].join('\n');
}

/** A colon would begin a variable. */
function literalOf(value: Cell | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `'\\x${Buffer.from(value).toString('hex')}'::bytea`;
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')}'`;
}
