// Folders of data and keys: only their owner may enter them, and what is made in them outlives a power cut.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

const ownerOnly = 0o700;

/** With the folders above it that are missing. Node's own `recursive` never returns below a folder such as /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, ownerOnly);
  } catch (error) {
    // Another process of ours was first.
    if ((error as { code?: unknown }).code === 'EEXIST') return;
    throw error;
  }
  sync(dirname(path));
}

/** Of a file what it holds, of a folder the names in it: a file whose name is not on the disk is gone after a power cut. */
export function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // Some file systems keep the names of a folder by themselves.
    if ((error as { code?: unknown }).code !== 'EINVAL') throw Object.assign(error as Error, { path });
  } finally {
    closeSync(handle);
  }
}
