// Numbers that only grow, by the names under which monitoring reads them (contract 14.4).

export type CounterName = 'ozura_keys_from_browsers_total';

export interface Counters {
  /** Answers how many it makes since the start of the program. */
  add(name: CounterName): number;
  all(): ReadonlyMap<CounterName, number>;
}

export function openCounters(): Counters {
  const counts = new Map<CounterName, number>();
  return {
    add(name) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return count;
    },
    all: () => counts,
  };
}
