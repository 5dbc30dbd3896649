// A copy of a SQLite database while programs go on writing to it: one moment of it, whole, in one file.
import { backup, DatabaseSync } from 'node:sqlite';

/** More than a file can have: a copy in one step is of one moment, and no writer makes it begin again or waits for it. */
const allPages = 2 ** 31 - 1;

/** `to` must not be there yet; it is on disk when this resolves. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, to, { rate: allPages });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    // The copy would want a log of writes beside it, like its source; programs switch it on again when they open it.
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

export interface Examined {
  /** Names of the migrations that were applied, in order. */
  readonly migrations: readonly string[];
  /** What SQLite finds wrong with the file. */
  readonly damage?: string;
}

export function examineDatabase(path: string): Examined {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (found !== 'ok') return { migrations: [], damage: found };
    const rows = db.prepare('SELECT name FROM migrations ORDER BY name').all() as { name: string }[];
    return { migrations: rows.map(({ name }) => name) };
  } finally {
    db.close();
  }
}
