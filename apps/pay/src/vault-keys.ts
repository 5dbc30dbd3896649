// Whose vault key it is, asked at the Vault and remembered for less than the minute after which a revoked key must have
// stopped working everywhere (contract 0.2). Only good keys are remembered, under a keyed hash.
import type { Secret } from '@ozura/core/secret';
import { hashKey } from '@ozura/kit/auth';
import type { PayContext } from './context.ts';

const verdictTtlMs = 45_000;
const verdictsMax = 10_000;

export type MerchantOfVaultKey = (key: Secret<string>) => Promise<string | undefined>;

export function openVaultKeys({ vault, config, now }: PayContext): MerchantOfVaultKey {
  const verdicts = new Map<string, { readonly merchantId: string; readonly askedAtMs: number }>();
  return async (key) => {
    const hash = hashKey(config.pepper, key.open());
    const known = verdicts.get(hash);
    const askedAtMs = now();
    if (known !== undefined && isFresh(askedAtMs - known.askedAtMs)) return known.merchantId;
    const merchantId = await vault.merchantOf(key);
    if (merchantId === undefined) {
      verdicts.delete(hash);
      return undefined;
    }
    if (verdicts.size >= verdictsMax) verdicts.clear();
    verdicts.set(hash, { merchantId, askedAtMs });
    return merchantId;
  };
}

/** A clock that was set back would else make a revoked key good for as long. */
const isFresh = (ageMs: number): boolean => ageMs >= 0 && ageMs < verdictTtlMs;
