// The hidden tokenizer: takes ports from fields of its own origin, collects their values when the page
// asks for a token, and hands them to the Vault. The page gets the token.
import type { Billing } from '@ozura/core/billing';
import {
  type FieldType,
  type PageToTokenizer,
  seal,
  type TokenizeFailure,
  type TokenizeMessage,
  type TokenizerToPage,
  unseal,
} from '@ozura/elements/protocol';
import { type FieldToTokenizer, type FieldValues, onLink, type TokenizerToField } from './link.ts';
import { askVault } from './vault-call.ts';
import { closeSideDoors, onceMounted } from './window.ts';

/** What becomes of the billing details that a page gives along. */
type CheckBilling = (details: unknown) => Billing | TokenizeFailure;

export function openTokenizer(checkBilling?: CheckBilling): void {
  closeSideDoors();
  onceMounted<PageToTokenizer>(({ vault }, page) => {
    const tell = (message: TokenizerToPage): void => page.postMessage(seal(vault, message));
    const fields = openFields(vault);
    let running: AbortController | undefined;
    page.onmessage = async ({ data }) => {
      const message = unseal<PageToTokenizer>(data, vault);
      if (message?.type !== 'tokenize' && message?.type !== 'cancel') return;
      running?.abort();
      if (message.type !== 'tokenize') return;
      running = new AbortController();
      const { signal } = running;
      const { call, billing } = message;
      const checked = billing === undefined ? undefined : checkBilling?.(billing);
      const answer = checked && 'kind' in checked ? checked : await tokenize(fields, message, signal);
      if (signal.aborted) return;
      if ('kind' in answer) tell({ type: 'failed', call, failure: answer });
      else tell({ type: 'token', call, tokenized: { ...answer, ...(checked && { billing: checked as Billing }) } });
    };
    tell({ type: 'ready' });
  });
}

type Collected = FieldValues | TokenizeFailure;

interface Fields {
  collect(field: FieldType, call: number): Promise<Collected>;
}

const isFailure = (collected: Collected): collected is TokenizeFailure => 'kind' in collected;

async function tokenize(
  fields: Fields,
  { call, sessionKey, fields: wanted, holder }: TokenizeMessage,
  signal: AbortSignal,
) {
  // All of them, so that every field that is not right says so.
  const collected = await Promise.all(wanted.map((field) => fields.collect(field, call)));
  const refused = collected.find(isFailure);
  if (refused !== undefined) return refused;
  const { vaultUrl = '', pubKey } = document.body.dataset;
  const values: FieldValues = Object.assign({}, ...collected, holder);
  return askVault({ vaultUrl, pubKey, sessionKey, type: holder ? 'bank' : 'card', values, signal });
}

function openFields(vault: string): Fields {
  const ports = new Map<FieldType, MessagePort>();
  const waiting = new Map<FieldType, (message: Extract<FieldToTokenizer, { type: 'value' }>) => void>();
  let number: TokenizerToField = { type: 'brand', brand: undefined };
  const send = (field: FieldType, message: TokenizerToField): void =>
    ports.get(field)?.postMessage(seal(vault, message));
  onLink(vault, (field, port) => {
    ports.get(field)?.close();
    ports.set(field, port);
    port.onmessage = ({ data }) => {
      const message = unseal<FieldToTokenizer>(data, vault);
      if (message?.type === 'value') waiting.get(field)?.(message);
      else if (message?.type === 'brand') {
        number = { type: 'brand', brand: message.brand };
        send('cvv', number);
      }
    };
    send(field, { type: 'linked' });
    if (field === 'cvv') send('cvv', number);
  });
  return {
    collect: (field, call) =>
      new Promise((resolve) => {
        waiting.set(field, (message) => {
          if (message.call !== call) return;
          resolve('error' in message ? { kind: 'field', text: message.error } : message.values);
        });
        send(field, { type: 'collect', call });
      }),
  };
}
