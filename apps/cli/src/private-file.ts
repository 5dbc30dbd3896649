// Files that only their owner may read, written whole or not at all.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, sync } from '@ozura/kit/folder';
import { CannotStart } from './cannot-start.ts';
import { fileTrouble } from './input-file.ts';

/** The contents, or `undefined` when there is no such file. */
export function readPrivateFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw new CannotStart(fileTrouble(error, path) ?? String(error));
  }
}

export function writePrivateFile(path: string, text: string): void {
  makeFolder(dirname(path));
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
  sync(dirname(path));
}
