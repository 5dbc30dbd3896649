// One load run: a bounded number of connections for a bounded time against a server of ours on the loopback.
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  /** More addresses of the same: they take turns, by connection, or by call when `fetch` calls. */
  readonly urls?: readonly string[];
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** What is other in each request; its path only by the generator. */
  readonly vary?: () => { readonly path?: string; readonly body?: string };
  /** Of a good answer: any 2xx when left out. */
  readonly status?: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Counted extends Measured {
  readonly requests: number;
}

/** Throws when anything but good answers came back: a fast refusal is not a result. */
export async function measure({ url, urls = [url], vary, status, seconds, ...load }: Load): Promise<Counted> {
  const tookMs: number[] = [];
  const startedAtMs = performance.now();
  let lastAtMs = startedAtMs;
  // More addresses than one are taken, though the types know only one.
  const target = urls as unknown as string;
  const setupClient = (client: autocannon.Client): void => client.setRequests([{ setupRequest: varying(vary) }]);
  const options = { ...load, url: target, duration: seconds, sampleInt: 100, ...(vary && { setupClient }) };
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error: Error | null, done) => (error ? reject(error) : resolve(done)));
    run.on('response', (_client, _status, _bytes, ms) => {
      tookMs.push(ms);
      lastAtMs = performance.now();
    });
  });
  const codes = Object.keys(result.statusCodeStats ?? {}).map(Number);
  const bad = codes.filter((code) => (status === undefined ? code < 200 || code > 299 : code !== status));
  if (bad.length > 0 || result.errors > 0) {
    throw new Error(`${url}: answers ${bad.join(', ') || 'as expected'}, and ${result.errors} errors`);
  }
  const requestsPerSecond = (tookMs.length * 1000) / (lastAtMs - startedAtMs);
  return { requestsPerSecond, requests: tookMs.length, ...percentiles(tookMs) };
}

const varying =
  (vary: Load['vary'] = () => ({})) =>
  (request: autocannon.Request): autocannon.Request =>
    Object.assign(request, vary());

/** The same by Node's own `fetch`, which is what calls us from a merchant's server. */
export async function measureByFetch({
  url,
  urls = [url],
  method,
  headers = {},
  body,
  vary,
  connections,
  seconds,
}: Load): Promise<Measured> {
  const tookMs: number[] = [];
  const untilMs = performance.now() + seconds * 1000;
  let turn = 0;
  const caller = async (): Promise<void> => {
    for (; performance.now() < untilMs; turn += 1) {
      const startedAtMs = performance.now();
      const answer = await fetch(urls[turn % urls.length] ?? url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        ...vary?.(),
      });
      if (!answer.ok) throw new Error(`${url}: answered ${answer.status}`);
      await answer.arrayBuffer();
      tookMs.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  return { requestsPerSecond: tookMs.length / seconds, ...percentiles(tookMs) };
}

function percentiles(tookMs: readonly number[]): Pick<Measured, 'p50Ms' | 'p99Ms'> {
  const sorted = Float64Array.from(tookMs).sort();
  const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
