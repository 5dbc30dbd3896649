// The root key as a file on this machine: for development, and for one who keeps the disk as safe as a key.
// Production keeps it in an external key service or splits it among people (contract 13.1).
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mode } from '@ozura/core/ids';
import type { Context } from '@ozura/kit/context';
import { keyBytes, keyOf, type Place, seal, unseal } from '../crypto/envelope.ts';
import type { RootKey } from './keyring.ts';

const ownerReadOnly = 0o400;
const rootVersion = 1;

export function openLocalRoot(path: string, mode: Mode, { random, log }: Context): RootKey {
  const key = { version: rootVersion, key: keyOf(readKey(path) ?? createKey(path)) };
  return {
    wrap: async (plain: Uint8Array, place: Place) => seal(key, plain, place, random),
    unwrap: async (wrapped: Uint8Array, place: Place) => unseal(key, wrapped, place),
  };

  function createKey(file: string): Uint8Array {
    if (mode === 'live') throw new Error(`There is no root key at ${file}; live mode does not make one by itself`);
    const fresh = random(keyBytes);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // `wx`: of two programs starting together one creates the file, the other stops here and finds it next time.
    writeFileSync(file, `${Buffer.from(fresh).toString('hex')}\n`, { mode: ownerReadOnly, flag: 'wx' });
    chmodSync(file, ownerReadOnly);
    log.warn({ file }, 'created a root key file: keep it apart from every backup of the database');
    return fresh;
  }
}

function readKey(path: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  if ((statSync(path).mode & 0o077) !== 0)
    throw new Error(`The root key ${path} may be read by others; chmod it to 0400`);
  const key = Buffer.from(text, 'hex');
  if (!/^[0-9a-f]+$/.test(text) || key.length !== keyBytes) throw new Error(`${path} is not a root key`);
  return key;
}
