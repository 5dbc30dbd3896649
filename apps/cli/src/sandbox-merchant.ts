// The merchant that a development installation has from the start, and its keys.
import { getSession } from '@ozura/contract/checkout/get-session';
import { openClient, type Send } from '@ozura/contract/client';
import { addMerchantKey, revokeMerchantKey } from '@ozura/contract/pay/admin/keys';
import { createMerchant, getMerchant } from '@ozura/contract/pay/admin/merchants';
import type { Secret } from '@ozura/core/secret';
import type { Urls } from '@ozura/kit/settings';
import { createVaultKey } from './merchant/keys.ts';
import { listAllMerchants } from './merchant/records.ts';
import { type Installation, openInstallation } from './operator.ts';

export interface MerchantKeys {
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
  readonly pubKey: string;
}

export interface SandboxInstallation {
  readonly urls: Urls;
  readonly storeUrl: string;
  readonly adminToken: Secret<string>;
  readonly send: Send;
}

const merchantId = 'ozu_sandbox';
const merchantName = 'Ozura Sandbox';
/** In the log of changes. */
const by = 'ozura start';

/** The keys of last time while they are good, else new ones: the databases hold hashes, from which none can be read. */
export async function openSandboxMerchant(
  installation: SandboxInstallation,
  last: MerchantKeys | undefined,
): Promise<MerchantKeys> {
  return last !== undefined && (await areGood(installation, last)) ? last : makeKeys(installation);
}

/** Asks for a session that nobody has: whoever is told so has good keys. */
async function areGood({ urls, send }: SandboxInstallation, keys: MerchantKeys): Promise<boolean> {
  const checkout = openClient(urls.checkoutUrl, send, {
    'x-api-key': keys.vaultKey,
    'x-ozura-api-key': keys.merchantKey,
  });
  const { status } = await checkout.call(getSession, { params: { sessionId: 'session_none' } });
  return status === 404;
}

async function makeKeys({ urls, send, adminToken, storeUrl }: SandboxInstallation): Promise<MerchantKeys> {
  const installation = openInstallation({ ...urls, adminToken: adminToken.open() }, send, by);
  const merchantKey = (await isThere(installation))
    ? await replaceKeys(installation)
    : (await installation.call(createMerchant, { body: { merchantId, name: merchantName, by } })).data.merchantKey;
  return { merchantId, merchantKey, ...(await createVaultKey(installation, merchantId, [storeUrl])) };
}

const isThere = async (installation: Installation): Promise<boolean> =>
  (await listAllMerchants(installation)).some((merchant) => merchant.merchantId === merchantId);

/** Whatever keys it had are lost, so nobody needs them any more. */
async function replaceKeys(installation: Installation): Promise<string> {
  const params = { merchantId };
  const { data } = await installation.call(getMerchant, { params });
  for (const { keyId, revokedAt } of data.keys) {
    if (revokedAt === undefined)
      await installation.call(revokeMerchantKey, { params: { merchantId, keyId }, body: { by } });
  }
  return (await installation.call(addMerchantKey, { params, body: { by } })).data.merchantKey;
}
