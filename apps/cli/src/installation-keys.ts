// The secrets of a development installation, made at its first start. In production they come from the environment.
import { join } from 'node:path';
import { newAdminToken, newServiceKey, type RandomBytes, randomText } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { sync } from '@ozura/kit/folder';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export interface InstallationKeys {
  readonly serviceKeys: { readonly checkout: Secret<string>; readonly pay: Secret<string> };
  readonly adminToken: Secret<string>;
  readonly peppers: Readonly<Record<'checkout' | 'vault' | 'pay', Secret<Uint8Array>>>;
  /** The Vault makes this one itself, Pay the other. */
  readonly rootKeyFile: string;
  readonly payRootKeyFile: string;
}

const pepperCharacters = 43;

export function openInstallationKeys(dataDir: string, random: RandomBytes): InstallationKeys {
  const folder = join(dataDir, 'keys');
  const keep = (name: string, make: (random: RandomBytes) => string): Secret<string> => {
    const path = join(folder, name);
    const kept = readPrivateFile(path)?.trim();
    if (kept !== undefined && kept !== '') return new Secret(kept);
    const fresh = make(random);
    writePrivateFile(path, `${fresh}\n`);
    return new Secret(fresh);
  };
  const pepper = (program: string): Secret<Uint8Array> =>
    pepperOf(keep(`${program}-pepper`, (source) => randomText(source, pepperCharacters)));
  const keys = {
    serviceKeys: { checkout: keep('checkout-service-key', newServiceKey), pay: keep('pay-service-key', newServiceKey) },
    adminToken: keep('admin-token', newAdminToken),
    peppers: { checkout: pepper('checkout'), vault: pepper('vault'), pay: pepper('pay') },
    rootKeyFile: join(folder, 'root-key'),
    payRootKeyFile: join(folder, 'pay-root-key'),
  };
  // Also those that are there: a start that made them may have died before it was sure of them.
  sync(folder);
  return keys;
}

/** A pepper is kept as text; its bytes are the key. */
export const pepperOf = (text: Secret<string>): Secret<Uint8Array> => new Secret(Buffer.from(text.open(), 'utf8'));
