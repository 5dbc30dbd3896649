// Work that repeats until the program stops: one run at a time, a failed run is logged and tried again.
import type { Context } from './context.ts';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due now. A run that takes long looks at `stopping`, which is aborted when the program stops. */
  readonly run: (stopping: AbortSignal) => Promise<unknown>;
  /**
   * The first moment after `afterMs`, on the database's clock, at which something falls due that has to be done at its
   * time: the test clock stops there on its way. Without it the job is only run where others make it stop.
   */
  readonly nextDueAt?: (afterMs: number) => Promise<number | undefined>;
  /** Resolves when what a run has begun beside itself has ended: who runs everything that is due waits for that too. */
  readonly settled?: () => Promise<void>;
}

export interface Jobs {
  /** From now on each runs by itself, at its interval. */
  start(): void;
  /** Runs every job once, from now on: start-up recovery and the test clock use it. */
  runAll(): Promise<void>;
  /** Over all jobs, as `Job.nextDueAt`. */
  nextDueAt(afterMs: number): Promise<number | undefined>;
  /** No run starts any more; resolves when the current ones have ended. */
  stop(): Promise<void>;
}

export function openJobs(context: Observed, jobs: readonly Job[]): Jobs {
  const loops = jobs.map((job) => openLoop(context, job));
  for (const { name } of jobs) context.metrics.begin('ozura_job_failures_total', { job_name: name });
  return {
    start: () => {
      for (const loop of loops) loop.start();
    },
    runAll: async () => void (await Promise.all(loops.map((loop) => loop.runAnew()))),
    nextDueAt: async (afterMs) => earliest(await Promise.all(jobs.map((job) => job.nextDueAt?.(afterMs)))),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}

type Observed = Pick<Context, 'log' | 'metrics'>;

/** Also of one piece of its work, which must not keep the others waiting: `about` says which one it was. */
export function noteJobFailure(
  { log, metrics }: Observed,
  job: string,
  about: Readonly<Record<string, unknown>>,
  what = 'job failed',
): void {
  // Not `job`: whoever collects the metrics has a label of that name, and renames ours.
  metrics.add('ozura_job_failures_total', { job_name: job });
  log.error({ job, ...about }, what);
}

/** One stage runs when the one before it has done what was due: it tells of that. By themselves all go on at once. */
export const inStages = (stages: readonly Jobs[]): Jobs => ({
  start: () => {
    for (const stage of stages) stage.start();
  },
  runAll: async () => {
    for (const stage of stages) await stage.runAll();
  },
  nextDueAt: async (afterMs) => earliest(await Promise.all(stages.map((stage) => stage.nextDueAt(afterMs)))),
  stop: async () => void (await Promise.all(stages.map((stage) => stage.stop()))),
});

/** Of moments that may be absent. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function openLoop(context: Observed, job: Job) {
  let current: Promise<void> | undefined;
  const stopping = new AbortController();
  const runOnce = (): Promise<void> => {
    current ??= job
      .run(stopping.signal)
      .then(
        () => undefined,
        (error: unknown) => noteJobFailure(context, job.name, { err: error }),
      )
      .finally(() => {
        current = undefined;
      });
    return current;
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (): void => {
      timer = setInterval(() => void runOnce(), job.everyMs).unref();
    },
    /** A run that is under way may have looked at the clock before. */
    runAnew: async (): Promise<void> => {
      await current;
      await runOnce();
      await job.settled?.();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      await current;
    },
  };
}
