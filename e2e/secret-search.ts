// Looks for what must be in no log, row, answer or file: card numbers however they are written, security codes where one is
// named, handles and keys (contract 12.7, 11). What is found is told by its kind, never by its value.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Database, type Row, raw, sql } from '@ozura/kit/db/handle';

export interface Wanted {
  readonly cardNumbers?: readonly string[];
  readonly securityCodes?: readonly string[];
  /** What each is, by its value. */
  readonly secrets?: ReadonlyMap<string, string>;
}

export interface Search {
  /** What is in the text as it stands. */
  plain(text: string): string[];
  /** The same, also in what hexadecimal and Base64 in it stand for. */
  decoded(text: string): string[];
  /** Whether this is all of a security code: the same digits inside of an id are there by chance. */
  isCode(text: string): boolean;
}

/** The card number in any spacing that a person, a log or a form might use. */
export const tracesOf = (digits: string): RegExp => new RegExp([...digits].join('[ \\-._/]{0,3}'));

export function openSearch({ cardNumbers = [], securityCodes = [], secrets = new Map() }: Wanted): Search {
  const patterns = [
    ...cardNumbers.map((digits) => ({ what: `the card number that ends ${digits.slice(-4)}`, in: tracesOf(digits) })),
    ...securityCodes.map((code) => ({ what: 'a security code', in: namedCode(code) })),
  ];
  const secretsIn = openSecrets(secrets);
  const plain = (text: string): string[] => [
    ...patterns.filter((pattern) => pattern.in.test(text)).map(({ what }) => what),
    ...secretsIn(text),
  ];
  return {
    plain,
    decoded: (text) => [...new Set(readingsOf(text).flatMap(plain))],
    isCode: (text) => securityCodes.includes(text),
  };
}

/** As the value of something that is called so, in JSON, XML, a form or a log: three digits alone are found everywhere. */
const namedCode = (code: string): RegExp =>
  new RegExp(
    `(?:cvv|cvc|cvn|csc|security[ _-]?code|card[ _-]?code)\\w{0,12}[\\\\"'\\s]{0,6}[:=>][\\\\"'\\s]{0,6}${code}(?![\\w+/=-])`,
    'i',
  );

/** There are thousands: each is looked up where the beginning of one stands. */
function openSecrets(secrets: ReadonlyMap<string, string>): (text: string) => string[] {
  if (secrets.size === 0) return () => [];
  const lengths = new Map<string, Set<number>>();
  for (const secret of secrets.keys()) {
    const head = /^[a-z]+_/.exec(secret)?.[0] ?? secret.slice(0, 8);
    lengths.set(head, (lengths.get(head) ?? new Set()).add(secret.length));
  }
  const heads = new RegExp(`(?=(${[...lengths.keys()].map(asItIs).join('|')}))`, 'g');
  return (text) => {
    const found = new Set<string>();
    for (const { index, 1: head = '' } of text.matchAll(heads))
      for (const length of lengths.get(head) ?? []) {
        const what = secrets.get(text.slice(index, index + length));
        if (what !== undefined) found.add(what);
      }
    return [...found];
  };
}

const asItIs = (text: string): string => text.replace(/\W/g, (sign) => `\\x${hexOf(sign)}`);
const hexOf = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(2, '0');

const CODINGS = [
  { coding: 'hex', runs: /[0-9a-f]{24,}/gi, group: 2 },
  { coding: 'base64', runs: /[A-Za-z0-9+/_-]{16,}/g, group: 4 },
] as const;

/** From each place of a group: what comes before it may look like a part of it. */
function readingsOf(text: string): string[] {
  const readings = CODINGS.flatMap(({ coding, runs, group }) => {
    const found = text.match(runs) ?? [];
    return Array.from({ length: group }, (_none, from) =>
      found.map((run) => Buffer.from(run.slice(from), coding).toString('latin1')).join('\n'),
    );
  });
  return [text, ...readings];
}

export interface Searched {
  /** Cells or bytes: nothing is found in nothing. */
  readonly size: number;
  /** What is where. */
  readonly found: readonly string[];
}

/** Every cell of every table, on either engine. A sealed one is read as its bytes. */
export async function searchTables(db: Database, search: Search): Promise<Searched> {
  const found: string[] = [];
  let size = 0;
  for (const { name } of await db.all<{ name: string }>(db.engine === 'sqlite' ? SQLITE_TABLES : POSTGRES_TABLES)) {
    const rows = await db.all<Row>(sql`SELECT * FROM ${raw(name)}`);
    for (const column of Object.keys(rows[0] ?? {})) {
      const cells = rows.map((row) => row[column]).filter((cell) => cell != null);
      size += cells.length;
      const seen = search.decoded(cells.map(textOf).join('\n'));
      if (cells.some((cell) => typeof cell !== 'number' && search.isCode(textOf(cell)))) seen.push('a security code');
      found.push(...seen.map((what) => `${what} in ${name}.${column}`));
    }
  }
  return { size, found };
}

const textOf = (cell: Row[string] | undefined): string =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : String(cell);

const SQLITE_TABLES = sql`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`;
const POSTGRES_TABLES = sql`
  SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY name`;

export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

export const readable = (path: string): string => {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};
