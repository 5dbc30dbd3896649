// Card values stay in the frames: a page that listens to everything, and one that lies to everybody, learn nothing.
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import {
  createToken,
  eventsOf,
  inputOf,
  openFields,
  openShop,
  type Shop,
  type ShopPage,
  typeCard,
} from './elements-shop.ts';

let browser: Browser;
let shop: Shop;
let page: Page;

beforeAll(async () => {
  [browser, shop] = await Promise.all([launchBrowser(), openShop()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.addInitScript(spy);
});

interface Spying extends ShopPage {
  heard: unknown[];
  ports: MessagePort[];
  MessageChannel: typeof MessageChannel;
}

/** Runs before any script of the page: keeps every message that reaches it, and every port that it makes. */
function spy(): void {
  if (window !== top) return;
  const here = globalThis as unknown as Spying;
  here.heard = [];
  here.ports = [];
  const hear = ({ data }: MessageEvent): number => here.heard.push(data);
  addEventListener('message', hear, true);
  const Channel = MessageChannel;
  here.MessageChannel = class extends Channel {
    constructor() {
      super();
      here.ports.push(this.port1);
      this.port1.addEventListener('message', hear);
    }
  };
}

const heardBy = (target: Page | Frame): Promise<Record<string, unknown>[]> =>
  target.evaluate(() => (globalThis as unknown as Spying).heard as never);

describe('a page that listens', () => {
  beforeEach(async () => {
    await openFields(page, shop);
    await typeCard(page);
    await inputOf(page, 'Card number').press('Tab');
  });

  it('hears no digit of the card in any message while it is typed', async () => {
    const heard = await heardBy(page);
    expect(heard.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ready', 'loaded', 'change', 'focus', 'blur']),
    );
    for (const { vault: _id, oz: _release, heightPx: _height, ...message } of heard) {
      expect(JSON.stringify(message)).not.toMatch(/[0-9]/);
    }
  });

  it('gets of the card with the token only what the contract says', async () => {
    expect((await createToken(page)).ok).toBe(true);
    const [answer = {}] = (await heardBy(page)).filter(({ type }) => type === 'token');
    const { token, cvcSession, ...facts } = answer.tokenized as Record<string, unknown>;
    expect([token, cvcSession]).toEqual([expect.stringMatching(/^tok_/), expect.stringMatching(/^cvc_/)]);
    expect(facts).toEqual({
      card: { last4: '4242', brand: 'VISA', bin: '424242', expMonth: '11', expYear: '2035' },
    });
  });

  it('finds no digit of it in addresses, names or titles of frames, or in its own document', async () => {
    await createToken(page);
    const frames = await Promise.all(
      page.frames().map(async (frame) => [frame.url(), frame.name(), await frame.title()]),
    );
    const document = await page.content();
    for (const text of [...frames.flat(), document])
      expect(text).not.toMatch(/4242 ?4242|424242|(?<![0-9a-f-])739(?![0-9a-f-])/);
  });
});

describe('an attacker', () => {
  let evil: Frame;

  beforeEach(async () => {
    await openFields(page, shop, { path: '/open' });
    await typeCard(page);
    const address = `${shop.url.replace('localhost', '127.0.0.1')}/open`;
    await page.evaluate((src) => {
      const frame = document.createElement('iframe');
      frame.src = src;
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener('load', resolve));
    }, address);
    evil = page.frames().find((frame) => frame.url() === address) as Frame;
  });

  /** Sends `messages` from `from` to the page and to every frame in it, each with a port of its own; answers what came back. */
  const forge = (from: Page | Frame, messages: object[]): Promise<unknown[]> =>
    from.evaluate(async (all) => {
      const back: unknown[] = [];
      const targets = [
        top as Window,
        ...Array.from({ length: (top as Window).length }, (_, index) => (top as Window)[index] as Window),
      ];
      for (const target of targets) {
        for (const message of all) {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => back.push(data);
          target.postMessage(message, '*', [port2]);
          port1.postMessage({ type: 'collect', call: 1 });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return back;
    }, messages);

  const forgeries = async (): Promise<object[]> => {
    const vault = await page.evaluate(() => (globalThis as unknown as ShopPage).vault.vaultId);
    const fields = ['cardNumber', 'expirationDate', 'cvv'];
    const settings = { style: {}, placeholder: 'forged', disabled: true, label: 'Forged' };
    return [
      ...fields.map((field) => ({ oz: 1, vault, type: 'link', field })),
      { oz: 1, vault, type: 'mount', settings },
      { oz: 1, vault, type: 'update', settings },
      { oz: 1, vault, type: 'clear' },
      { oz: 1, vault, type: 'collect', call: 1 },
      { oz: 1, vault, type: 'change', state: { empty: false, complete: true, valid: true, forged: true } },
      { oz: 1, vault, type: 'token', call: 1, tokenized: { token: 'tok_forged', card: {} } },
      { oz: 1, vault, type: 'tokenize', call: 1, sessionKey: 'vs_x', fields },
    ];
  };

  it('in a frame beside the fields is ignored by fields, tokenizer and page', async () => {
    const before = await eventsOf(page);
    expect(await forge(evil, await forgeries())).toEqual([]);
    expect(await eventsOf(page)).toEqual(before);
    expect(await inputOf(page, 'Card number').getAttribute('placeholder')).not.toBe('forged');
    expect(await createToken(page)).toMatchObject({
      ok: true,
      response: { token: expect.not.stringContaining('forged') },
    });
  });

  it('in the page itself cannot pass for a field, nor be mounted a second time', async () => {
    expect(await forge(page, await forgeries())).toEqual([]);
    expect(await inputOf(page, 'Card number').inputValue()).toBe('4242 4242 4242 4242');
    expect(await createToken(page)).toMatchObject({ ok: true });
  });

  it('who holds the page’s own ports gets no value out of them', async () => {
    const asked = (await forgeries()).filter((message) => (message as { type: string }).type !== 'clear');
    const started = (await heardBy(page)).length;
    await page.evaluate((messages) => {
      for (const port of (globalThis as unknown as Spying).ports) {
        for (const message of messages) port.postMessage(message);
      }
    }, asked);
    // The one thing that the port of the tokenizer does is what the page may ask for: here with a key of nobody.
    await expect.poll(async () => (await heardBy(page)).some(({ type }) => type === 'failed')).toBe(true);
    for (const { vault: _vault, oz: _release, call: _call, failure: _failure, ...message } of (
      await heardBy(page)
    ).slice(started)) {
      expect(JSON.stringify(message)).not.toMatch(/[0-9]/);
    }
  });

  it.each([
    ['another release', { oz: 99 }],
    ['another vault', { vault: '00000000-0000-4000-8000-000000000000' }],
    ['an unknown type', { type: 'read' }],
  ])('who holds the ports is not heard with messages of %s', async (_what, change) => {
    const started = (await heardBy(page)).length;
    const messages = (await forgeries()).map((message) => ({ ...message, ...change }));
    await page.evaluate(async (all) => {
      for (const port of (globalThis as unknown as Spying).ports) for (const message of all) port.postMessage(message);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }, messages);
    expect((await heardBy(page)).slice(started)).toEqual([]);
    expect(await inputOf(page, 'Card number').inputValue()).toBe('4242 4242 4242 4242');
  });

  it('has no way from a frame to the page around it', async () => {
    const frames = await page
      .locator('iframe[title^="Sec"]')
      .evaluateAll((all) =>
        all.map((frame) => ['sandbox', 'allow', 'referrerpolicy', 'title'].map((name) => frame.getAttribute(name))),
      );
    expect(frames.map(([sandbox, allow, referrer]) => [sandbox, allow, referrer])).toEqual(
      Array(4).fill(['allow-scripts allow-same-origin', '', 'no-referrer']),
    );
    for (const [, , , title] of frames) expect(title).toMatch(/^Secure /);
    const field = page.frames().find((frame) => frame.url().includes('/v1/frame/cardNumber'));
    const gone = field?.evaluate(() => {
      (top as Window).location.href = 'about:blank#gone';
    });
    await gone?.catch(() => undefined);
    expect(page.url()).toBe(`${shop.url}/open`);
  });

  it('cannot open a frame to look into it, and the fields have no peer connections', async () => {
    const inside = page.evaluate(
      () => (document.querySelector('iframe') as HTMLIFrameElement).contentWindow?.document.title,
    );
    await expect(inside).rejects.toThrow('cross-origin');
    const field = page.frames().find((frame) => frame.url().includes('/v1/frame/cardNumber'));
    expect(await field?.evaluate(() => 'RTCPeerConnection' in globalThis)).toBe(false);
    expect(await page.evaluate(() => 'RTCPeerConnection' in globalThis)).toBe(true);
  });
});
