// The two keys of a merchant (contract 0.2). Each key is its owner's business: the Vault and Pay are asked, and a good
// pair is remembered for less than the minute after which a revoked key must have stopped working everywhere.
import { hash } from 'node:crypto';
import { verifyMerchantKey } from '@ozura/contract/pay/merchants';
import { verifyVaultKey } from '@ozura/contract/vault/applications';
import { Refusal } from '@ozura/core/errors';
import type { Secret } from '@ozura/core/secret';
import { secretHeader } from '@ozura/kit/auth';
import type { FailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { tellOfLeakedKey } from '@ozura/kit/http/leaked-key';
import type { FastifyRequest } from 'fastify';
import type { CheckoutContext } from './context.ts';
import { asked, unavailable } from './upstream.ts';

export interface Merchant {
  readonly merchantId: string;
  /** Stands for this pair of keys in rate limits. */
  readonly keyHash: string;
}

export interface KeyAuthentication {
  readonly byKeys: (request: FastifyRequest) => Promise<Merchant>;
  /** Hosts that customers of this merchant may be sent to, as of his last authentication; none: any. */
  readonly returnHostsOf: (merchantId: string | undefined) => readonly string[];
}

interface Verdict extends Merchant {
  readonly askedAtMs: number;
}

type AuthenticateKeys = KeyAuthentication['byKeys'];

const verdictTtlMs = 45_000;
const verdictsMax = 10_000;
const askTimeoutMs = 5_000;

export function openKeyAuthentication(context: CheckoutContext, failed: FailedAuthentications): KeyAuthentication {
  const { config, now } = context;
  const pepper = Buffer.from(config.pepper.open()).toString('hex');
  const verdicts = new Map<string, Verdict>();
  // One entry a merchant, so that the table has a bound.
  const returnHosts = new Map<string | undefined, readonly string[]>();
  const ask = async (keyHash: string, vaultKey: Secret<string>, merchantKey: Secret<string>): Promise<Verdict> => {
    const askedAtMs = now();
    verdicts.delete(keyHash);
    const { merchantId, allowedReturnHosts } = await merchantOf(context, vaultKey, merchantKey);
    returnHosts.set(merchantId, allowedReturnHosts);
    if (verdicts.size >= verdictsMax) verdicts.clear();
    const verdict = { merchantId, keyHash, askedAtMs };
    verdicts.set(keyHash, verdict);
    return verdict;
  };
  const byKeys: AuthenticateKeys = async (request) => {
    const vaultKey = secretHeader(request.headers, 'x-api-key');
    const merchantKey = secretHeader(request.headers, 'x-ozura-api-key');
    if (vaultKey === undefined || merchantKey === undefined) throw new Refusal('MISSING_CREDENTIALS');
    const merchant = await failed.guard(request.ip, () => {
      // One hash for the pair; neither key can contain a line break. It is never stored, so a one-shot hash behind the
      // pepper does what an HMAC would, at a fifth of the cost.
      const keyHash = hash('sha256', `${pepper}\n${vaultKey.open()}\n${merchantKey.open()}`);
      const known = verdicts.get(keyHash);
      const isGood = known !== undefined && isFresh(now() - known.askedAtMs);
      return isGood ? known : ask(keyHash, vaultKey, merchantKey);
    });
    tellOfLeakedKey(context, request, { merchantId: merchant.merchantId });
    return merchant;
  };
  return { byKeys, returnHostsOf: (merchantId) => returnHosts.get(merchantId) ?? [] };
}

/** A clock that was set back would else make a revoked key good for as long. */
const isFresh = (ageMs: number): boolean => ageMs >= 0 && ageMs < verdictTtlMs;

/** Both keys, or none at all: one alone is a mistake that must not pass for an anonymous call. */
export const keysOrNone =
  (byKeys: AuthenticateKeys) =>
  async (request: FastifyRequest): Promise<Merchant | undefined> => {
    const hasNone = request.headers['x-api-key'] === undefined && request.headers['x-ozura-api-key'] === undefined;
    return hasNone ? undefined : byKeys(request);
  };

async function merchantOf(
  { vault, pay }: CheckoutContext,
  vaultKey: Secret<string>,
  merchantKey: Secret<string>,
): Promise<{ readonly merchantId: string; readonly allowedReturnHosts: readonly string[] }> {
  const [ofVault, ofPay] = await asked(
    Promise.all([
      vault.call(verifyVaultKey, { headers: { 'x-api-key': vaultKey.open() }, timeoutMs: askTimeoutMs }),
      pay.call(verifyMerchantKey, { headers: { 'x-api-key': merchantKey.open() }, timeoutMs: askTimeoutMs }),
    ]),
  );
  const byVault = verdictOf(ofVault).data.merchant_id;
  const merchant = verdictOf(ofPay).data;
  if (byVault !== merchant.merchantId) throw new Refusal('MERCHANT_MISMATCH');
  return merchant;
}

/** A key that its owner does not know is wrong; anything else says nothing about it. */
function verdictOf<Body>(answer: { ok: true; body: Body } | { ok: false; status: number }): Body {
  if (answer.ok) return answer.body;
  if (answer.status === 401) throw new Refusal('INVALID_CREDENTIALS');
  throw unavailable();
}
