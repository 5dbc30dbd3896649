// A process of its own for `database.test.ts`: migrates, or writes until it is killed and tells every answer it gets.
import { sql } from './handle.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openDatabase } from './open.ts';

const [task, url = '', migrations = ''] = process.argv.slice(2);
const db = await openDatabase({ url });
const applied = await migrate(db, readMigrations(new URL(migrations)));

if (task === 'migrate') {
  process.send?.(applied);
  await db.close();
  process.disconnect();
} else {
  await Promise.all(Array.from({ length: 16 }, (_, writer) => writeForever(writer)));
}

async function writeForever(writer: number): Promise<never> {
  for (let index = 0; ; index++) {
    const id = `${writer}/${index}`;
    await db.transact((tx) => tx.run(sql`INSERT INTO items (id, state, amount) VALUES (${id}, 'open', 1)`));
    process.send?.(id);
  }
}
