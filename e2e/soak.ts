// `npm run soak [-- --events 50000]`: events to receivers that fail at random, with senders that are killed every few
// seconds, on each engine. Says what was lost, doubled or overtaken; there must be nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from './postgres-server.ts';
import { soak } from './webhook-soak.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '50000' },
    failures: { type: 'string', default: '0.1' },
    engine: { type: 'string', default: 'both' },
  },
});

async function soakOn(engine: 'sqlite' | 'postgres', databaseUrl: string): Promise<void> {
  const { kills, received, durationMs, problems } = await soak({
    databaseUrl,
    events: Number(values.events),
    failures: Number(values.failures),
    senders: engine === 'sqlite' ? 1 : 2,
    killEveryMs: 4_000,
    killsMax: Number.POSITIVE_INFINITY,
    progress: (line) => console.log(`  ${line}`),
  });
  const seconds = Math.round(durationMs / 1000);
  console.log(`${engine}: ${values.events} events, ${received} tries, ${kills} kills, ${seconds} s`);
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
  console.log(problems.length === 0 ? '  nothing lost, doubled or overtaken' : `  ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}

if (values.engine !== 'postgres') {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-soak-'));
  await soakOn('sqlite', join(folder, 'checkout.db'));
  rmSync(folder, { recursive: true, force: true });
}
if (values.engine !== 'sqlite') {
  const server = await startPostgres();
  await soakOn('postgres', server.url);
  await server.stop();
}
