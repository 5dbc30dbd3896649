// Keys of a merchant: those of Pay, and those of the Vault, whose applications carry a vault key and a pub key.
import { addMerchantKey, revokeMerchantKey } from '@ozura/contract/pay/admin/keys';
import { getMerchant } from '@ozura/contract/pay/admin/merchants';
import { createApplication, deleteApplication, isOrigin, listApplications } from '@ozura/contract/vault/applications';
import { CannotStart } from '../cannot-start.ts';
import type { Command } from '../command.ts';
import { type Installation, operatorName } from '../operator.ts';
import type { Words } from '../words.ts';

export const keyCommands: Readonly<Record<string, Command>> = {
  'key add': { positions: ['ID'], options: ['kind', 'origin'], run: add },
  'key list': { positions: ['ID'], options: [], run: list },
  'key revoke': { positions: ['ID', 'KEY'], options: [], run: revoke },
};

interface Keys {
  readonly merchantId: string;
  readonly merchantKey?: string;
  readonly vaultKey?: string;
  readonly pubKey?: string;
}

const labelWidth = 17;

/** By the names of the headers that carry them. */
export function keyLines({ merchantId, merchantKey, vaultKey, pubKey }: Keys): string[] {
  const lines = [
    ['Merchant', merchantId],
    ['X-OZURA-API-KEY', merchantKey],
    ['X-API-KEY', vaultKey],
    ['X-Pub-Key', pubKey],
  ] as const;
  return lines.flatMap(([label, value]) => (value === undefined ? [] : [label.padEnd(labelWidth) + value]));
}

const applicationName = 'server';

/** Refused before anything is made: the Vault's key is the last of several. */
export const originsOf = (words: Words): readonly string[] =>
  words.list('origin').map((text) => {
    if (!isOrigin(text))
      throw new CannotStart(`--origin: must be an origin such as https://shop.example, not "${text}"`);
    return text;
  });

/** `origins`: of the merchant's own pages that hold the card fields. */
export async function createVaultKey(
  installation: Installation,
  merchantId: string,
  origins: readonly string[],
): Promise<{ readonly vaultKey: string; readonly pubKey: string }> {
  const { data } = await installation.call(createApplication, {
    headers: { 'x-merchant-id': merchantId },
    body: { name: applicationName, permissions: { tokenization: { allowed: true } }, origins },
  });
  return { vaultKey: data.api_key, pubKey: data.pub_key };
}

async function add(installation: Installation, words: Words): Promise<void> {
  const [merchantId = ''] = words.positions;
  const kind = words.text('kind') ?? 'merchant';
  if (kind !== 'merchant' && kind !== 'vault') throw new CannotStart('--kind: must be merchant or vault');
  const keys: Keys = { merchantId, ...(await made(installation, words, kind)) };
  words.print(keys, keyLines(keys));
}

async function made(installation: Installation, words: Words, kind: 'merchant' | 'vault'): Promise<Partial<Keys>> {
  const [merchantId = ''] = words.positions;
  if (kind === 'vault') {
    // The Vault knows merchants by their applications only.
    await installation.call(getMerchant, { params: { merchantId } });
    return createVaultKey(installation, merchantId, originsOf(words));
  }
  const body = { by: operatorName(words) };
  const { data } = await installation.call(addMerchantKey, { params: { merchantId }, body });
  return { merchantKey: data.merchantKey };
}

interface ListedKey {
  readonly id: string;
  readonly kind: 'merchant' | 'vault';
  readonly createdAt: string;
  readonly hint?: string;
  readonly revokedAt?: string;
}

async function list(installation: Installation, words: Words): Promise<void> {
  const [merchantId = ''] = words.positions;
  const { data } = await installation.call(getMerchant, { params: { merchantId } });
  const keys: ListedKey[] = [
    ...data.keys.map(({ keyId, ...key }) => ({ id: keyId, kind: 'merchant' as const, ...key })),
    ...(await vaultKeys(installation, merchantId)),
  ];
  words.print(
    keys,
    keys.map(({ id, kind, createdAt, hint, revokedAt }) =>
      [
        id.padEnd(28),
        kind.padEnd(9),
        createdAt,
        ...(hint === undefined || hint === '' ? [] : [`ends in ${hint}`]),
        ...(revokedAt === undefined ? [] : [`revoked ${revokedAt}`]),
      ].join(' '),
    ),
  );
}

async function vaultKeys(installation: Installation, merchantId: string): Promise<ListedKey[]> {
  const { data } = await installation.call(listApplications, { headers: { 'x-merchant-id': merchantId } });
  return data.map(({ id, created_at: createdAt }) => ({ id, kind: 'vault', createdAt }));
}

/** A key is revoked by the program that owns it, and forgotten by the others within 60 s. */
async function revoke(installation: Installation, words: Words): Promise<void> {
  const [merchantId = '', keyId = ''] = words.positions;
  if (keyId.startsWith('app_')) {
    const isTheirs = (await vaultKeys(installation, merchantId)).some(({ id }) => id === keyId);
    if (!isTheirs) throw new CannotStart(`${merchantId} has no active key ${keyId}`);
    await installation.call(deleteApplication, { params: { id: keyId } });
  } else {
    const body = { by: operatorName(words) };
    await installation.call(revokeMerchantKey, { params: { merchantId, keyId }, body });
  }
  words.print({ revoked: keyId }, [`${keyId} is revoked; it stops working everywhere within a minute`]);
}
