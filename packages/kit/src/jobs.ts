// Work that repeats until the program stops: one run at a time, a failed run is logged and tried again.
import type { Context } from './context.ts';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due now. A run that takes long looks at `stopping`, which is aborted when the program stops. */
  readonly run: (stopping: AbortSignal) => Promise<unknown>;
}

export interface RunningJobs {
  /** Runs every job once, now: start-up recovery and the test clock use it. */
  runAll(): Promise<void>;
  /** No run starts any more; resolves when the current ones have ended. */
  stop(): Promise<void>;
}

export function startJobs({ log }: Context, jobs: readonly Job[]): RunningJobs {
  const loops = jobs.map((job) => startLoop(log, job));
  return {
    runAll: async () => void (await Promise.all(loops.map((loop) => loop.runOnce()))),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}

function startLoop(log: Context['log'], job: Job) {
  let current: Promise<void> | undefined;
  const stopping = new AbortController();
  const runOnce = (): Promise<void> => {
    current ??= job
      .run(stopping.signal)
      .then(
        () => undefined,
        (error: unknown) => log.error({ job: job.name, err: error }, 'job failed'),
      )
      .finally(() => {
        current = undefined;
      });
    return current;
  };
  const timer = setInterval(() => void runOnce(), job.everyMs);
  timer.unref();
  return {
    runOnce,
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      await current;
    },
  };
}
