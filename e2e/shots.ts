// `npm run shots [-- folder [states]]`: pictures of every state of the hosted pages (or of those named) for people to look
// at, in four languages, at three widths, light and dark: en, de, ar and ja are a short one, a long one, one from right to
// left, one without spaces.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { PAGE_STATES } from './page-states.ts';
import { type System, startSystem } from './system.ts';

const LOCALES = ['en-US', 'de-DE', 'ar-EG', 'ja-JP'];
const WIDTHS = [320, 768, 1280];
const SCHEMES = ['light', 'dark'] as const;

/** The packaged browser brings Latin letters only: the others need fonts of the machine, such as fonts-noto. */
const hasSystemFonts = existsSync('/etc/fonts/fonts.conf');
const systemFonts = hasSystemFonts ? { FONTCONFIG_FILE: '/etc/fonts/fonts.conf' } : {};
if (!hasSystemFonts) console.log('no fonts on this machine: Arabic and Japanese will be boxes (Debian: fonts-noto)');
/** Frames of another origin are painted a moment after the page around them, and never in what a picture scrolls to. */
const paintMs = 300;

const [folder = 'shots', ...named] = process.argv.slice(2);
const states = Object.keys(PAGE_STATES).filter((state) => named.length === 0 || named.includes(state));
mkdirSync(folder, { recursive: true });
const system = await startSystem();
try {
  const browser = await launchBrowser(systemFonts);
  try {
    for (const locale of LOCALES) {
      for (const state of states) await take(browser, system, { locale, state });
      console.log(`${locale}: ${states.length * WIDTHS.length * SCHEMES.length} pictures in ${folder}`);
    }
  } finally {
    await browser.close();
  }
} finally {
  await system.stop();
}

async function take(browser: Browser, { dev }: System, { locale, state }: { locale: string; state: string }) {
  const customer = await browser.newContext({ locale, reducedMotion: 'reduce' });
  const page = await customer.newPage();
  await PAGE_STATES[state]?.(page, dev);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(paintMs);
      const file = `${state}-${locale.slice(0, 2)}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(folder, file) });
    }
  }
  await customer.close();
}
