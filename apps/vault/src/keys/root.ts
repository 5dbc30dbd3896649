// The root key by the settings: at once from a file or from a key service, or later from people with shares of it.
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { openOutbound } from '@ozura/kit/fetch';
import type { VaultConfig } from '../config.ts';
import { openKmsRoot } from './aws-kms.ts';
import { openLocalRoot } from './local.ts';
import type { SealedKeys } from './open.ts';
import { serveUnsealing } from './unsealing.ts';

export interface OpenedRoot {
  readonly unsealed: Promise<void>;
  stop(): Promise<void>;
}

interface Opening {
  readonly db: Database;
  readonly keys: SealedKeys;
  readonly base: Context;
}

/** Unseals the keys; only with shares they may still be sealed afterwards. */
export async function openRoot(config: VaultConfig, { db, keys, base }: Opening): Promise<OpenedRoot> {
  const { root, mode, rootKeyFile } = config;
  if (root?.provider === 'shamir') {
    const unsealing = await serveUnsealing(root.socket, { db, keys, context: base });
    return { unsealed: unsealing.done, stop: unsealing.stop };
  }
  if (root?.provider === 'aws-kms') {
    const outbound = openOutbound();
    await keys.unseal(openKmsRoot(root, outbound.send));
    return { unsealed: Promise.resolve(), stop: () => outbound.close() };
  }
  if (mode === 'live')
    base.log.warn({ file: rootKeyFile }, 'the root key is a file: whoever reads it reads every card');
  await keys.unseal(openLocalRoot(rootKeyFile, mode, base));
  return { unsealed: Promise.resolve(), stop: async () => undefined };
}
