// Opens the keyring and the audit chain, which need each other: the chain has a key of its own, and every change of a
// key is recorded in it. Until the root key is there both are sealed.
import { Refusal } from '@ozura/core/errors';
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { type Audit, openAudit } from '../audit.ts';
import { installation } from './key-rules.ts';
import { type Keyring, openKeyring } from './keyring.ts';
import type { RootKey } from './root-key.ts';

export interface OpenedKeys {
  readonly keys: Keyring;
  readonly audit: Audit;
}

export interface SealedKeys extends OpenedKeys {
  isSealed(): boolean;
  /** Throws `RootKeyUnusable` when it is not the root key of this database. */
  unseal(root: RootKey): Promise<void>;
}

/** Whatever needs a key before is refused, as a program that is not ready refuses. */
export function openSealed(db: Database, base: Context): SealedKeys {
  let opened: OpenedKeys | undefined;
  const present = (): OpenedKeys => {
    if (opened === undefined) throw sealed();
    return opened;
  };
  return {
    isSealed: () => opened === undefined,
    async unseal(root) {
      opened = await openKeys(db, root, base);
    },
    keys: {
      current: async (...of) => present().keys.current(...of),
      version: async (...of) => present().keys.version(...of),
      wrapper: async () => present().keys.wrapper(),
      rotateWrapper: async (recorded) => present().keys.rotateWrapper(recorded),
      renew: async (...of) => present().keys.renew(...of),
      rewrap: async (...of) => present().keys.rewrap(...of),
      forget: () => present().keys.forget(),
    },
    audit: {
      record: async (...record) => present().audit.record(...record),
      recordAll: async (...records) => present().audit.recordAll(...records),
      commit: async (use) => present().audit.commit(use),
      verify: async (...log) => present().audit.verify(...log),
    },
  };
}

const retryAfterSeconds = '30';

export const sealed = (): Refusal =>
  new Refusal('OVERLOADED', { message: 'The Vault is sealed', headers: { 'Retry-After': retryAfterSeconds } });

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
  audit = openAudit((await keys.current('audit', installation)).key, db);
  return { keys, audit };
}
