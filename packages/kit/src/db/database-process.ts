// A process of its own for tests: migrates, or writes until it is killed and tells every answer it gets, or opens files
// until it may open no more, and then writes.
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { sql } from './handle.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openDatabase } from './open.ts';

const [task, url = '', migrations = ''] = process.argv.slice(2);
const db = await openDatabase({ url });

if (task === 'exhaust') {
  await writeExhausted();
} else {
  const applied = await migrate(db, readMigrations(new URL(migrations)));
  if (task === 'insert') await Promise.all(Array.from({ length: 16 }, (_, writer) => writeForever(writer)));
  process.send?.(applied);
}
await db.close();
process.disconnect();

async function writeExhausted(): Promise<void> {
  await db.script('CREATE TABLE items (id INTEGER PRIMARY KEY, text TEXT)');
  spawnSync('prlimit', ['--pid', String(process.pid), '--nofile=100']);
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    const insert = () => db.run(sql`INSERT INTO items (text) VALUES (${'x'.repeat(3_000)})`);
    for (let i = 0; i < 30; i += 1) await Promise.all(Array.from({ length: 100 }, insert));
  }
  const rows = await db.one<{ n: number }>(sql`SELECT count(*) AS n FROM items`);
  process.send?.(rows?.n);
}

async function writeForever(writer: number): Promise<never> {
  for (let index = 0; ; index++) {
    const id = `${writer}/${index}`;
    await db.transact((tx) => tx.run(sql`INSERT INTO items (id, state, amount) VALUES (${id}, 'open', 1)`));
    process.send?.(id);
  }
}
