// How the test of a fault is written.
import { spawnSync } from 'node:child_process';
import { test } from 'vitest';
import { hasCompiler } from './bad-disk.ts';
import { FAULTS, type Fault, type FaultName, type Need } from './faults.ts';
import { openMemoryCage } from './memory-cage.ts';

const isFull = process.env.OZURA_FAULTS === 'full';

/** In `npm test` a fault is small; `full` is its size in `npm run test:faults`. */
export const sized = <Size>(small: Size, full: Size): Size => (isFull ? full : small);

const NEEDS: Readonly<Record<Need, readonly [words: string, isMet: () => boolean]>> = {
  compiler: ['a C compiler (cc)', hasCompiler],
  root: ['to be root', () => process.getuid?.() === 0],
  prlimit: ['prlimit (util-linux)', () => spawnSync('prlimit', ['--version']).status === 0],
  cgroup: ['control groups for memory, and to be root', canCage],
};

function canCage(): boolean {
  const cage = openMemoryCage();
  cage?.remove();
  return cage !== undefined;
}

/** Where it cannot be made it is skipped, with a line that says what is missing. */
export function faultTest(name: FaultName, body: () => Promise<void>, timeoutMs = 120_000): void {
  const { needs = [], isLong }: Fault = FAULTS[name];
  const missing = needs.map((need) => NEEDS[need]).filter(([, isMet]) => !isMet());
  const title = missing.length === 0 ? name : `${name} (needs ${missing.map(([words]) => words).join(', ')})`;
  test.skipIf((isLong === true && !isFull) || missing.length > 0)(title, { timeout: timeoutMs }, body);
}
