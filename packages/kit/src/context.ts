// The only place where a program gets its clock and its randomness. Everything else is handed a context.
import { randomBytes } from 'node:crypto';
import type { Service } from '@ozura/core/errors';
import type { RandomBytes } from '@ozura/core/ids';
import type { Log } from './log.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import type { BaseConfig } from './settings.ts';
import type { Spans } from './trace.ts';

export interface Context {
  /** Milliseconds. For logs, caches and ids; deadlines are compared with the database's clock. */
  readonly now: () => number;
  /** Cryptographically secure. */
  readonly random: RandomBytes;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Only where a collector is configured. */
  readonly spans?: Spans;
}

/** Enough for about two hundred ids. */
const poolBytes = 8_192;

export const openContext = (log: Log): Context => ({
  now: () => Date.now(),
  random: pooledRandom(),
  log,
  metrics: openMetrics(),
});

/** That of a program: with spans, where somebody collects them. Nothing of that is loaded otherwise. */
export async function openProgramContext({ log, otlp }: BaseConfig, service: Service): Promise<Context> {
  const context = openContext(log);
  if (otlp === undefined) return context;
  const { openSpans } = await import('./spans.ts');
  return { ...context, spans: openSpans({ ...otlp, program: `ozura-${service}` }, context.random) };
}

/** One call into the system's generator for many ids. A byte is handed out once and wiped from the pool. */
function pooledRandom(): RandomBytes {
  let pool = newPool();
  let used = 0;
  return (count) => {
    if (count > poolBytes) return randomBytes(count);
    if (used + count > poolBytes) {
      pool = newPool();
      used = 0;
    }
    const bytes = pool.slice(used, used + count);
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  };
}

/** No Buffer: copying a few bytes out of one costs many times as much. */
function newPool(): Uint8Array {
  const { buffer, byteOffset, length } = randomBytes(poolBytes);
  return new Uint8Array(buffer, byteOffset, length);
}
