// Everything a browser loads until the card fields can be used, frames included, gzip, in bytes.
import { gzipSync } from 'node:zlib';
import { untilFields } from '@ozura/e2e/customer';
import { createSession } from '@ozura/e2e/merchant';
import type { DevFile } from '@ozura/e2e/system';
import type { Browser, Page, Response } from 'playwright-core';

export interface Weight {
  readonly what: string;
  readonly origin: string;
  readonly bytes: number;
}

/** One row a response. Throws when anything came from an origin that is not ours. */
export async function weighHostedPage(browser: Browser, dev: DevFile): Promise<Weight[]> {
  const { checkoutUrl } = await createSession(dev);
  const ours = [dev.checkoutUrl, dev.vaultUrl, dev.elementsUrl];
  const weights = await weighPage(browser, checkoutUrl, untilFields);
  const foreign = weights.find(({ origin }) => !ours.includes(origin));
  if (foreign !== undefined) throw new Error(`a request went to ${foreign.origin}`);
  return weights;
}

/** What came until then, the heaviest first. */
export async function weighPage(
  browser: Browser,
  url: string,
  until: (page: Page) => Promise<unknown>,
): Promise<Weight[]> {
  const page = await browser.newPage({ locale: 'en-US' });
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await page.goto(url);
  await until(page);
  // The fields share their files, which the browser fetches once.
  const once = new Map(responses.map((response) => [response.url(), response]));
  const weights = await Promise.all([...once.values()].map(weigh));
  await page.close();
  return weights.sort((a, b) => b.bytes - a.bytes);
}

async function weigh(response: Response): Promise<Weight> {
  const { origin, pathname } = new URL(response.url());
  const body = await response.body().catch(() => Buffer.alloc(0));
  return { what: pathname.slice(0, 60), origin, bytes: gzipSync(body, { level: 9 }).length };
}
