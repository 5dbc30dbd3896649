// What we promise about speed, as ratios against a null server in the same run: the table of the README.
import { launchBrowser } from '@ozura/e2e/browser';
import { shown } from './against-null.ts';
import { benchCardPayment } from './card-payment.ts';
import { benchElements, type ElementsResult } from './elements.ts';
import { weighHostedPage } from './page-weight.ts';
import { residentMegabytes } from './program.ts';
import { benchCreateLargeSession, benchCreateSession, benchGetSession, benchReplay } from './sessions.ts';
import { startSystem } from './system.ts';
import { benchRotation, benchTokenize, type RotationResult } from './vault.ts';
import { benchOutbox, benchWebhooks } from './webhooks.ts';

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
}

const idleMs = 2_000;

export async function benchPromises(): Promise<void> {
  const rows: Row[] = [];
  const system = await startSystem();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  rows.push({ what: 'start to first answer', measured: `${Math.round(system.startMs)} ms`, target: '≤ 1 s, hard 2 s' });
  const memory = residentMegabytes(system.program.child.pid ?? 0);
  rows.push({ what: 'resident memory, whole system idle', measured: `${memory} MB`, target: '≤ 200 MB' });
  const browser = await launchBrowser();
  const weights = await weighHostedPage(browser, system.dev);
  const elements = await benchElements(browser, system.dev);
  await browser.close();
  const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  rows.push({ what: 'hosted page with frames, gzip', measured: kilobytes(total), target: '≤ 25 KB, hard 40 KB' });
  rows.push(...elementsRows(elements));
  const create = await benchCreateSession(system.dev);
  rows.push({
    what: 'create session, durable, concurrency 32',
    measured: shown(create),
    target: '≥ 0.8, hard 0.5',
  });
  const bare = await benchCreateSession(system.dev, true);
  rows.push({
    what: 'the same, beside a null route that sends the body without our headers',
    measured: shown(bare),
    target: 'none yet',
  });
  const { byFetch, byGenerator } = await benchReplay(system.dev);
  rows.push({
    what: 'repeat a create request with its idempotency key, beside the first of each key',
    measured: `${byFetch.ratio.toFixed(2)} by fetch; ${byGenerator.ratio.toFixed(2)} by a load generator`,
    target: '≥ 1',
  });
  const large = await benchCreateLargeSession(system.dev);
  rows.push({ what: 'create session with 20 items and an appearance', measured: shown(large), target: '≥ 0.4' });
  rows.push({ what: 'read a session', measured: shown(await benchGetSession(system.dev)), target: '≥ 0.6' });
  const tokenize = await benchTokenize(system.dev);
  rows.push({ what: 'tokenize, durable, concurrency 32', measured: shown(tokenize), target: '≥ 0.4' });
  rows.push(...rotationRows(await benchRotation(system.dev)));
  const payment = await benchCardPayment(system.dev);
  rows.push(
    {
      what: 'card payments, end to end and durable',
      measured: `${Math.round(payment.paymentsPerSecond)} per s`,
      target: 'none yet',
    },
    {
      what: "added to the processor's own time",
      measured: `p50 ${payment.overheadP50Ms.toFixed(1)} ms, p99 ${payment.overheadP99Ms.toFixed(1)} ms`,
      target: 'none yet',
    },
  );
  const eventMs = await benchOutbox();
  const share = (eventMs * payment.paymentsPerSecond) / 10;
  rows.push(
    {
      what: "the event's share of a card payment: written, collected, numbered",
      measured: `${share.toFixed(1)} % (${eventMs.toFixed(2)} ms)`,
      target: '≤ 5 %',
    },
    {
      what: 'webhooks to a receiver on this machine, one endpoint',
      measured: `${Math.round(await benchWebhooks(system.dev))} events/s`,
      target: 'none yet',
    },
  );
  await system.stop();
  print(rows);
  for (const { what, bytes } of weights) console.log(`  ${kilobytes(bytes).padStart(8)}  ${what}`);
}

const rotationRows = ({ records, recordsPerSecond, idle, busy }: RotationResult): Row[] => [
  {
    what: 'key rotation beside tokenizing',
    measured: `${Math.round(recordsPerSecond)} records/s (${records} records)`,
    target: '≥ 5,000 records/s',
  },
  {
    what: 'tokenize beside a key rotation, p99',
    measured: `${busy.p99Ms} ms, without it ${idle.p99Ms} ms`,
    target: '≤ 2 × without',
  },
];

const elementsRows = ({ usableMs, usableAgainMs, tokenScriptMs }: ElementsResult): Row[] => [
  {
    what: "card fields on a merchant's page: script to usable",
    measured: `${Math.round(usableMs)} ms, ${Math.round(usableAgainMs)} ms at the next visit`,
    target: '≤ 150 ms',
  },
  {
    what: "a token's work on the page's main thread",
    measured: `${tokenScriptMs.toFixed(2)} ms`,
    target: '≤ 1 ms',
  },
];

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

function print(rows: readonly Row[]): void {
  console.log('| what | measured | target |\n|---|---|---|');
  for (const { what, measured, target } of rows) console.log(`| ${what} | ${measured} | ${target} |`);
}
