// The way of a value: from a field straight to the tokenizer, a sibling of its own origin, over a port that the page
// never holds.
import type { Brand } from '@ozura/core/card/brand';
import { type FieldType, seal, tokenizerName, unseal } from '@ozura/elements/protocol';

export type FieldToTokenizer =
  | { readonly type: 'value'; readonly call: number; readonly values: FieldValues }
  | { readonly type: 'value'; readonly call: number; readonly error: string }
  | { readonly type: 'brand'; readonly brand: Brand | undefined };

/** Members of the Vault's `data`. */
export type FieldValues = Readonly<Record<string, string>>;

export type TokenizerToField =
  | { readonly type: 'linked' }
  | { readonly type: 'collect'; readonly call: number }
  | { readonly type: 'brand'; readonly brand: Brand | undefined };

interface LinkMessage {
  readonly type: 'link';
  readonly field: FieldType;
}

/** Hands a port to the tokenizer. Nothing happens when it is not there: its page links again when it is. */
export function linkTo(
  vault: string,
  field: FieldType,
  hear: (message: TokenizerToField) => void,
): MessagePort | undefined {
  const tokenizer = findTokenizer(vault);
  if (tokenizer === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const message = unseal<TokenizerToField>(data, vault);
    if (message !== undefined) hear(message);
  };
  tokenizer.postMessage(seal<LinkMessage>(vault, { type: 'link', field }), location.origin, [port2]);
  return port1;
}

function findTokenizer(vault: string): Window | undefined {
  for (let index = 0; index < parent.length; index += 1) {
    const frame = parent[index];
    try {
      if (frame?.location.origin === location.origin && frame.name === tokenizerName(vault)) return frame;
    } catch {
      // A frame of another origin: it may not even be asked for its name.
    }
  }
  return undefined;
}

/** Ports of fields: from siblings of this origin in the same page, and of the same vault. */
export function onLink(vault: string, use: (field: FieldType, port: MessagePort) => void): void {
  addEventListener('message', ({ data, origin, ports: [port], source }) => {
    if (origin !== location.origin || (source as Window | null)?.parent !== parent) return;
    const message = unseal<LinkMessage>(data, vault);
    if (message?.type === 'link' && port !== undefined) use(message.field, port);
  });
}
