// Labelled moments of a payment at which a test kills the program, to show that it recovers (contract 12.7).
import type { Mode } from '@ozura/core/ids';

/** Tells that the program has come to `label`. Does nothing outside of tests. */
export type CrashPoint = (label: string) => void;

/** Dies at `crashAt` by SIGKILL: no handler runs, nothing is flushed. Never in live mode. */
export const openCrashPoint = (mode: Mode, crashAt: string | undefined): CrashPoint =>
  mode === 'live' || crashAt === undefined
    ? () => undefined
    : (label) => {
        if (label === crashAt) process.kill(process.pid, 'SIGKILL');
      };
