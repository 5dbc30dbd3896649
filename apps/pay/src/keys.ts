// Pay's own keys: one for processors' credentials, one for the audit chain, both derived from one root (contract 13.1).
// Card data is never under them.
import { hkdfSync, type KeyObject } from 'node:crypto';
import { keyBytes, keyOf, type VersionedKey } from '@ozura/kit/envelope';

export interface PayKeys {
  readonly credentials: VersionedKey;
  readonly audit: KeyObject;
}

const rootVersion = 1;

/** Takes the root over: its bytes are wiped here. */
export function derivePayKeys(root: Uint8Array): PayKeys {
  const derive = (label: string): KeyObject =>
    keyOf(new Uint8Array(hkdfSync('sha256', root, new Uint8Array(), `ozura pay ${label}`, keyBytes)));
  const keys = {
    credentials: { version: rootVersion, key: derive('processor credentials') },
    audit: derive('audit'),
  };
  root.fill(0);
  return keys;
}
