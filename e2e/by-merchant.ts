// The files of `deploy/postgres`, run as `psql -f` runs them: one statement after the other on one connection, each in a
// commit of its own where the file begins no transaction.
import { readFileSync } from 'node:fs';
import { openDatabase } from '@ozura/kit/db/open';

export type DistributedApp = 'checkout' | 'pay';

const COMMENT = /--.*$/gm;
/** Up to the next semicolon outside of a quoted body. */
const STATEMENT = /(?:\$\$[\s\S]*?\$\$|[^;$])+;/g;

const statementsOf = (file: string): readonly string[] => {
  const text = readFileSync(new URL(`../deploy/postgres/${file}`, import.meta.url), 'utf8');
  return text.replace(COMMENT, '').match(STATEMENT) ?? [];
};

export async function runFile(url: string, file: string): Promise<void> {
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    for (const statement of statementsOf(file)) await db.script(statement);
  } finally {
    await db.close();
  }
}

/** Every key of its tables carries the merchant from here on (decision 0030). */
export const keyByMerchant = (url: string, app: DistributedApp): Promise<void> =>
  runFile(url, `${app}-by-merchant.sql`);
