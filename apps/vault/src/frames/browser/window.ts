// What every frame does first, and whom it listens to.
import { unseal } from '@ozura/elements/protocol';
import { isAllowedParent } from './parents.ts';

type Message = { readonly type: string };

/** Peer connections are the one way out of a page that its Content Security Policy does not close. */
export function closeSideDoors(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel']) {
    Reflect.deleteProperty(globalThis, name);
  }
}

/** The first message of the page around this frame; all later ones come through the port that it brings. */
export function onceMounted<M extends Message>(use: (hello: M & { vault: string }, page: MessagePort) => void): void {
  const parents = (document.body.dataset.parents ?? '').split(' ');
  let mounted = false;
  addEventListener('message', ({ data, origin, ports: [port], source }) => {
    if (mounted || source !== parent || !isAllowedParent(origin, parents)) return;
    const hello = unseal<M>(data);
    if (hello?.type !== 'mount' || port === undefined) return;
    mounted = true;
    use(hello, port);
  });
}
