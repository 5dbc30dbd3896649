// The merchant that a development installation has from the start, and its keys.
import { getSession } from '@ozura/contract/checkout/get-session';
import { type Client, openClient, type Send } from '@ozura/contract/client';
import { createApplication } from '@ozura/contract/vault/applications';
import type { Secret } from '@ozura/core/secret';
import type { Urls } from '@ozura/kit/settings';
import type { RunningPay } from '@ozura/pay/main';
import { CannotStart } from './cannot-start.ts';

export interface MerchantKeys {
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
  readonly pubKey: string;
}

export interface Installation {
  readonly urls: Urls;
  readonly storeUrl: string;
  readonly adminToken: Secret<string>;
  readonly merchants: RunningPay['merchants'];
  readonly send: Send;
}

const merchantId = 'ozu_sandbox';
const merchantName = 'Ozura Sandbox';

/** The keys of last time while they are good, else new ones: the databases hold hashes, from which none can be read. */
export async function openSandboxMerchant(
  installation: Installation,
  last: MerchantKeys | undefined,
): Promise<MerchantKeys> {
  return last !== undefined && (await areGood(installation, last)) ? last : makeKeys(installation);
}

/** Asks for a session that nobody has: whoever is told so has good keys. */
async function areGood({ urls, send }: Installation, keys: MerchantKeys): Promise<boolean> {
  const checkout = openClient(urls.checkoutUrl, send, {
    'x-api-key': keys.vaultKey,
    'x-ozura-api-key': keys.merchantKey,
  });
  const { status } = await checkout.call(getSession, { params: { sessionId: 'session_none' } });
  return status === 404;
}

async function makeKeys(installation: Installation): Promise<MerchantKeys> {
  const { urls, send, adminToken, merchants } = installation;
  const vault = openClient(urls.vaultUrl, send, {
    authorization: `Bearer ${adminToken.open()}`,
    'x-merchant-id': merchantId,
  });
  const [{ merchantKey }, application] = await Promise.all([
    merchants.create({ merchantId, name: merchantName }),
    createDevelopmentApplication(vault, installation),
  ]);
  return {
    merchantId,
    merchantKey: merchantKey.open(),
    vaultKey: application.api_key,
    pubKey: application.pub_key,
  };
}

async function createDevelopmentApplication(vault: Client, { storeUrl }: Installation) {
  const answer = await vault.call(createApplication, {
    body: { name: 'development', permissions: { tokenization: { allowed: true } }, origins: [storeUrl] },
  });
  if (!answer.ok)
    throw new CannotStart(`the Vault refused to make keys: ${answer.status} ${answer.body.message ?? ''}`);
  return answer.body.data;
}
