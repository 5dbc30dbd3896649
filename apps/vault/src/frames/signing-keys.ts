// The public keys of our Checkout, which signs the addresses of the frames of its pages (contract 2.4 and 2.7).
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Send } from '@ozura/contract/client';
import type { Context } from '@ozura/kit/context';

export interface SigningKeys {
  find(keyId: string): Promise<KeyObject | undefined>;
}

const fetchTimeoutMs = 2_000;
/** A key may be new: but nobody who makes up key ids can make us ask more often. */
const unknownKeyMs = 60_000;
/** A retired key is forgotten within this time. */
const maxAgeMs = 60 * 60_000;

export function openSigningKeys({ now, log }: Context, send: Send, checkoutUrl: string): SigningKeys {
  let keys = new Map<string, KeyObject>();
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    const url = `${checkoutUrl}/.well-known/ozura-keys.json`;
    try {
      const { status, text } = await send({ method: 'GET', url, headers: {}, timeoutMs: fetchTimeoutMs });
      if (status !== 200) throw new Error(`the key document answered ${status}`);
      keys = readKeys(text);
      askedAtMs = now();
    } catch (error) {
      // The keys that we have stay good; the next frame asks again.
      log.warn({ err: error }, 'the signing keys of Checkout could not be read');
    }
  };

  return {
    async find(keyId) {
      const ageMs = now() - askedAtMs;
      if (ageMs >= (keys.has(keyId) ? maxAgeMs : unknownKeyMs)) {
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        await asking;
      }
      return keys.get(keyId);
    },
  };
}

function readKeys(text: string): Map<string, KeyObject> {
  const { keys } = JSON.parse(text) as { keys: (JsonWebKey & { kid: string })[] };
  const ours = keys.filter(({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519');
  return new Map(ours.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
}
