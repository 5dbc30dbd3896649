// A disk that fails to order: `bad-disk.c`, compiled where there is a compiler, stands between a program and the C library.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Failing {
  readonly on: 'sync' | 'write';
  /** Absent: it succeeds in the end. */
  readonly with?: 'ENOSPC' | 'EIO' | 'EROFS';
  readonly delayMs?: number;
  /** A part of the file's path, or with `$` its end. */
  readonly file: string;
  /** So often; without it until the disk heals. */
  readonly times?: number;
}

export interface BadDisk {
  /** What a program is started with to be on this disk. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on. */
  fail(failing: Failing): void;
  heal(): void;
  remove(): void;
}

const source = fileURLToPath(new URL('bad-disk.c', import.meta.url));
const orderBytes = 256;

export const hasCompiler = (): boolean => spawnSync('cc', ['--version']).status === 0;

export function openBadDisk(): BadDisk {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-bad-disk-'));
  const [library, order] = [join(folder, 'bad-disk.so'), join(folder, 'order')];
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (status !== 0) throw new Error(`bad-disk.c does not compile:\n${stderr}`);
  writeFileSync(order, Buffer.alloc(orderBytes));
  // Another user may run the program.
  for (const path of [folder, library]) chmodSync(path, 0o755);
  chmodSync(order, 0o666);
  // The programs have the file in their memory: it is written over, never cut short.
  const tell = (text: string): void => {
    const bytes = Buffer.alloc(orderBytes);
    bytes.write(text);
    const file = openSync(order, 'r+');
    writeSync(file, bytes, 0, orderBytes, 0);
    closeSync(file);
  };
  return {
    env: { LD_PRELOAD: library, OZURA_BAD_DISK: order },
    fail: ({ on, with: error, delayMs = 0, times = -1, file }) =>
      tell(`${on} ${error === undefined ? 0 : constants.errno[error]} ${delayMs} ${times} ${file}`),
    heal: () => tell(''),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
