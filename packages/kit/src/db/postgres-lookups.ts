// Rows that are looked up by a key at the same time share a statement, and a way to the server and back, which cost more
// than the row does. Only lookups, which find theirs by an index: one that takes long would keep the others waiting.
import type pg from 'pg';
import type { Row, Statement } from './handle.ts';
import { type Line, openLine, type Waiting } from './postgres-gather.ts';
import { moved } from './postgres-joint.ts';
import { type Sender, sendUnlessRefused } from './postgres-statements.ts';

export interface Lookups {
  /** The row that there is. `undefined` for any other question. */
  add(statement: Statement): Promise<Row | undefined> | undefined;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Lookups of a group. Few numbers, for each makes a statement of its own. */
const sizes = [1, 2, 4, 8, 16];
const lookupsMax = 16;
const groupsAtOnce = 4;

type Group = readonly Waiting<Statement, Row | undefined>[];
type LookupLine = Line<Statement, Row | undefined>;

/** Columns of one table where others have values, without functions, other tables or an order. */
const LOOKUP = /^\s*SELECT [\w\s,."]+ FROM \w+\s+WHERE \w+ = \$1\b(?!.*\b(OR|ORDER|LIMIT|FOR)\b)[\w\s.$=<>']*$/s;

export function openLookups(pool: pg.Pool, send: Sender): Lookups {
  /** Of those with the same text. */
  const lines = new Map<string, LookupLine | undefined>();
  const open = (text: string): LookupLine | undefined => {
    const next = ({ length }: Group): number => sizes.findLast((size) => size <= length) ?? 1;
    const textOf = jointTextOf(text);
    const write = (group: Group): Promise<void> => findGroup(pool, send, textOf, group);
    const line: LookupLine | undefined = LOOKUP.test(text)
      ? openLine({ most: lookupsMax, groupsAtOnce, next, write })
      : undefined;
    lines.set(text, line);
    return line;
  };
  return {
    add(statement) {
      const { text } = statement;
      return (lines.has(text) ? lines.get(text) : open(text))?.add(statement);
    },
    end: async () => void (await Promise.all([...lines.values()].map((line) => line?.end()))),
  };
}

type JointText = (lookups: readonly Statement[]) => string;

function jointTextOf(text: string): JointText {
  const made: string[] = [];
  return (lookups) => {
    const part = ({ values }: Statement, i: number): string =>
      `SELECT ${i} AS asked_by, part_${i}.* FROM (${moved(text, i * values.length)}) AS part_${i}`;
    const known = made[lookups.length] ?? lookups.map(part).join(' UNION ALL ');
    made[lookups.length] = known;
    return known;
  };
}

async function findGroup(pool: pg.Pool, send: Sender, textOf: JointText, group: Group): Promise<void> {
  const alone = ({ work, resolve, reject }: Group[number]): Promise<void> =>
    send(pool, work).then(({ rows }) => resolve(rows[0]), reject);
  if (group.length === 1) return void (await Promise.all(group.map(alone)));
  try {
    const lookups = group.map(({ work }) => work);
    const values = lookups.flatMap((lookup) => lookup.values);
    const answer = await sendUnlessRefused(pool, send, { text: textOf(lookups), values });
    if (answer === undefined) return void (await Promise.all(group.map(alone)));
    const found: (Row | undefined)[] = [];
    for (const { asked_by: by, ...row } of answer.rows) found[by as number] ??= row as Row;
    for (const [i, { resolve }] of group.entries()) resolve(found[i]);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
