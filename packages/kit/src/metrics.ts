// What monitoring reads of a program (contract 14.4), in the text format of Prometheus: how often, how long, how much is
// left to do. Labels are patterns, names and codes, never ids: a label value is a time series of its own.

export type Labels = Readonly<Record<string, string>>;

const COUNTERS = {
  ozura_keys_from_browsers_total: 'Requests with a secret key that came from a browser.',
  ozura_rate_limit_hits_total: 'Requests refused by a rate limit.',
  ozura_attempts_total: 'What processors said about sales, by processor and outcome.',
  ozura_alarms_total: 'What somebody has to look at; docs/runbook.md says how.',
  ozura_job_failures_total: 'Work without a request that failed, by the name of the job.',
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

type Samples = readonly { readonly labels?: Labels; readonly value: number }[];

interface Named {
  readonly name: `ozura_${string}`;
  readonly help: string;
}

/** Read when somebody asks. */
export interface Gauge extends Named {
  readonly read: () => Promise<Samples>;
}

/** One that is read together with others. */
export interface GaugeOf<Found> extends Named {
  readonly of: (found: Found) => Samples;
}

export interface Metrics {
  /** One that is first told of as 1 has never increased to whoever watches: what may be counted is 0 from the start. */
  begin(name: CounterName, labels: Labels): void;
  /** Answers how many that makes since the start of the program. */
  add(name: CounterName, labels?: Labels): number;
  /** `route` is the pattern of a path. */
  timeRequest(request: { readonly method: string; readonly route: string; readonly status: number }, ms: number): void;
  watch(gauge: Gauge): void;
  /** All of them by one question. */
  watchTogether<Found>(read: () => Promise<Found>, gauges: readonly GaugeOf<Found>[]): void;
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
  const counts = new Map<CounterName, Map<string, number>>();
  const durations = new Map<string, Durations>();
  const watched: (() => Promise<string[]>)[] = [];
  const addTo = (name: CounterName, labels: Labels, more: number): number => {
    const ofName = counts.get(name) ?? new Map<string, number>();
    const key = labelText(labels);
    const count = (ofName.get(key) ?? 0) + more;
    counts.set(name, ofName.set(key, count));
    return count;
  };
  for (const alarm of ALARMS) addTo('ozura_alarms_total', { alarm }, 0);
  return {
    begin: (name, labels) => void addTo(name, labels, 0),
    add: (name, labels = {}) => addTo(name, labels, 1),
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
    watch: (gauge) => void watched.push(() => readGauges(gauge.read, [{ ...gauge, of: (found) => found }])),
    watchTogether: (read, gauges) => void watched.push(() => readGauges(read, gauges)),
    async text() {
      const counters = Object.entries(COUNTERS).flatMap(([name, help]) =>
        block(name, 'counter', help, [...(counts.get(name as CounterName) ?? [['', 0]])].map(sampleOf(name))),
      );
      const gauges = await Promise.all(watched.map((read) => read()));
      const timed = [...durations.values()].flatMap(samplesOfDurations);
      const lines = [...counters, ...gauges.flat(), ...block(DURATION, 'histogram', 'Time to answer.', timed)];
      return `${lines.join('\n')}\n`;
    },
  };
}

const block = (name: string, type: string, help: string, samples: readonly string[]): string[] =>
  samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];

const sampleOf =
  (name: string) =>
  ([labels, value]: readonly [string, number]): string =>
    `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;

/** Of nothing there is nought. What cannot be read now is left out, so that the others are still there. */
const readGauges = <Found>(read: () => Promise<Found>, gauges: readonly GaugeOf<Found>[]): Promise<string[]> =>
  read().then(
    (found) => gauges.flatMap((gauge) => linesOf(gauge, gauge.of(found))),
    () => [],
  );

const linesOf = ({ name, help }: Named, found: Samples): string[] =>
  block(
    name,
    'gauge',
    help,
    (found.length === 0 ? [{ value: 0 }] : found).map(({ labels = {}, value }) =>
      sampleOf(name)([labelText(labels), value]),
    ),
  );

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
