// A new merchant key: shown to its owner once, kept as a hash.
import { newMerchantKey, newMerchantKeyId } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { hashKey } from '@ozura/kit/auth';
import type { PayContext } from './context.ts';
import type { NewMerchantKey } from './store/merchant-keys.ts';

const hintCharacters = 4;

export function makeMerchantKey(
  { config, random }: Pick<PayContext, 'config' | 'random'>,
  merchantId: string,
): { readonly key: Secret<string>; readonly row: NewMerchantKey } {
  const key = newMerchantKey(config.mode, random);
  return {
    key: new Secret(key),
    row: {
      keyId: newMerchantKeyId(random),
      merchantId,
      keyHash: hashKey(config.pepper, key),
      hint: key.slice(-hintCharacters),
    },
  };
}
