// Processor time of processes, from /proc: what a request costs, also on a machine that is busy with something else.
import { readdirSync, readFileSync } from 'node:fs';

/** Of a clock tick of the kernel, the same on every Linux that Node runs on. */
const tickMs = 10;
/** In `/proc/PID/stat` after the name, which may contain spaces. */
const FIELDS = { parent: 1, user: 11, system: 12, endedUser: 13, endedSystem: 14 } as const;

interface Stat {
  readonly parent: number;
  readonly cpuMs: number;
}

/** In ms, of each process with all its descendants, those that have ended included. NaN where there is no /proc. */
export function cpuTimeOf(pids: readonly number[]): number {
  const stats = readAll();
  if (stats.size === 0) return Number.NaN;
  const isOurs = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent ?? 0;
    return pids.includes(pid) || (parent > 1 && isOurs(parent));
  };
  return [...stats].reduce((sum, [pid, { cpuMs }]) => (isOurs(pid) ? sum + cpuMs : sum), 0);
}

function readAll(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of entries('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat !== undefined) stats.set(Number(name), stat);
  }
  return stats;
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `undefined` for a process that has just ended. */
function read(path: string): Stat | undefined {
  try {
    const fields = readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const at = (name: keyof typeof FIELDS): number => fields[FIELDS[name]] ?? 0;
    const ticks = at('user') + at('system') + at('endedUser') + at('endedSystem');
    return { parent: at('parent'), cpuMs: ticks * tickMs };
  } catch {
    return undefined;
  }
}
