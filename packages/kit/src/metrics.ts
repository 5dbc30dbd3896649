// What monitoring reads of a program (contract 14.4), in the text format of Prometheus: how often, how long, how much is
// left to do. Labels are patterns, names and codes, never ids: a label value is a time series of its own.

export type Labels = Readonly<Record<string, string>>;

const COUNTERS = {
  ozura_keys_from_browsers_total: 'Requests with a secret key that came from a browser.',
  ozura_rate_limit_hits_total: 'Requests refused by a rate limit.',
  ozura_attempts_total: 'What processors said about sales, by processor and outcome.',
  ozura_alarms_total: 'What somebody has to look at; docs/runbook.md says how.',
} as const;

export type CounterName = keyof typeof COUNTERS;

/** What an alarm says, the same each time: a sentence of docs/runbook.md. */
const ALARMS = [
  'approved too late',
  'booked wrongly',
  'refunded wrongly',
  'the books differ',
  'the list of a processor could not be had',
  'a late approval is not undone yet',
  'an attempt could not be looked into',
  'a refund could not be looked into',
  'a plan could not be charged',
  'Pay approved another amount than was asked for',
] as const;

export type Alarm = (typeof ALARMS)[number];

/** One that is first told of as 1 has never increased to whoever watches: each alarm is there from the start. */
const FROM_THE_START: Partial<Record<CounterName, readonly Labels[]>> = {
  ozura_alarms_total: ALARMS.map((alarm) => ({ alarm })),
};

/** Read when somebody asks. */
export interface Gauge {
  readonly name: `ozura_${string}`;
  readonly help: string;
  readonly read: () => Promise<readonly { readonly labels?: Labels; readonly value: number }[]>;
}

export interface Metrics {
  /** Answers how many that makes since the start of the program. */
  add(name: CounterName, labels?: Labels): number;
  /** `route` is the pattern of a path. */
  timeRequest(request: { readonly method: string; readonly route: string; readonly status: number }, ms: number): void;
  watch(gauge: Gauge): void;
  text(): Promise<string>;
}

const bucketsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;
const DURATION = 'ozura_request_duration_seconds';

interface Durations {
  readonly labels: string;
  readonly counts: number[];
  sumMs: number;
}

export function openMetrics(): Metrics {
  const counts = openCounts();
  const durations = new Map<string, Durations>();
  const gauges: Gauge[] = [];
  return {
    add(name, labels = {}) {
      const ofName = counts.get(name) ?? new Map<string, number>();
      const key = labelText(labels);
      const count = (ofName.get(key) ?? 0) + 1;
      counts.set(name, ofName.set(key, count));
      return count;
    },
    timeRequest({ method, route, status }, ms) {
      const key = `${method} ${status} ${route}`;
      let known = durations.get(key);
      if (known === undefined) {
        const labels = labelText({ method, route, status: String(status) });
        known = { labels, counts: new Array(bucketsMs.length + 1).fill(0), sumMs: 0 };
        durations.set(key, known);
      }
      let bucket = 0;
      while (ms > (bucketsMs[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
      known.counts[bucket] = (known.counts[bucket] ?? 0) + 1;
      known.sumMs += ms;
    },
    watch: (gauge) => void gauges.push(gauge),
    async text() {
      const counters = Object.entries(COUNTERS).flatMap(([name, help]) =>
        block(name, 'counter', help, [...(counts.get(name as CounterName) ?? [['', 0]])].map(sampleOf(name))),
      );
      const watched = await Promise.all(gauges.map(readGauge));
      const timed = [...durations.values()].flatMap(samplesOfDurations);
      const lines = [...counters, ...watched.flat(), ...block(DURATION, 'histogram', 'Time to answer.', timed)];
      return `${lines.join('\n')}\n`;
    },
  };
}

function openCounts(): Map<CounterName, Map<string, number>> {
  const known = Object.entries(FROM_THE_START) as [CounterName, readonly Labels[]][];
  return new Map(known.map(([name, series]) => [name, new Map(series.map((labels) => [labelText(labels), 0]))]));
}

const block = (name: string, type: string, help: string, samples: readonly string[]): string[] =>
  samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];

const sampleOf =
  (name: string) =>
  ([labels, value]: readonly [string, number]): string =>
    `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;

/** Of nothing there is nought. A gauge that cannot be read now is left out, so that the others are still there. */
async function readGauge({ name, help, read }: Gauge): Promise<string[]> {
  const values = await read().then(
    (found) => (found.length === 0 ? [{ value: 0 }] : found),
    () => [],
  );
  const samples = values.map(({ labels = {}, value }) => sampleOf(name)([labelText(labels), value]));
  return block(name, 'gauge', help, samples);
}

function samplesOfDurations({ labels, counts, sumMs }: Durations): string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const limit = bucketsMs[index];
    return `${DURATION}_bucket{${labels},le="${limit === undefined ? '+Inf' : limit / 1000}"} ${total}`;
  });
  return [...buckets, `${DURATION}_sum{${labels}} ${sumMs / 1000}`, `${DURATION}_count{${labels}} ${total}`];
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (character) => ESCAPED[character] ?? '')}"`)
    .join(',');
