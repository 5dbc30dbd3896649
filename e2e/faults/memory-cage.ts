// A control group of Linux in which a process may take so much more memory: beyond that the kernel kills it.
import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MemoryCage {
  /** What it has stays where it was counted; what it takes from now on counts here. */
  hold(pid: number, moreBytes: number): void;
  /** How many processes the kernel has killed in it. */
  kills(): number;
  remove(): void;
}

interface Version {
  readonly folder: string;
  /** The file of the limit, what takes the way out through swap space, and the file with a line `oom_kill <count>`. */
  readonly limit: string;
  readonly swap: { readonly file: string; readonly max: (bytes: number) => number };
  readonly events: string;
}

/** The first has its own tree; a machine may have both. */
const VERSIONS: readonly Version[] = [
  {
    folder: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    swap: { file: 'memory.memsw.limit_in_bytes', max: (bytes) => bytes },
    events: 'memory.oom_control',
  },
  {
    folder: '/sys/fs/cgroup',
    limit: 'memory.max',
    swap: { file: 'memory.swap.max', max: () => 0 },
    events: 'memory.events',
  },
];

/** `undefined`: this machine has no such groups, or we may make none. */
export function openMemoryCage(): MemoryCage | undefined {
  for (const version of VERSIONS) {
    const cage = cageOf(version);
    if (cage !== undefined) return cage;
  }
  return undefined;
}

function cageOf({ folder, limit, swap, events }: Version): MemoryCage | undefined {
  if (!existsSync(join(folder, 'cgroup.procs'))) return undefined;
  let group: string;
  try {
    group = mkdtempSync(join(folder, 'ozura-'));
  } catch {
    return undefined;
  }
  const at = (file: string): string => join(group, file);
  const remove = (): void => rmdirSync(group);
  // In the second version the group above hands memory on to those below it, or it does not.
  if (!existsSync(at(limit)) || !/^oom_kill /m.test(readFileSync(at(events), 'utf8'))) return void remove();
  return {
    hold(pid, moreBytes) {
      writeFileSync(at(limit), String(moreBytes));
      if (existsSync(at(swap.file))) writeFileSync(at(swap.file), String(swap.max(moreBytes)));
      writeFileSync(at('cgroup.procs'), String(pid));
    },
    kills: () => Number(/^oom_kill (\d+)/m.exec(readFileSync(at(events), 'utf8'))?.[1]),
    remove,
  };
}
