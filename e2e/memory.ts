// Searches the memory of a running process, as one who is root on its machine could.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const chunkBytes = 4 * 1024 * 1024;

/** Which of `texts` stand anywhere in the process's memory, as bytes of UTF-8 or as UTF-16. */
export function findInMemory(pid: number, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]);
  const overlap = Math.max(...needles.map(({ length }) => length));
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  for (const { start, end } of writableRegions(pid)) {
    for (let at = start; at < end; at += chunkBytes - overlap) {
      const bytes = readAt(memory, at, Math.min(chunkBytes, end - at));
      for (const [index, needle] of needles.entries()) {
        if (bytes.includes(needle)) found.add(texts[Math.floor(index / 2)] ?? '');
      }
    }
  }
  closeSync(memory);
  return [...found];
}

function writableRegions(pid: number): { start: number; end: number }[] {
  return (
    readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      // What a program wrote itself: code and read-only files cannot have come from a payment.
      .filter((line) => / rw/.test(line))
      .map((line) => line.split(' ')[0]?.split('-') ?? [])
      .map(([start = '0', end = '0']) => ({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }))
  );
}

/** A region may go, or not be readable, between the list and the look. */
function readAt(memory: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    return bytes.subarray(0, readSync(memory, bytes, 0, length, at));
  } catch {
    return bytes.subarray(0, 0);
  }
}
