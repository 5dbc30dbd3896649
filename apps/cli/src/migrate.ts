// `ozura migrate <program>`: applies what is new in a program's migrations. Programs do it themselves when they start;
// this is for those who want it done before.
import { type Migration, migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { readEnv } from '@ozura/kit/env';
import { programNamed } from './serve.ts';
import { readPlace } from './serve-settings.ts';
import type { ProgramName } from './serve-variables.ts';
import { breakOffOnSignal } from './shutdown.ts';
import { asksForHelp, readWords } from './words.ts';

const usage = `Usage: ozura migrate checkout|pay|vault|sandbox

DATABASE_URL names its database, as for "ozura serve". Programs do the same when they start.`;

export async function migrateDatabases(words: readonly string[]): Promise<void> {
  if (asksForHelp(words)) return console.log(usage);
  const [name = ''] = readWords(words, { positions: ['PROGRAM'], options: [] }, usage).positions;
  const program = programNamed(name);
  const env = readEnv();
  const { databaseUrl } = readPlace(env, program);
  env.finish();
  breakOffOnSignal();
  const db = await openDatabase({ url: databaseUrl });
  try {
    const applied = await migrate(db, migrationsOf(program), { tell: (what) => console.error(`${program}: ${what}`) });
    console.log(applied.length === 0 ? `${program}: up to date` : `${program}: applied ${applied.join(', ')}`);
  } finally {
    await db.close();
  }
}

/** Those that this version of a program has. */
export const migrationsOf = (program: ProgramName): Migration[] =>
  readMigrations(new URL('./store/migrations/', import.meta.resolve(`@ozura/${program}/main`)));
