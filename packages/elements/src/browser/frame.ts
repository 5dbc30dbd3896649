// One iframe of the Elements origin and the channel to it. The page listens on a port of its own making, so a message
// from any other window never gets here.
import { seal, unseal } from '../protocol.ts';

type Message = { readonly type: string };

export interface FrameOptions<In extends Message, Out extends Message> {
  /** With its address. In the document already it may have loaded; it loads when it is put there otherwise. */
  readonly iframe: HTMLIFrameElement;
  readonly vaultId: string;
  /** Made anew at every load: a frame that was moved in the document starts from nothing. */
  readonly hello: () => Out;
  readonly onMessage: (message: In) => void;
  readonly loadTimeoutMs: number;
  readonly onTimeout: () => void;
}

export interface Frame<Out extends Message> {
  post(message: Out): void;
  remove(): void;
}

/** The first message from the frame stops the clock. */
export function openFrame<In extends Message, Out extends Message>(options: FrameOptions<In, Out>): Frame<Out> {
  const { iframe, vaultId } = options;
  const clock = setTimeout(options.onTimeout, options.loadTimeoutMs);
  // A plain copy: what a page hands over may be wrapped by its framework, and a proxy cannot be posted.
  const sealed = (message: Out): Out => JSON.parse(JSON.stringify(seal(vaultId, message)));
  let port: MessagePort | undefined;
  let isAnswered = false;
  const greet = (): void => {
    const { port1, port2 } = new MessageChannel();
    port = port1;
    port1.onmessage = ({ data }) => {
      const message = unseal<In>(data, vaultId);
      if (message === undefined) return;
      // A frame takes the first hello that it hears, and goes on with that.
      port = port1;
      isAnswered = true;
      clearTimeout(clock);
      options.onMessage(message);
    };
    iframe.contentWindow?.postMessage(sealed(options.hello()), new URL(iframe.src).origin, [port2]);
  };
  // Where its document is there already, nobody may say so any more; an empty one is still of the page's own origin.
  let isEarly = iframe.isConnected && iframe.contentDocument === null;
  iframe.addEventListener('load', () => {
    if (!isEarly || !isAnswered) greet();
    isEarly = false;
  });
  if (isEarly) greet();
  return {
    post: (message) => port?.postMessage(sealed(message)),
    remove() {
      clearTimeout(clock);
      port?.close();
      iframe.remove();
    },
  };
}

/** Its address comes last: what a frame may do is decided when it begins to load. */
export const makeIframe = (url: URL, title: string, name = ''): HTMLIFrameElement =>
  Object.assign(document.createElement('iframe'), {
    sandbox: 'allow-scripts allow-same-origin',
    allow: '',
    referrerPolicy: 'no-referrer',
    name,
    title,
    src: url.href,
  });
