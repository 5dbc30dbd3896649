// `ozura migrate <program>`: applies what is new in a program's migrations. Programs do it themselves when they start;
// this is for those who want it done before.
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { readEnv } from '@ozura/kit/env';
import { CannotStart } from './cannot-start.ts';
import { programNamed } from './serve.ts';
import { readPlace } from './serve-settings.ts';

export async function migrateDatabases([name]: readonly string[]): Promise<void> {
  if (name === undefined) throw new CannotStart('say which program: ozura migrate checkout|pay|vault|sandbox');
  const program = programNamed(name);
  const env = readEnv();
  const { databaseUrl } = readPlace(env, program);
  env.finish();
  const migrations = readMigrations(new URL('./store/migrations/', import.meta.resolve(`@ozura/${program}/main`)));
  const db = await openDatabase({ url: databaseUrl });
  try {
    const applied = await migrate(db, migrations);
    console.log(applied.length === 0 ? `${program}: up to date` : `${program}: applied ${applied.join(', ')}`);
  } finally {
    await db.close();
  }
}
