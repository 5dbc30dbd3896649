// One request at concurrency 32, as a ratio to a null Fastify route with the same body and answer: called by a load
// generator, which costs little, and by Node's own `fetch`, as a merchant's server calls.
import { join } from 'node:path';
import { type Load, type Measured, measure, measureByFetch, median } from './load.ts';
import { type Program, root, startProgram } from './program.ts';

export interface Comparison {
  readonly ratio: number;
  readonly ours: Measured;
  readonly yardstick: Measured;
}

const connections = 32;
/** Many short turns: the speed of a machine changes from one second to the next. */
const seconds = 1;
const rounds = 7;
const warmSeconds = 3;

export type Compared = Pick<Load, 'url' | 'method' | 'headers' | 'body' | 'vary'>;

export interface ByClient {
  readonly byGenerator: Comparison;
  readonly byFetch: Comparison;
}

/** `isBare`: of the answer only its status and body are the same. The contract wants eight headers more on it. */
export async function compareByClient(request: Compared, isBare = false): Promise<ByClient> {
  const { url, vary: _same, ...init } = request;
  const nothing = await startNullServer(await fetch(url, init), isBare);
  const compared = await compareWith(request, { ...request, url: `${nothing.line}/null` });
  await nothing.stop();
  return compared;
}

/** Its line is its address. It sends the same answer again and again, whatever it is asked. */
export async function startNullServer(sample: Response, isBare = false): Promise<Program> {
  const headers = Object.fromEntries([...sample.headers].filter(([name]) => !isBare && !WRITTEN_BY_NODE.has(name)));
  const { status } = sample;
  const args = [join(root, 'bench/null-server.ts'), await sample.text(), String(status), JSON.stringify(headers)];
  return startProgram(args, () => true);
}

const WRITTEN_BY_NODE = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive']);

/** One request of ours beside another. */
export const compareWith = async (request: Compared, yardstick: Compared): Promise<ByClient> => ({
  byGenerator: await takeTurns(measure, request, yardstick),
  byFetch: await takeTurns(measureByFetch, request, yardstick),
});

/**
 * So that a machine that slows down slows both. Both are warm: a program just started is not yet compiled, and what is
 * compiled for the headers of one client is compiled anew for those of another.
 */
async function takeTurns(
  by: (load: Load) => Promise<Measured>,
  request: Compared,
  beside: Compared,
): Promise<Comparison> {
  const ours: Measured[] = [];
  const yardstick: Measured[] = [];
  for (const one of [beside, request]) await by({ ...one, connections, seconds: warmSeconds });
  for (let round = 0; round < rounds; round += 1) {
    yardstick.push(await by({ ...beside, connections, seconds }));
    ours.push(await by({ ...request, connections, seconds }));
  }
  return {
    ratio: median(ours.map((one, i) => ratioOf(one, yardstick[i]))),
    ours: middle(ours),
    yardstick: middle(yardstick),
  };
}

export const shown = ({ byGenerator, byFetch }: ByClient): string =>
  `${byFetch.ratio.toFixed(2)} of a null route by fetch; ${shownOne(byGenerator)} by a load generator`;

const shownOne = ({ ratio, ours, yardstick }: Comparison): string =>
  `${ratio.toFixed(2)} (${Math.round(ours.requestsPerSecond)} / ${Math.round(yardstick.requestsPerSecond)} per s, p99 ${ours.p99Ms} / ${yardstick.p99Ms} ms)`;

const ratioOf = (one: Measured, other: Measured | undefined): number =>
  one.requestsPerSecond / (other?.requestsPerSecond ?? Number.NaN);

const middle = (runs: readonly Measured[]): Measured => ({
  requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
  p50Ms: median(runs.map((run) => run.p50Ms)),
  p99Ms: median(runs.map((run) => run.p99Ms)),
});
