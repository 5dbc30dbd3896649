// Copies a file so that it is on disk, for its owner only.
import { chmodSync, copyFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, sync } from '@ozura/kit/folder';
import { withFile } from '../input-file.ts';

/** A file that its owner may not write stays so. */
export const copyDurably = (from: string, to: string): void =>
  withFile(`${from} to ${to}`, () => {
    makeFolder(dirname(to));
    copyFileSync(from, to);
    chmodSync(to, statSync(from).mode & 0o600);
    sync(to);
    sync(dirname(to));
  });
