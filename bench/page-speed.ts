// `npm run bench:page`: how soon a customer can type a card number on a slow phone and a slow network, and whether
// anything moves meanwhile. CPU four times slower, Slow 4G, an empty cache each time.
import { launchBrowser } from '@ozura/e2e/browser';
import { createSession } from '@ozura/e2e/merchant';
import { type DevFile, startSystem } from '@ozura/e2e/system';
import type { Browser, Page } from 'playwright-core';
import { weighHostedPage } from './page-weight.ts';
import { openSlowNetwork, SLOW_4G } from './slow-network.ts';

const runs = 7;
const cpuSlowdown = 4;
const firstFieldTargetMs = 2_000;
const shiftTarget = 0.02;

interface Visit {
  readonly firstPaintMs: number;
  readonly firstFieldMs: number;
  /** Cumulative layout shift. */
  readonly shift: number;
}

const [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
const weights = await weighHostedPage(browser, system.dev);
for (const locale of ['en-US', 'de-DE', 'ar-EG', 'ja-JP']) {
  const visits: Visit[] = [];
  for (let run = 0; run < runs; run += 1) visits.push(await visit(browser, system.dev, locale));
  print(locale, visits);
}
const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`\nweight to the first usable field, gzip: ${(total / 1024).toFixed(1)} KB (target 25, hard 40)`);
for (const { what, bytes } of weights) console.log(`  ${(bytes / 1024).toFixed(1).padStart(6)} KB  ${what}`);
await browser.close();
await system.stop();

async function visit(browser: Browser, dev: DevFile, locale: string): Promise<Visit> {
  const { checkoutUrl } = await createSession(dev);
  const network = await openSlowNetwork(SLOW_4G);
  const customer = await browser.newContext({ locale, proxy: { server: network.address } });
  const page = await customer.newPage();
  await page.addInitScript(watch);
  await slowDown(page);
  await page.goto(checkoutUrl, { waitUntil: 'commit' });
  const usableAtMs = await usable(page);
  const { startedAtMs, firstPaintMs, shift } = await page.evaluate(() => ({
    startedAtMs: performance.timeOrigin,
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    shift: Number(document.documentElement.dataset.shift ?? 0),
  }));
  await customer.close();
  network.close();
  return { firstPaintMs, firstFieldMs: usableAtMs - startedAtMs, shift };
}

/** Runs in the page and in its frames: sums up what moves, and notes when a field has been told how to look. */
function watch(): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value } = entry as PerformanceEntry & { value: number };
      const { dataset } = document.documentElement;
      dataset.shift = String(Number(dataset.shift ?? 0) + value);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  const look = new MutationObserver(() => {
    if (document.querySelector('input')?.placeholder !== '1234 1234 1234 1234') return;
    document.documentElement.dataset.usable = String(performance.timeOrigin + performance.now());
    look.disconnect();
  });
  look.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['placeholder'] });
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
  page.on('framenavigated', async (frame) => {
    // Only frames in processes of their own have a session; the others are slow with their page.
    const own = await page
      .context()
      .newCDPSession(frame)
      .catch(() => undefined);
    await own?.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown }).catch(() => undefined);
  });
}

async function usable(page: Page): Promise<number> {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    const frame = page.frames().find((candidate) => candidate.url().includes('/cardNumber?'));
    const at = await frame?.evaluate(() => document.documentElement.dataset.usable).catch(() => undefined);
    if (at !== undefined) return Number(at);
    await page.waitForTimeout(100);
  }
  throw new Error('no card field became usable within 30 s');
}

function print(locale: string, visits: readonly Visit[]): void {
  const median = (pick: (visit: Visit) => number): number =>
    [...visits].sort((a, b) => pick(a) - pick(b)).map(pick)[Math.floor(visits.length / 2)] ?? Number.NaN;
  const field = median((one) => one.firstFieldMs);
  const shift = Math.max(...visits.map((one) => one.shift));
  const verdict = field <= firstFieldTargetMs && shift <= shiftTarget ? 'within' : 'NOT within';
  console.log(
    `${locale}: first paint ${Math.round(median((one) => one.firstPaintMs))} ms, first usable card field ` +
      `${Math.round(field)} ms, layout shift ${shift.toFixed(3)} at most; ${verdict} ${firstFieldTargetMs} ms and ` +
      `${shiftTarget} (median of ${visits.length} visits, CPU ${cpuSlowdown}× slower, Slow 4G)`,
  );
}
