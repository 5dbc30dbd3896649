// A root key in a file of its own that only its owner may read: 32 random bytes as hex. For development, and for one who
// keeps the disk as safe as a key.
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mode } from '@ozura/core/ids';
import type { Context } from './context.ts';
import { keyBytes } from './envelope.ts';
import { makeFolder, sync } from './folder.ts';

const ownerReadOnly = 0o400;

/** The root key is not there, or not the one that what is kept was sealed with. */
export class RootKeyUnusable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'RootKeyUnusable';
  }
}

/** The key. A test installation without the file gets one; a live one is refused: there a lost key is no new key. */
export function openRootKey(path: string, mode: Mode, { random, log }: Pick<Context, 'random' | 'log'>): Uint8Array {
  const kept = readRootKey(path, mode);
  if (kept !== undefined && mode === 'live') return kept;
  if (kept === undefined) {
    makeFolder(dirname(path));
    if (createKey(path, random)) {
      log.warn({ file: path }, 'created a root key file: keep it apart from every backup of the database');
    }
  }
  // Also for a file that is there: who made it a moment ago may have died before this, and nothing is to be sealed with
  // a key that a power cut takes.
  sync(dirname(path));
  return kept ?? openRootKey(path, 'live', { random, log });
}

/** Whole or not at all. Of two processes that start together one is first. */
function createKey(path: string, random: Context['random']): boolean {
  const draft = `${path}.${Buffer.from(random(8)).toString('hex')}`;
  writeFileSync(draft, `${Buffer.from(random(keyBytes)).toString('hex')}\n`, {
    mode: ownerReadOnly,
    flag: 'wx',
    flush: true,
  });
  try {
    chmodSync(draft, ownerReadOnly);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** `undefined`: a test installation is about to make it. */
export function readRootKey(path: string, mode: Mode): Uint8Array | undefined {
  const text = readText(path);
  if (text === undefined) {
    if (mode === 'test') return undefined;
    throw new RootKeyUnusable(`There is no root key at ${path}; live mode does not make one by itself`);
  }
  if (isOpenToOthers(path)) throw new RootKeyUnusable(`The root key ${path} may be read by others; chmod it to 0400`);
  const key = Buffer.from(text, 'hex');
  if (!/^[0-9a-f]+$/.test(text) || key.length !== keyBytes)
    throw new RootKeyUnusable(`${path} is not a root key: 64 hex digits, as "openssl rand -hex 32" makes them`);
  return key;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') return undefined;
    throw new RootKeyUnusable(`The root key ${path} cannot be read: ${code}`, { cause: error });
  }
}

/** An orchestrator hands a secret to a program that is not root through the group of a file that stays its own. */
function isOpenToOthers(path: string): boolean {
  const { mode, uid } = statSync(path);
  return (mode & (uid === process.getuid?.() ? 0o077 : 0o037)) !== 0;
}
