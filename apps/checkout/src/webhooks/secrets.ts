// Secrets of webhook endpoints: sealed under a key from the pepper, so that a copy of the database alone signs nothing,
// and what is signed with them (contract 14.1, Standard Webhooks 1.0).
import { createHmac, hkdfSync } from 'node:crypto';
import type { RandomBytes } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { signedContent } from '@ozura/core/webhook';
import { keyBytes, keyOf, seal, unseal } from '@ozura/kit/envelope';
import type { CheckoutContext } from '../context.ts';
import type { WebhookEndpoint } from '../store/webhook-endpoints.ts';

type Owner = Pick<WebhookEndpoint, 'id' | 'merchantId'>;

export interface WebhookSecrets {
  /** A new one, as its merchant is told it and as it is stored. */
  make(owner: Owner): { readonly secret: Secret<string>; readonly sealed: string };
  /** The headers of one try, by every secret that signs at `nowMs`. */
  sign(endpoint: WebhookEndpoint, message: SignedMessage): Readonly<Record<string, string>>;
}

export interface SignedMessage {
  readonly id: string;
  readonly body: string;
  /** By the clock of the world: receivers compare it with theirs. */
  readonly sentAtMs: number;
  /** By the installation's clock: decides which retired secrets still sign. */
  readonly nowMs: number;
}

const secretBytes = 32;
const PREFIX = 'whsec_';

export function openWebhookSecrets({ config, random }: Pick<CheckoutContext, 'config' | 'random'>): WebhookSecrets {
  const derived = hkdfSync('sha256', config.pepper.open(), '', 'ozura webhook secrets', keyBytes);
  const key = { version: 1, key: keyOf(new Uint8Array(derived)) };
  const placeOf = ({ id, merchantId }: Owner) => ({ merchantId, row: id, field: 'webhook secret' });
  const bytesOf = (owner: Owner, sealed: string): Buffer => unseal(key, Buffer.from(sealed, 'base64'), placeOf(owner));
  return {
    make: (owner) => makeSecret(random, (bytes) => seal(key, bytes, placeOf(owner), random)),
    sign(endpoint, { id, body, sentAtMs, nowMs }) {
      const timestamp = Math.floor(sentAtMs / 1000);
      const retired = endpoint.retiredSecrets.filter(({ untilMs }) => nowMs < untilMs);
      const signatures = [endpoint.sealedSecret, ...retired.map(({ sealed }) => sealed)].map((sealed) => {
        const bytes = bytesOf(endpoint, sealed);
        const digest = createHmac('sha256', bytes)
          .update(signedContent(id, timestamp, body))
          .digest('base64');
        bytes.fill(0);
        return `v1,${digest}`;
      });
      return {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatures.join(' '),
      };
    },
  };
}

function makeSecret(random: RandomBytes, sealed: (bytes: Uint8Array) => Uint8Array) {
  const bytes = random(secretBytes);
  const made = {
    secret: new Secret(PREFIX + Buffer.from(bytes).toString('base64')),
    sealed: Buffer.from(sealed(bytes)).toString('base64'),
  };
  bytes.fill(0);
  return made;
}
