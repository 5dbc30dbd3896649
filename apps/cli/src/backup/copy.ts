// Copies a file so that it is on disk, for its owner only.
import { chmodSync, copyFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, sync } from '@ozura/kit/folder';

/** A file that its owner may not write stays so. */
export function copyDurably(from: string, to: string): void {
  makeFolder(dirname(to));
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode & 0o600);
  sync(to);
  sync(dirname(to));
}
