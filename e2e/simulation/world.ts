// Time, chance and order of a simulation. Whatever waits, waits in one queue; a seed decides how long, so that the same
// seed runs the same way again. Programs run unchanged: their timers and their contexts come from here.

export interface World {
  nowMs(): number;
  /** How many things have happened. */
  steps(): number;
  readonly chance: Chance;
  at(ms: number, work: () => void): Timer;
  sleep(ms: number): Promise<void>;
  /** Called after everything that happens. */
  watch(look: () => void): void;
  /** Until nothing waits any more. */
  run(): Promise<void>;
}

export interface Timer {
  cancelled: boolean;
  unref(): Timer;
}

export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  /** Both ends included. */
  between(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Uint8Array;
}

interface Event {
  readonly atMs: number;
  /** Orders what happens in the same millisecond. */
  readonly order: number;
  readonly work: () => void;
  readonly timer: Timer;
}

/** 2026-03-04, some time of the day: days matter to settlement lists. */
const someDayMs = Date.parse('2026-03-04T00:00:00Z');
const dayMs = 24 * 60 * 60 * 1000;
/** A scenario that does not come to rest is a failure of its own. */
const stepsMax = 60_000;
const realTurn = setImmediate;

export function openWorld(seed: number): World {
  const chance = openChance(seed);
  const queue = openQueue();
  let nowMs = someDayMs + chance.between(0, dayMs - 1);
  let steps = 0;
  const looks: (() => void)[] = [];
  const at = (ms: number, work: () => void): Timer => {
    const timer: Timer = { cancelled: false, unref: () => timer };
    queue.push({ atMs: Math.max(nowMs, Math.ceil(ms)), order: chance.next(), work, timer });
    return timer;
  };
  return {
    nowMs: () => nowMs,
    steps: () => steps,
    chance,
    at,
    sleep: (ms) => new Promise((resolve) => at(nowMs + ms, resolve)),
    watch: (look) => void looks.push(look),
    async run() {
      for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
        if (event.timer.cancelled) continue;
        steps += 1;
        if (steps > stepsMax) throw new Error('the system does not come to rest');
        nowMs = event.atMs;
        event.work();
        // Everything that follows without waiting is done by then: nothing here waits for a real disk or network. What waits
        // for the others of its turn goes on in the second.
        await new Promise((resolve) => realTurn(resolve));
        await new Promise((resolve) => realTurn(resolve));
        for (const look of looks) look();
      }
    },
  };
}

/** Puts the world's clock behind `setTimeout` while `work` runs. */
export async function withTimersOf<T>(world: World, work: () => Promise<T>): Promise<T> {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  globalThis.setTimeout = ((run: () => void, ms = 0) =>
    world.at(world.nowMs() + ms, run)) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: Timer) => {
    if (timer !== undefined) timer.cancelled = true;
  }) as unknown as typeof clearTimeout;
  try {
    return await work();
  } finally {
    Object.assign(globalThis, real);
  }
}

/** `sfc32`, a small generator whose sequence is fixed by its seed. */
export function openChance(seed: number): Chance {
  let [a, b, c, d] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9, 1];
  const word = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i += 1) word();
  const next = (): number => word() / 2 ** 32;
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    happens: (probability) => next() < probability,
    between,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff),
  };
}

const isBefore = (one: Event, other: Event): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** A binary heap. */
function openQueue() {
  const heap: Event[] = [];
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j] as Event, heap[i] as Event];
  };
  const isLess = (i: number, j: number): boolean => isBefore(heap[i] as Event, heap[j] as Event);
  return {
    push(event: Event): void {
      heap.push(event);
      for (let i = heap.length - 1, up = (i - 1) >> 1; i > 0 && isLess(i, up); i = up, up = (i - 1) >> 1) swap(i, up);
    },
    pop(): Event | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      heap[0] = last;
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        const down = right < heap.length && isLess(right, left) ? right : left;
        if (down >= heap.length || !isLess(down, i)) return first;
        swap(i, down);
        i = down;
      }
    },
  };
}
