// `npm run test:cluster [-- --seed 7] [--minutes 6] [--quiet] [--write]`: the whole system on many processes and two
// database servers, under load, while everything that can fail is made to fail. Says what was lost or doubled; there
// must be nothing. `--write` puts the report into docs/cluster.md, `--keep` leaves databases and logs where they are.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { comeToRest, openBooks } from './books.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { FAULTS, type FaultKind } from './faults.ts';
import { checkAll } from './invariants.ts';
import { findMachine, MissingPackages } from './machine.ts';
import { describeRun, problemsOf, type Run } from './report.ts';
import { type Struck, strikeAll } from './story.ts';
import { openIntruder } from './traffic/intruder.ts';
import { CROWD, intrudersCrowd, startLoad } from './traffic/load.ts';
import { openShop } from './traffic/shop.ts';
import { openWatch } from './watch.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '6' },
    quiet: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

const begunAtMs = Date.now();
const tell = (line: string): void =>
  console.log(`${((Date.now() - begunAtMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
const quietMs = 30_000;
/** For the end: what is open comes to rest, and the books are compared. */
const restMs = 45_000;

async function run(cluster: Cluster, machine: string): Promise<Run> {
  const { urls, keys } = cluster;
  const shop = await openShop(urls, keys.admin, { name: 'Blue Kettle', merchantId: 'ozu_bluekettle' });
  const other = await openShop(urls, keys.admin, { name: 'Red Teapot', merchantId: 'ozu_redteapot' });
  const shops = [shop, other];
  const problems: string[] = [];
  const intruder = openIntruder(shop);
  const loads = await Promise.all([
    startLoad(shop, seed, CROWD),
    startLoad(other, seed + 1, intrudersCrowd(intruder.story)),
  ]);
  const watch = openWatch(cluster);
  const quiet = { fromMs: Date.now(), untilMs: Date.now() + quietMs };
  tell('load runs');
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const untilMs = begunAtMs + minutes * 60_000 - restMs;
  const struck: Struck[] = values.quiet ? [] : await strikeAll(cluster, { seed, untilMs, tell, problems });
  tell('everything is healed; those who are at it finish');
  await Promise.all(loads.map((load) => load.stop()));
  const books = await openBooks(cluster);
  problems.push(...(await comeToRest(books, tell)));
  tell('the books are compared, and everything is searched for secrets');
  const checks = [...(await watch.stop()), ...(await checkAll({ cluster, books, shops, intruder }))];
  await Promise.all([books.close(), ...shops.map(({ receiver }) => receiver.close())]);
  const told = {
    machine,
    seed,
    date: new Date().toISOString().slice(0, 10),
    minutes: Math.round((Date.now() - begunAtMs) / 6_000) / 10,
    quiet,
    struck,
    kinds: values.quiet ? [] : (Object.keys(FAULTS) as FaultKind[]),
  };
  const calls = shops.flatMap((one) => one.calls.made);
  return { ...told, calls, failovers: cluster.pair.failovers(), checks, problems };
}

function write(report: string): void {
  const file = fileURLToPath(new URL('../../docs/cluster.md', import.meta.url));
  const mark = '<!-- report -->\n';
  const [before = ''] = readFileSync(file, 'utf8').split(mark);
  writeFileSync(file, `${before}${mark}\n${report}\n`);
}

try {
  const machine = findMachine();
  const cluster = await startCluster(machine, tell);
  try {
    tell('the cluster is up');
    await cluster.untilReady();
    const result = await run(cluster, machine.description);
    const report = describeRun(result);
    console.log(`\n${report}`);
    if (values.write) write(report);
    process.exitCode = problemsOf(result).length === 0 ? 0 : 1;
  } finally {
    if (values.keep !== undefined) cpSync(cluster.folder, values.keep, { recursive: true });
    await cluster.stop();
  }
} catch (error) {
  console.error(error instanceof MissingPackages ? error.message : error);
  process.exitCode = 1;
}
// Whatever a run that broke off has left open.
process.exit();
