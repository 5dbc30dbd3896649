// Files that a person names in a command: what is wrong with one is said in a line.
import { readFileSync } from 'node:fs';
import { CannotStart } from './cannot-start.ts';

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of this path is a file, not a folder',
  EISDIR: 'is a directory',
  EACCES: 'is not ours to read or write',
  EPERM: 'is not ours to read or write',
  EROFS: 'cannot be written: the file system is read-only',
  EEXIST: 'is there already',
  ENOSPC: 'cannot be written: the disk is full',
  EIO: 'the disk fails',
  ELOOP: 'is a link that leads nowhere',
  ENAMETOOLONG: 'is too long a name',
};

interface SystemTrouble extends Error {
  readonly code: string;
  readonly syscall?: string;
  readonly path?: string;
}

const isSystemTrouble = (error: unknown): error is SystemTrouble =>
  error instanceof Error && Object.hasOwn(TROUBLES, String((error as { code?: unknown }).code));

/** In a line what the operating system said about a file; `undefined` for any other error. */
export const fileTrouble = (error: unknown, path?: string): string | undefined =>
  isSystemTrouble(error) ? `${path ?? error.path ?? 'a file'}: ${reasonOf(error)}` : undefined;

/** Below a folder that is there, such as /proc. */
const reasonOf = ({ code, syscall }: SystemTrouble): string | undefined =>
  code === 'ENOENT' && syscall === 'mkdir' ? 'no folder can be made here' : TROUBLES[code];

/** Runs `use`, which opens the file at `path`. */
export function withFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const trouble = fileTrouble(error, path);
    throw trouble === undefined ? error : new CannotStart(trouble);
  }
}

/** The contents, which are not empty. */
export function readInput(path: string): string {
  const text = withFile(path, () => readFileSync(path, 'utf8'));
  if (text.trim() === '') throw new CannotStart(`${path}: is empty`);
  return text;
}

export function readJsonInput(path: string): unknown {
  const text = readInput(path);
  try {
    return JSON.parse(text);
  } catch {
    throw new CannotStart(`${path}: is not JSON`);
  }
}
