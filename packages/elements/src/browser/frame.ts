// One iframe of the Elements origin and the channel to it. The page listens on a port of its own making, so a message
// from any other window never gets here.
import { seal, unseal } from '../protocol.ts';

type Message = { readonly type: string };

export interface FrameOptions<In extends Message, Out extends Message> {
  readonly url: URL;
  readonly name?: string;
  readonly title: string;
  readonly vaultId: string;
  /** Made anew at every load: a frame that was moved in the document starts from nothing. */
  readonly hello: () => Out;
  readonly onMessage: (message: In) => void;
  readonly loadTimeoutMs: number;
  readonly onTimeout: () => void;
}

export interface Frame<Out extends Message> {
  readonly iframe: HTMLIFrameElement;
  post(message: Out): void;
  remove(): void;
}

/** The iframe loads when it is put into the document. The first message from it stops the clock. */
export function openFrame<In extends Message, Out extends Message>(options: FrameOptions<In, Out>): Frame<Out> {
  const { url, vaultId } = options;
  const iframe = makeIframe(options);
  const clock = setTimeout(options.onTimeout, options.loadTimeoutMs);
  // A plain copy: what a page hands over may be wrapped by its framework, and a proxy cannot be posted.
  const sealed = (message: Out): Out => JSON.parse(JSON.stringify(seal(vaultId, message)));
  let port: MessagePort | undefined;
  iframe.addEventListener('load', () => {
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => {
      const message = unseal<In>(data, vaultId);
      if (message === undefined) return;
      clearTimeout(clock);
      options.onMessage(message);
    };
    iframe.contentWindow?.postMessage(sealed(options.hello()), url.origin, [channel.port2]);
  });
  return {
    iframe,
    post: (message) => port?.postMessage(sealed(message)),
    remove() {
      clearTimeout(clock);
      port?.close();
      iframe.remove();
    },
  };
}

// Its address comes last: what a frame may do is decided when it begins to load.
const makeIframe = ({ url, name = '', title }: { url: URL; name?: string; title: string }): HTMLIFrameElement =>
  Object.assign(document.createElement('iframe'), {
    sandbox: 'allow-scripts allow-same-origin',
    allow: '',
    referrerPolicy: 'no-referrer',
    name,
    title,
    src: url.href,
  });
