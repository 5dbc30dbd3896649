// One durable POST at concurrency 32, as a ratio to a null Fastify POST with the same body and answer.
import { join } from 'node:path';
import { type Load, type Measured, measure, median } from './load.ts';
import { root, startProgram } from './program.ts';

export interface Comparison {
  readonly ratio: number;
  readonly ours: Measured;
  readonly yardstick: Measured;
}

const connections = 32;
const seconds = 4;
const rounds = 3;

/** The two take turns, so that a machine that slows down slows both. */
export async function compareToNull(post: Required<Pick<Load, 'url' | 'headers' | 'body'>>): Promise<Comparison> {
  const { url, headers, body } = post;
  const sample = await fetch(url, { method: 'POST', headers, body });
  const nothing = await startProgram([join(root, 'bench/null-server.ts'), await sample.text()], () => true);
  const ours: Measured[] = [];
  const yardstick: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const load = { method: 'POST', headers, body, connections, seconds } as const;
    yardstick.push(await measure({ ...load, url: `${nothing.line}/null` }));
    ours.push(await measure({ ...load, url }));
  }
  await nothing.stop();
  return {
    ratio: median(ours.map((one, i) => ratioOf(one, yardstick[i]))),
    ours: middle(ours),
    yardstick: middle(yardstick),
  };
}

export const shown = ({ ratio, ours, yardstick }: Comparison): string =>
  `${ratio.toFixed(2)} of a null POST (${Math.round(ours.requestsPerSecond)} / ${Math.round(yardstick.requestsPerSecond)} per s, p99 ${ours.p99Ms} / ${yardstick.p99Ms} ms)`;

const ratioOf = (one: Measured, other: Measured | undefined): number =>
  one.requestsPerSecond / (other?.requestsPerSecond ?? Number.NaN);

const middle = (runs: readonly Measured[]): Measured => ({
  requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
  p50Ms: median(runs.map((run) => run.p50Ms)),
  p99Ms: median(runs.map((run) => run.p99Ms)),
});
