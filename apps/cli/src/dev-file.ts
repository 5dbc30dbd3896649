// `data/dev.json`: where a development installation listens and which keys it has, for programs and people.
import { join } from 'node:path';
import { isObject } from '@ozura/core/validation';
import type { Urls } from '@ozura/kit/settings';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import type { MerchantKeys } from './sandbox-merchant.ts';

export interface DevFile extends Urls, MerchantKeys {
  readonly storeUrl: string;
  readonly adminToken: string;
}

const devFilePath = (dataDir: string): string => join(dataDir, 'dev.json');

/** The keys of the last start. A file that somebody has damaged is the same as none. */
export function readLastKeys(dataDir: string): MerchantKeys | undefined {
  const text = readPrivateFile(devFilePath(dataDir));
  const read = text === undefined ? undefined : parse(text);
  if (!isObject(read)) return undefined;
  const { merchantId, merchantKey, vaultKey, pubKey } = read;
  return typeof merchantId === 'string' &&
    typeof merchantKey === 'string' &&
    typeof vaultKey === 'string' &&
    typeof pubKey === 'string'
    ? { merchantId, merchantKey, vaultKey, pubKey }
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const writeDevFile = (dataDir: string, dev: DevFile): void =>
  writePrivateFile(devFilePath(dataDir), `${JSON.stringify(dev, null, 2)}\n`);
