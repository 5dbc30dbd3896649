// The sealed values of a token: where each of them belongs, and how one is opened. Whoever opens one has written the
// audit record before (contract 13.2).
import { keyVersionOf, type Place, unsealText } from '@ozura/kit/envelope';
import type { VaultContext } from './context.ts';

export const numberField = 'number';
export const holderField = 'holder';

interface OfToken {
  readonly token: string;
  readonly merchantId: string;
}

export const placeOf = (merchantId: string, token: string, field: string): Place => ({ merchantId, row: token, field });

/** Throws when the value was moved here from elsewhere, or its key was destroyed. */
export async function openValue(
  { keys }: Pick<VaultContext, 'keys'>,
  { merchantId, token }: OfToken,
  sealed: Uint8Array,
  field: string,
): Promise<string> {
  const key = await keys.version('card-data', merchantId, keyVersionOf(sealed));
  return unsealText(key, sealed, placeOf(merchantId, token, field));
}
