// Prints what we promise about speed, as ratios against a null server in the same run (contract of `npm run bench`).
import { launchBrowser } from '@ozura/e2e/browser';
import { benchCreateSession } from './create-session.ts';
import { weighHostedPage } from './page-weight.ts';
import { residentMegabytes } from './program.ts';
import { startSystem } from './system.ts';

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
}

const idleMs = 2_000;

async function main(): Promise<void> {
  const rows: Row[] = [];
  const system = await startSystem();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  rows.push({ what: 'start to first answer', measured: `${Math.round(system.startMs)} ms`, target: '≤ 1 s, hard 2 s' });
  const memory = residentMegabytes(system.program.child.pid ?? 0);
  rows.push({ what: 'resident memory, whole system idle', measured: `${memory} MB`, target: '≤ 200 MB' });
  const browser = await launchBrowser();
  const weights = await weighHostedPage(browser, system.dev);
  await browser.close();
  const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  rows.push({ what: 'hosted page with frames, gzip', measured: kilobytes(total), target: '≤ 25 KB, hard 40 KB' });
  const create = await benchCreateSession(system.dev);
  rows.push({
    what: 'create session, durable, concurrency 32',
    measured: `${create.ratio.toFixed(2)} of a null POST (${Math.round(create.ours.requestsPerSecond)} / ${Math.round(create.yardstick.requestsPerSecond)} per s, p99 ${create.ours.p99Ms} / ${create.yardstick.p99Ms} ms)`,
    target: '≥ 0.8, hard 0.5',
  });
  await system.stop();
  print(rows);
  for (const { what, bytes } of weights) console.log(`  ${kilobytes(bytes).padStart(8)}  ${what}`);
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

function print(rows: readonly Row[]): void {
  console.log('| what | measured | target |\n|---|---|---|');
  for (const { what, measured, target } of rows) console.log(`| ${what} | ${measured} | ${target} |`);
}

await main();
