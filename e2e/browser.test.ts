// The test browser itself: frames of other origins run in their own processes, and can be typed into.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';

const servers: Server[] = [];
let browser: Browser;
let page: Page;
let outer: string;

beforeAll(async () => {
  const field = '<!doctype html><title>field</title><input aria-label="Card number">';
  const frames = await serve(field);
  outer = await serve(`<!doctype html><title>outer</title><p>Total 25.00</p>
    <iframe id="port" src="http://localhost:${frames}/"></iframe>
    <iframe id="site" src="http://127.0.0.1:${frames}/"></iframe>`).then((port) => `http://localhost:${port}/`);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 320, height: 480 } });
  await page.goto(outer);
});

afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
});

async function serve(html: string): Promise<number> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  servers.push(server.listen(0));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('types into frames of another port and of another site', async () => {
  for (const frame of ['#port', '#site']) {
    const input = page.frameLocator(frame).getByLabel('Card number');
    await input.fill('4242 4242');
    await input.press('End');
    await input.pressSequentially(' 42');
    expect(await input.inputValue()).toBe('4242 4242 42');
  }
});

it('keeps a page out of frames of another origin', async () => {
  for (const frame of ['port', 'site']) {
    const inside = page.evaluate((id) => {
      const element = document.getElementById(id) as HTMLIFrameElement;
      return element.contentWindow?.document.body.innerHTML;
    }, frame);
    await expect(inside).rejects.toThrow('cross-origin');
  }
});

it('runs a frame of another site in another process', async () => {
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets');
  expect(targetInfos.filter(({ type }) => type === 'iframe').map(({ url }) => new URL(url).hostname)).toEqual([
    '127.0.0.1',
  ]);
});

it('takes a screenshot with readable text', async () => {
  const picture = await page.screenshot();
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  // Without a font the text has no width.
  const width = await page.locator('p').evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect().width;
  });
  expect(width).toBeGreaterThan(60);
});
