// What came of the faults when all of them were last made in full: `npm run test:faults -- --write` keeps it.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** With the time that it took, rounded up. */
export type Result = `holds, ${number} s` | 'fails' | 'not made';

export interface FullRun {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
  /** By the name of the fault. */
  readonly results: Readonly<Record<string, Result>>;
}

export const lastRunPath = fileURLToPath(new URL('last-run.json', import.meta.url));

export const readLastRun = (): FullRun | undefined =>
  existsSync(lastRunPath) ? (JSON.parse(readFileSync(lastRunPath, 'utf8')) as FullRun) : undefined;
