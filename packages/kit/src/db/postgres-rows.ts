// Inserts of one row as one insert of many. For each statement that it carries out the server reads the CHECKs of its
// table and opens its indices and triggers anew, which costs it more than the row does.
import type { Statement } from './handle.ts';

export interface RowInsert {
  /** Rows written of each of them, which differ in the column of `keyed`. */
  readonly text: (rows: number) => string;
  /** The column of the first value, where a row that is in the way leaves one out: those written are told by it. */
  readonly keyed: string | undefined;
}

const isInsert = /^\s*INSERT\s/;
const ONE_ROW =
  /^(\s*INSERT INTO \w+\s+\(\s*(\w+)[\w\s,]*\)\s*VALUES\s*)(\(\s*\$1\b.*\))(\s*ON CONFLICT\b[^$]*\bDO NOTHING)?\s*$/s;
/** What a row consists of: texts in quotes, brackets, and the places of values. */
const PARTS = /'[^']*'|[()]|\$(\d+)/g;

/** By their text: those of the store functions. */
const read = new Map<string, RowInsert | undefined>();

/**
 * `undefined` for any other statement. Also for an insert that changes the row in its way: it waits until nobody else
 * holds that, and all others would wait with it.
 */
export function rowInsertOf({ text }: Pick<Statement, 'text'>): RowInsert | undefined {
  const known = read.get(text);
  if (known !== undefined || !isInsert.test(text) || read.has(text)) return known;
  const insert = readInsert(text);
  read.set(text, insert);
  return insert;
}

function readInsert(text: string): RowInsert | undefined {
  const [, head = '', column, row = '', onConflict] = ONE_ROW.exec(text) ?? [];
  const parts = [...row.matchAll(PARTS)];
  if (column === undefined || !isOneGroup(parts, row.length)) return undefined;
  const values = parts.filter(([, place]) => place !== undefined).length;
  const rowAt = (index: number): string =>
    row.replace(PARTS, (part, place) => (place === undefined ? part : `$${Number(place) + index * values}`));
  const keyed = onConflict === undefined ? undefined : column;
  const tail = keyed === undefined ? '' : `${onConflict} RETURNING ${keyed}`;
  const texts = new Map<number, string>();
  return {
    keyed,
    text(rows) {
      const made = texts.get(rows) ?? head + Array.from({ length: rows }, (_none, i) => rowAt(i)).join(', ') + tail;
      texts.set(rows, made);
      return made;
    },
  };
}

/** Whether the bracket that begins it is closed by its last character. */
function isOneGroup(parts: readonly RegExpExecArray[], length: number): boolean {
  let open = 0;
  for (const { 0: part, index } of parts) {
    if (part === '(') open += 1;
    if (part === ')') open -= 1;
    if (open === 0) return index === length - 1;
  }
  return false;
}
