// Several programs in one PostgreSQL database: each in a schema of its own, for some of their tables have the same name.
import { openDatabase } from './open.ts';
import { createOnce } from './unusable.ts';

/** The address of the database, for whoever is to find the tables of that schema alone. */
export function inSchema(url: string, name: string): string {
  const [place = '', query = ''] = url.split('?');
  const asked = new URLSearchParams(query);
  asked.set('options', `${asked.get('options') ?? ''} -c search_path=${name}`.trim());
  return `${place}?${asked}`;
}

export async function createSchemas(url: string, names: readonly string[]): Promise<void> {
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    await createOnce(db, names.map((name) => `CREATE SCHEMA IF NOT EXISTS ${name}`).join('; '));
  } finally {
    await db.close();
  }
}
