// Migrations run while older processes take payments (decision 0030): none may hold a lock that writers wait for while it
// reads or rewrites a table that was there before.
import { onlineIndices } from '@ozura/kit/db/online-indices';
import type { Rule, TextFile } from '../project.ts';
import { actionsOf, statementsOf, tablesMadeIn } from './sql-text.ts';

const PATH = /^apps\/(\w+)\/src\/store\/migrations\/(\d+)-[^/]*\.sql$/;

/** The last of each app that was written before this rule, and locks as it does. */
const EXEMPT: Readonly<Record<string, number>> = { checkout: 14, pay: 20, vault: 7, sandbox: 2 };

/** Writers give up a lock after two seconds, and a migration waits half a second for each of its own (`lockWaitMs`). */
const tablesMax = 3;

export const migrationsLetWritersPass: Rule = ({ texts }) =>
  texts.flatMap((file) => {
    const [, app = '', number = ''] = PATH.exec(file.path) ?? [];
    if (app === '' || Number(number) <= (EXEMPT[app] ?? 0)) return [];
    const earlier = texts.filter(({ path }) => PATH.exec(path)?.[1] === app && path < file.path);
    return troubles(file, earlier.map(({ text }) => text).join('\n')).map((trouble) => `${file.path}: ${trouble}`);
  });

/** What a statement does to a table that was there before. */
interface Effect {
  readonly table: string;
  /** Why it may not be so, and what to write instead. */
  readonly refused?: string;
  /** It reads or checks a whole table. */
  readonly isLong?: boolean;
}

function troubles({ path, text }: TextFile, earlier: string): string[] {
  if (path.endsWith('.online.sql')) return troublesOnline(text);
  const made = new Set(tablesMadeIn(text));
  const effects = statementsOf(text)
    .flatMap((statement) => effectsOf(statement, earlier))
    .filter(({ table }) => !made.has(table));
  const refused = effects.flatMap((effect) => effect.refused ?? []);
  const locked = new Set(effects.filter(({ isLong = false }) => !isLong).map(({ table }) => table));
  const isLong = effects.some((effect) => effect.isLong === true);
  const [first = ''] = locked;
  if (isLong && locked.size > 0)
    refused.push(`reads a whole table while it holds a lock on ${first}: put what reads into a later file of its own`);
  if (locked.size > tablesMax)
    refused.push(`holds ${locked.size} tables while it waits for the next: at most ${tablesMax} to a file`);
  return refused;
}

