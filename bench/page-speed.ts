// `npm run bench:page`: how soon a customer can type a card number on a slow phone and a slow network, and whether
// anything moves meanwhile; the same of a card-only page on Adyen's library; and what Lighthouse says of ours.
import { launchBrowser } from '@ozura/e2e/browser';
import { createSession } from '@ozura/e2e/merchant';
import { freePort } from '@ozura/e2e/ports';
import { startSystem } from '@ozura/e2e/system';
import type { Page } from 'playwright-core';
import { openAdyenPage } from './beside/adyen-page.ts';
import { installBeside, versionOf } from './beside/install.ts';
import { askLighthouse, type LighthouseScores } from './beside/lighthouse.ts';
import { cpuSlowdown, type Visit, visit } from './page-visit.ts';
import { type Weight, weighHostedPage, weighPage } from './page-weight.ts';

const runs = 7;
const lighthouseRuns = 3;
const firstFieldTargetMs = 2_000;
const shiftTarget = 0.02;
const scoreTarget = 98;

installBeside();
const [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
const adyen = await openAdyenPage();
const openSession = async (): Promise<string> => (await createSession(system.dev)).checkoutUrl;

const cardFieldOfAdyen = (page: Page): Promise<unknown> =>
  page.locator('.adyen-checkout__card__cardNumber__input iframe').waitFor();

console.log(`Median of ${runs} visits with an empty cache, CPU ${cpuSlowdown}× slower, Slow 4G:`);
for (const locale of ['en-US', 'de-DE', 'ar-EG', 'ja-JP']) await measure(`hosted page, ${locale}`, locale, openSession);
await measure(`@adyen/adyen-web ${versionOf('@adyen/adyen-web')}, card only`, 'en-US', async () => adyen.url);
console.log(
  'Of Adyen its library and style sheet are measured, with stand-ins of 0.4 KB for the three documents of its card ' +
    'fields: Adyen serves the real ones, with the code that takes the digits, and they come on top of this.',
);
printWeights('hosted page until the first usable field', await weighHostedPage(browser, system.dev));
printWeights('card-only page on Adyen, the same', await weighPage(browser, adyen.url, cardFieldOfAdyen));
await browser.close();
adyen.close();
await askForScores();
await system.stop();

async function measure(what: string, locale: string, urlOf: () => Promise<string>): Promise<void> {
  const visits: Visit[] = [];
  for (let run = 0; run < runs; run += 1) visits.push(await visit({ browser, locale }, await urlOf()));
  const field = median(visits.map((one) => one.firstFieldMs));
  const shift = Math.max(...visits.map((one) => one.shift));
  const isWithin = field <= firstFieldTargetMs && shift <= shiftTarget;
  console.log(
    `  ${what}: first paint ${Math.round(median(visits.map((one) => one.firstPaintMs)))} ms, first usable card field ` +
      `${Math.round(field)} ms, ${median(visits.map((one) => one.requests))} requests, layout shift ${shift.toFixed(3)} at most` +
      `; ${isWithin ? 'within' : 'NOT within'} ${firstFieldTargetMs} ms and ${shiftTarget}`,
  );
}

function printWeights(what: string, weights: readonly Weight[]): void {
  const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\n${what}, gzip: ${(total / 1024).toFixed(1)} KB, ${weights.length} files`);
  for (const { what: file, bytes } of weights) console.log(`  ${(bytes / 1024).toFixed(1).padStart(6)} KB  ${file}`);
}

/** In a browser of its own, which Lighthouse talks to directly. */
async function askForScores(): Promise<void> {
  const port = await freePort();
  const measured = await launchBrowser({}, [`--remote-debugging-port=${port}`]);
  const scores: LighthouseScores[] = [];
  for (let run = 0; run < lighthouseRuns; run += 1) scores.push(await askLighthouse(await openSession(), port));
  await measured.close();
  const performance = scores.map((one) => one.performance);
  const accessibility = scores.map((one) => one.accessibility);
  console.log(
    `\nhosted page, Lighthouse ${versionOf('lighthouse')}, mobile, ${lighthouseRuns} runs: performance ` +
      `${performance.join(', ')} (median ${median(performance)}), accessibility ${accessibility.join(', ')}; ` +
      `${Math.min(median(performance), ...accessibility) >= scoreTarget ? 'within' : 'NOT within'} ${scoreTarget}`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
