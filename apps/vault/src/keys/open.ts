// Opens the keyring and the audit chain, which need each other: the chain has a key of its own, and every key made
// after it is recorded in it.
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { type Audit, openAudit } from '../audit.ts';
import { installation, type KeyMade, type Keyring, openKeyring, type RootKey } from './keyring.ts';

export async function openKeys(
  db: Database,
  root: RootKey,
  { random }: Context,
): Promise<{ readonly keys: Keyring; readonly audit: Audit }> {
  let audit: Audit | undefined;
  const keyMade: KeyMade = async (tx, purpose, merchantId) => {
    const event = { merchantId, actor: 'vault', action: 'create_key', object: purpose, outcome: 'allowed' } as const;
    await audit?.record(tx, { ...event, address: '', requestId: '' }, await tx.now());
  };
  const keys = await openKeyring({ db, root, random, keyMade });
  audit = openAudit((await keys.current('audit', installation)).key);
  return { keys, audit };
}
