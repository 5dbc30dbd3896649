// Labelled moments of a payment at which a test kills the program, to show that it recovers (contract 12.7).
import type { Mode } from '@ozura/core/ids';

/** Tells that the program has come to `label`. Does nothing outside of tests. */
export type CrashPoint = (label: string) => void;

/** Dies at `crashAt` by SIGKILL: no handler runs, nothing is flushed. `P2-after#3`: at the third time. Never in live mode. */
export function openCrashPoint(mode: Mode, crashAt: string | undefined): CrashPoint {
  if (mode === 'live' || crashAt === undefined) return () => undefined;
  const [label, times = '1'] = crashAt.split('#');
  let left = Number(times);
  return (reached) => {
    if (reached !== label) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
