// Opens the keyring and the audit chain, which need each other: the chain has a key of its own, and every change of a
// key is recorded in it.
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { type Audit, openAudit } from '../audit.ts';
import { installation } from './key-rules.ts';
import { type Keyring, openKeyring, type RootKey } from './keyring.ts';

export interface OpenedKeys {
  readonly keys: Keyring;
  readonly audit: Audit;
}

export async function openKeys(db: Database, root: RootKey, { now, random }: Context): Promise<OpenedKeys> {
  let audit: Audit | undefined;
  const keys = await openKeyring({
    db,
    root,
    now,
    random,
    // The first two keys are those that the chain itself needs.
    keyMade: async (tx, { id, merchantId }) => {
      const event = { merchantId, actor: 'vault', action: 'create_key', object: id, outcome: 'allowed' } as const;
      await audit?.record(tx, { ...event, address: '', requestId: '' }, await tx.now());
    },
  });
  audit = openAudit((await keys.current('audit', installation)).key);
  return { keys, audit };
}
