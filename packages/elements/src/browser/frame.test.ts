import { afterEach, expect, test, vi } from 'vitest';
import { openFrame } from './frame.ts';

const vaultId = 'v1';
const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** An iframe as the page sees it; what its window is sent lies in `greetings`. */
function iframeThat({ isConnected, hasDocument }: { isConnected: boolean; hasDocument: boolean }) {
  const greetings: { origin: string; port: MessagePort }[] = [];
  const iframe = Object.assign(new EventTarget(), {
    isConnected,
    // Its own origin's, which the page must not look into; an empty one is the page's.
    contentDocument: hasDocument ? null : {},
    src: 'http://frames.example/v1/frame/cvv?a=b',
    contentWindow: {
      postMessage(_: unknown, origin: string, [port]: [MessagePort]) {
        ports.push(port);
        greetings.push({ origin, port });
      },
    },
    remove: () => undefined,
  });
  const heard: string[] = [];
  const frame = openFrame<{ type: string }, { type: string }>({
    iframe: iframe as unknown as HTMLIFrameElement,
    vaultId,
    hello: () => ({ type: 'mount' }),
    onMessage: ({ type }) => heard.push(type),
    loadTimeoutMs: 60_000,
    onTimeout: () => undefined,
  });
  return { frame, greetings, heard, load: () => iframe.dispatchEvent(new Event('load')) };
}

/** As the code in a frame does with the first greeting that it hears. */
function answer({ port }: { port: MessagePort }, type: string): string[] {
  const got: string[] = [];
  port.onmessage = ({ data }) => got.push(data.type);
  port.postMessage({ oz: 1, vault: vaultId, type });
  return got;
}

test('a frame that the page has drawn and that is there is greeted at once, and only once', async () => {
  const { frame, greetings, heard, load } = iframeThat({ isConnected: true, hasDocument: true });
  expect(greetings.map(({ origin }) => origin)).toEqual(['http://frames.example']);
  const got = answer(greetings[0] as never, 'loaded');
  await vi.waitFor(() => expect(heard).toEqual(['loaded']));
  load();
  expect(greetings).toHaveLength(1);
  frame.post({ type: 'link' });
  await vi.waitFor(() => expect(got).toEqual(['link']));
  // Moved in the document it begins anew.
  load();
  expect(greetings).toHaveLength(2);
  frame.remove();
});

test('one whose code did not hear the first greeting goes on with the one at its load', async () => {
  const { frame, greetings, heard, load } = iframeThat({ isConnected: true, hasDocument: true });
  load();
  const got = answer(greetings[1] as never, 'loaded');
  await vi.waitFor(() => expect(heard).toEqual(['loaded']));
  frame.post({ type: 'link' });
  await vi.waitFor(() => expect(got).toEqual(['link']));
  frame.remove();
});

test('one whose answer to the first greeting comes after its load goes on with the first', async () => {
  const { frame, greetings, heard, load } = iframeThat({ isConnected: true, hasDocument: true });
  load();
  const got = answer(greetings[0] as never, 'loaded');
  await vi.waitFor(() => expect(heard).toEqual(['loaded']));
  frame.post({ type: 'link' });
  await vi.waitFor(() => expect(got).toEqual(['link']));
  frame.remove();
});

test.each([
  ['that the page has made', { isConnected: false, hasDocument: true }],
  ['whose document has not come yet', { isConnected: true, hasDocument: false }],
])('a frame %s is greeted when it has loaded', (_, iframe) => {
  const { frame, greetings, load } = iframeThat(iframe);
  expect(greetings).toEqual([]);
  load();
  expect(greetings).toHaveLength(1);
  frame.remove();
});
