// What the disk can promise: pages of 8 KB appended and on it, one by one and several at once.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const page = Buffer.alloc(8_192, 7);

/** Pages a second, when every `together` of them are followed by one `fdatasync`. */
export function pagesPerSecond(folder: string, together: number, seconds: number): number {
  const path = join(folder, 'pages');
  const file = openSync(path, 'a');
  const startedAtMs = performance.now();
  let pages = 0;
  try {
    while (performance.now() - startedAtMs < seconds * 1000) {
      for (let i = 0; i < together; i += 1) writeSync(file, page);
      fdatasyncSync(file);
      pages += together;
    }
    return (pages * 1000) / (performance.now() - startedAtMs);
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
