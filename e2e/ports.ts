// Ports of 127.0.0.1 for programs that are told where to listen before they start. All are below 32768, where the ports of
// outgoing connections begin: one of those may be taken between look and use, or while a program is away. Each worker
// of the tests counts through a range of its own, since a port that is free now may be that of a program which starts.
import { createServer } from 'node:net';

const workersMax = 8;
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % workersMax;

const freePorts = { first: 10_000 + worker * 1_000, step: 1, count: 1_000 };
const freeBases = { first: 20_000 + worker * 1_560, step: 20, count: 78 };

export const freePort = counting(freePorts, [0]);

/** Where a whole system finds its ports: a base and its offsets, all of them free now. */
export const freePortBase = counting(freeBases, [0, 1, 2, 3, 4, 10]);

function counting({ first, step, count }: typeof freePorts, offsets: readonly number[]): () => Promise<number> {
  // Somewhere: another run of the tests on this machine begins elsewhere.
  let next = Math.floor(Math.random() * count);
  return async () => {
    for (let tries = 0; tries < count; tries += 1) {
      next = (next + 1) % count;
      const base = first + next * step;
      const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
      if (free.every(Boolean)) return base;
    }
    throw new Error('no free ports');
  };
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
