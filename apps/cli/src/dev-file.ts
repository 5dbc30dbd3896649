// `data/dev.json`: where a development installation listens and which keys it has, for programs and people.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '@ozura/core/validation';
import type { Urls } from '@ozura/kit/settings';
import { CannotStart } from './cannot-start.ts';
import { type Databases, isPostgres } from './database-url.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import type { MerchantKeys } from './sandbox-merchant.ts';

export interface DevFile extends Urls, MerchantKeys {
  readonly storeUrl: string;
  readonly adminToken: string;
  /** Control surfaces of the programs that play processors, by name; only with `--processors`. */
  readonly processors?: Readonly<Record<string, string>>;
  /** Host and name of the PostgreSQL database that it is in; only with `DATABASE_URL`. */
  readonly database?: string;
}

/** How long a program on this machine may take to say whether it is ours. */
const answerMaxMs = 1_000;

const devFilePath = (dataDir: string): string => join(dataDir, 'dev.json');

/** What the last start wrote. A file that somebody has damaged is the same as none. */
export function readDevFile(dataDir: string): Partial<Record<keyof DevFile | 'dataDir', unknown>> | undefined {
  const text = readPrivateFile(devFilePath(dataDir));
  const read = text === undefined ? undefined : parse(text);
  return isObject(read) ? read : undefined;
}

export function readLastKeys(dataDir: string): MerchantKeys | undefined {
  const { merchantId, merchantKey, vaultKey, pubKey } = readDevFile(dataDir) ?? {};
  return typeof merchantId === 'string' &&
    typeof merchantKey === 'string' &&
    typeof vaultKey === 'string' &&
    typeof pubKey === 'string'
    ? { merchantId, merchantKey, vaultKey, pubKey }
    : undefined;
}

/** Whoever knows our admin token at the address of the last start is our own installation: a second one would take its file. */
export async function refuseRunning(dataDir: string): Promise<void> {
  const { checkoutUrl, payUrl, adminToken, dataDir: writtenIn } = readDevFile(dataDir) ?? {};
  // A copy, as in a restored backup: the installation that it is of may run on where it is.
  if (writtenIn !== undefined && writtenIn !== realpathSync(dataDir)) return;
  const isRunning = await fetch(`${payUrl}/metrics`, {
    headers: { authorization: `Bearer ${adminToken}` },
    signal: AbortSignal.timeout(answerMaxMs),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (isRunning) {
    throw new CannotStart(
      `${dataDir} is in use: its installation runs at ${checkoutUrl}. Choose another with DATA_DIR.`,
    );
  }
}

/** A start would begin anew, in files, and take the keys of the merchant for lost. */
export function refuseWithoutDatabase(dataDir: string, { of, common }: Databases): void {
  const { database } = readDevFile(dataDir) ?? {};
  if (database === undefined || common !== undefined || Object.values(of).every(isPostgres)) return;
  throw new CannotStart(
    `DATABASE_URL: this installation has its data in PostgreSQL at ${database}: name it, or take another DATA_DIR`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const writeDevFile = (dataDir: string, dev: DevFile): void =>
  writePrivateFile(devFilePath(dataDir), `${JSON.stringify({ ...dev, dataDir: realpathSync(dataDir) }, null, 2)}\n`);
