// Chromium for tests: the one of the machine, or the one inside the `@sparticuz/chromium` package.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { type PackagedChromium, unpackChromium } from './packaged-chromium.ts';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

// A test browser talks to nobody but the pages under test, and runs where containers run: as root, without a GPU.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The iframes of another origin in their own processes, as in the browsers of customers.
  '--site-per-process',
];

/** One headless browser; `more` is added to its environment, `moreArgs` to its flags. Give each test its own `browser.newContext()`; close the browser in the end. */
export function launchBrowser(
  more: Readonly<Record<string, string>> = {},
  moreArgs: readonly string[] = [],
): Promise<Browser> {
  const { executablePath, env } = findChromium();
  const flags = [...args, ...moreArgs];
  return chromium.launch({
    executablePath,
    args: flags,
    env: { ...process.env, ...env, ...more } as Record<string, string>,
  });
}

function findChromium(): PackagedChromium {
  const executablePath = installed.find((path) => existsSync(path));
  return executablePath === undefined ? unpackChromium() : { executablePath, env: {} };
}
