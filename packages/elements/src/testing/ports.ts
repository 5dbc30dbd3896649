// Five free ports as the system lays them out: a base and its offsets.
import { createServer } from 'node:net';

const OFFSETS = [0, 1, 2, 3, 10];
const triesMax = 50;

/** Below 32768, where the ports of outgoing connections begin: one of those may be taken between look and use. */
export async function freePortBase(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const base = 20_000 + Math.floor(Math.random() * 630) * 20;
    const free = await Promise.all(OFFSETS.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('startOzura: no free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
