// One visit to a page by a customer with a slow phone, a slow network and an empty cache.
import type { Browser, Page, Response } from 'playwright-core';
import { openSlowNetwork, SLOW_4G } from './slow-network.ts';

export const cpuSlowdown = 4;

export interface Visit {
  readonly firstPaintMs: number;
  readonly firstFieldMs: number;
  /** Cumulative layout shift. */
  readonly shift: number;
  /** Until then. */
  readonly requests: number;
}

export interface Visitor {
  readonly browser: Browser;
  readonly locale: string;
}

export async function visit({ browser, locale }: Visitor, url: string): Promise<Visit> {
  const network = await openSlowNetwork(SLOW_4G);
  const customer = await browser.newContext({ locale, proxy: { server: network.address } });
  const page = await customer.newPage();
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await page.addInitScript(watch);
  await slowDown(page);
  await page.goto(url, { waitUntil: 'commit' });
  const usableAtMs = await usable(page);
  const requests = responses.length;
  const { startedAtMs, firstPaintMs, shift } = await page.evaluate(() => ({
    startedAtMs: performance.timeOrigin,
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    shift: Number(document.documentElement.dataset.shift ?? 0),
  }));
  await customer.close();
  network.close();
  return { firstPaintMs, firstFieldMs: usableAtMs - startedAtMs, shift, requests };
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

/** When the number could be typed, in a frame of the page. */
async function usable(page: Page): Promise<number> {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    const [, ...frames] = page.frames();
    const seen = await Promise.all(
      frames.map((frame) => frame.evaluate(() => document.documentElement.dataset.usable).catch(() => undefined)),
    );
    const at = seen.find((time) => time !== undefined);
    if (at !== undefined) return Number(at);
    await page.waitForTimeout(100);
  }
  throw new Error('no card field became usable within 30 s');
}
