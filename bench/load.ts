// One load run: a bounded number of connections for a bounded time against a server of ours on the loopback.
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  /** More addresses: they take turns. Only by `fetch`. */
  readonly urls?: readonly string[];
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Throws when anything but 2xx came back: a fast refusal is not a result. */
export async function measure({ seconds, urls: _one, ...load }: Load): Promise<Measured> {
  const result = await autocannon({ ...load, duration: seconds });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${load.url}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  }
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

/** The same by Node's own `fetch`, which is what calls us from a merchant's server. */
export async function measureByFetch({
  url,
  urls = [url],
  method,
  headers = {},
  body,
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
      });
      if (!answer.ok) throw new Error(`${url}: answered ${answer.status}`);
      await answer.arrayBuffer();
      tookMs.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const sorted = tookMs.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10;
  return { requestsPerSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
