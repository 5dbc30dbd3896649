// Whether the root key of this start is the one that what is kept was sealed with.
import { RootKeyUnusable } from '@ozura/kit/root-key';
import type { PayContext } from './context.ts';
import { openCredential } from './credentials.ts';
import { findAnyCredential } from './store/processor-credentials.ts';

/** Found at the start, and not at somebody's payment. */
export async function checkRootKey(context: Pick<PayContext, 'db' | 'keys' | 'config'>): Promise<void> {
  const kept = await findAnyCredential(context.db);
  if (kept === undefined) return;
  try {
    openCredential(context, kept.merchantId, kept);
  } catch (error) {
    const { rootKeyFile } = context.config;
    throw new RootKeyUnusable(`${rootKeyFile} is not the root key that the processors' credentials were sealed with`, {
      cause: error,
    });
  }
}
