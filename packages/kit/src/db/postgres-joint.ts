// Changes of one kind as parts of one statement, which does all of them or nothing.
import type { Statement } from './handle.ts';
import { rowInsertOf } from './postgres-rows.ts';

/** Each of its statements changes just one row, or nothing is changed. */
export type Change = readonly Statement[];

/** The text for so many changes. */
export type JointText = (changes: number) => string;

const isPart = ({ text }: Statement): boolean =>
  /^\s*(INSERT|UPDATE|DELETE)\s/.test(text) && !/\bRETURNING\b/.test(text);

/** By the texts of a change; `undefined` where they cannot be parts. */
export function jointTextOf(kind: Change): JointText | undefined {
  if (!kind.every(isPart)) return undefined;
  const texts = new Map<number, string>();
  return (changes) => {
    const made = texts.get(changes) ?? join(kind.flatMap((statement) => partsOf(statement, changes)));
    texts.set(changes, made);
    return made;
  };
}

/** In the order of the places in the text. */
export const jointValues = (changes: readonly Change[]): unknown[] =>
  (changes[0] ?? []).flatMap((_first, i) => changes.flatMap((change) => change[i]?.values ?? []));

interface Part {
  readonly text: string;
  readonly rows: number;
  /** Places of values. */
  readonly values: number;
}

/** Inserts become one of many rows. Anything else stands there once for each change. */
function partsOf(statement: Statement, changes: number): Part[] {
  const { text, values } = statement;
  const insert = rowInsertOf(statement);
  if (insert === undefined) return Array(changes).fill({ text: `${text} RETURNING 1`, rows: 1, values: values.length });
  const returning = insert.keyed === undefined ? ' RETURNING 1' : '';
  return [{ text: insert.text(changes) + returning, rows: changes, values: values.length * changes }];
}

/** Parts are carried out when they are counted. What is no number is one that the server cannot foresee. */
function join(parts: readonly Part[]): string {
  const queries: string[] = [];
  let before = 0;
  for (const [i, { text, values }] of parts.entries()) {
    queries.push(`part_${i} AS (${moved(text, before)})`);
    before += values;
  }
  const counts = parts.map(({ rows }, i) => `(SELECT count(*) FROM part_${i}) = ${rows}`);
  const refusal = `CAST('a row was not there, or not as expected' || (SELECT count(*) FROM part_0) AS INTEGER)`;
  return `WITH ${queries.join(', ')} SELECT CASE WHEN ${counts.join(' AND ')} THEN 1 ELSE ${refusal} END AS done`;
}

const PLACES = /'[^']*'|\$(\d+)/g;

export const moved = (text: string, by: number): string =>
  text.replace(PLACES, (part, place) => (place === undefined ? part : `$${Number(place) + by}`));