function troublesOnline(text: string): string[] {
  try {
    onlineIndices(text);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function effectsOf(statement: string, earlier: string): Effect[] {
  const [, altered, actions = ''] = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+) (.*)$/i.exec(statement) ?? [];
  if (altered !== undefined) return actionsOf(actions).map((action) => effectOf(altered, action, earlier));
  const found = STATEMENTS.find(({ like }) => like.test(statement));
  if (found === undefined) return [];
  const { like, effect } = found;
  // A table that is only referred to is locked too, for a moment.
  const tables = [...statement.matchAll(new RegExp(like.source, 'gi'))].map(([, table = '']) => table);
  return tables.map((table) => ({ table, ...effect?.(table, statement) }));
}

const online = (table: string): Omit<Effect, 'table'> => ({
  refused: `CREATE INDEX on ${table} keeps writers waiting: CREATE INDEX IF NOT EXISTS in a file named ….online.sql is built while they write`,
});
const rewrites = (what: string) => (): Omit<Effect, 'table'> => ({
  refused: `${what} rewrites or reads everything under a lock: make a new column, table or index beside it`,
});
const long = (): Omit<Effect, 'table'> => ({ isLong: true });
const changesRows = (table: string, statement: string): Omit<Effect, 'table'> =>
  / WHERE \w+ = (\d+|'[^']*')$/i.test(statement)
    ? {}
    : { refused: `rows of ${table} stay locked until the commit: let a job change them, some in each commit` };

/** The first that fits. Its group is the table. */
const STATEMENTS: readonly {
  readonly like: RegExp;
  readonly effect?: (table: string, statement: string) => Omit<Effect, 'table'>;
}[] = [
  { like: /^CREATE (?:UNIQUE )?INDEX .*?\bON (?:ONLY )?(\w+)/i, effect: online },
  { like: /^(?:REINDEX|CLUSTER|VACUUM|REFRESH)\b.*?(\w+)$/i, effect: rewrites('what is made anew') },
  {
    like: /^(DO|CALL)\b/i,
    effect: () => ({ refused: 'what a block does cannot be seen: say it by statements' }),
  },
  { like: /^INSERT INTO .*?\bFROM (\w+)/i, effect: long },
  { like: /^CREATE TABLE \w+ AS .*?\bFROM (\w+)/i, effect: long },
  { like: /^(?:WITH\b.*?)?\bUPDATE (\w+)/i, effect: changesRows },
  { like: /^(?:WITH\b.*?)?\bDELETE FROM (\w+)/i, effect: changesRows },
  { like: /^(?:CREATE|DROP) (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*?\bON (\w+)/i },
  { like: /^DROP (?:TABLE|INDEX) (?:IF EXISTS )?(\w+)/i },
  { like: /^(?:LOCK|TRUNCATE) (?:TABLE )?(\w+)/i },
  { like: /(?<=^CREATE TABLE .*)\bREFERENCES (\w+)/i },
];

function effectOf(table: string, action: string, earlier: string): Effect {
  if (/^VALIDATE CONSTRAINT\b/i.test(action)) return { table, isLong: true };
  const why = whyRefused(action, earlier);
  return why === undefined ? { table } : { table, refused: `ALTER TABLE ${table} ${action}: ${why}` };
}

/** A constant is kept with the table; whatever else is computed is written into each row. */
const CONSTANT = /\bDEFAULT (-?\d[\d.]*|'[^']*'|TRUE|FALSE|NULL)(::\w+)?(?= |$)/i;
const NEW_CONSTRAINT = /^ADD (CONSTRAINT \w+ )?(CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE|NOT NULL)\b/i;

function whyRefused(action: string, earlier: string): string | undefined {
  const [, , constraint] = NEW_CONSTRAINT.exec(action) ?? [];
  if (constraint !== undefined) {
    if (/\bNOT VALID$|\bUSING INDEX \w+/i.test(action)) return undefined;
    return /UNIQUE|PRIMARY/i.test(constraint)
      ? 'build the index in a file named ….online.sql, then ADD CONSTRAINT … USING INDEX'
      : 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later file of its own';
  }
  if (/^ADD\b/i.test(action)) return whyNotAdded(action);
  const [, column, change = ''] = /^ALTER (?:COLUMN )?(\w+) (.*)$/i.exec(action) ?? [];
  if (/^(SET DATA )?TYPE\b/i.test(change)) return 'it rewrites the table: add a column, and let a job fill it';
  if (/^SET NOT NULL$/i.test(change) && !earlier.includes(`CHECK (${column} IS NOT NULL)`))
    return `it reads the table: before, in two files, ADD CONSTRAINT … CHECK (${column} IS NOT NULL) NOT VALID and VALIDATE CONSTRAINT`;
  if (/^RENAME (?!CONSTRAINT)/i.test(action)) return 'older processes know it by its old name';
  if (/^SET (TABLESPACE|LOGGED|UNLOGGED|ACCESS METHOD|WITHOUT)\b/i.test(action)) return 'it rewrites the table';
  return undefined;
}

function whyNotAdded(action: string): string | undefined {
  const hasDefault = /\bDEFAULT\b/i.test(action);
  if (/\b((small|big)?serial|GENERATED)\b/i.test(action)) return 'it writes every row: let a job fill a plain column';
  if (/\b(UNIQUE|PRIMARY KEY)\b/i.test(action)) return 'its index is built in a file named ….online.sql';
  if (/\bCHECK\b/i.test(action))
    return 'it reads the table: on PostgreSQL add the column alone, then ADD CONSTRAINT … CHECK … NOT VALID';
  if (hasDefault && !CONSTANT.test(action)) return 'only a constant DEFAULT is not written into every row';
  if (hasDefault && /\bREFERENCES\b/i.test(action)) return 'with a DEFAULT every row is looked up: leave it out';
  if (/\bNOT NULL\b/i.test(action) && !hasDefault)
    return 'rows that are there have no value: give it a constant DEFAULT, or leave NOT NULL out';
  return undefined;
}
