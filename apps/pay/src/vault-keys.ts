// Whose vault key it is, asked at the Vault and remembered for less than the minute after which a revoked key must have
// stopped working everywhere (contract 0.2). Only good keys are remembered, under a keyed hash.
import type { Secret } from '@ozura/core/secret';
import { hashKey } from '@ozura/kit/auth';
import type { PayContext } from './context.ts';

const verdictTtlMs = 45_000;
const verdictsMax = 10_000;

export type MerchantOfVaultKey = (key: Secret<string>) => Promise<string | undefined>;

export function openVaultKeys({ vault, config, now }: PayContext): MerchantOfVaultKey {
  const verdicts = new Map<string, { readonly merchantId: string; readonly untilMs: number }>();
  return async (key) => {
    const hash = hashKey(config.pepper, key.open());
    const known = verdicts.get(hash);
    if (known !== undefined && now() < known.untilMs) return known.merchantId;
    const askedAtMs = now();
    const merchantId = await vault.merchantOf(key);
    if (merchantId === undefined) {
      verdicts.delete(hash);
      return undefined;
    }
    if (verdicts.size >= verdictsMax) verdicts.clear();
    verdicts.set(hash, { merchantId, untilMs: askedAtMs + verdictTtlMs });
    return merchantId;
  };
}
