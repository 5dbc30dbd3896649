// Everything a browser loads until the card fields can be used, frames included, gzip, in bytes.
import { gzipSync } from 'node:zlib';
import { openCheckout } from '@ozura/e2e/customer';
import { createSession } from '@ozura/e2e/merchant';
import type { DevFile } from '@ozura/e2e/system';
import type { Browser, Response } from 'playwright-core';

export interface Weight {
  readonly what: string;
  readonly bytes: number;
}

/** One row a response. Throws when anything came from an origin that is not ours. */
export async function weighHostedPage(browser: Browser, dev: DevFile): Promise<Weight[]> {
  const session = await createSession(dev);
  const page = await browser.newPage();
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await openCheckout(page, session.checkoutUrl);
  // The fields share their files, which the browser fetches once.
  const once = new Map(responses.map((response) => [response.url(), response]));
  const weights = await Promise.all([...once.values()].map((response) => weigh(response, dev)));
  await page.close();
  return weights.sort((a, b) => b.bytes - a.bytes);
}

async function weigh(response: Response, dev: DevFile): Promise<Weight> {
  const { origin, pathname } = new URL(response.url());
  const ours = [dev.checkoutUrl, dev.vaultUrl, dev.elementsUrl];
  if (!ours.includes(origin)) throw new Error(`a request went to ${origin}`);
  const body = await response.body().catch(() => Buffer.alloc(0));
  return {
    what: `${ours.indexOf(origin) === 2 ? 'elements' : 'checkout'} ${pathname.slice(0, 60)}`,
    bytes: gzipSync(body, { level: 9 }).length,
  };
}
