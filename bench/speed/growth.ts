// `npm run bench -- growth --rows 10k,1m,10m`: the same operations with more and more rows in the tables that they use. The
// sizes take turns, so that a machine that slows down slows all of them.
import { setTimeout as pause } from 'node:timers/promises';
import { type Measured, median } from '../load.ts';
import { measureCell } from './cell.ts';
import { ENGINES, type EngineHome, openEngine } from './engines.ts';
import { checkRoom, fill, type Rows } from './fill.ts';
import { type Installation, startInstallation } from './installation.ts';
import { OPERATIONS, type Operation, type Prepared } from './operations.ts';
import { writeGrowth } from './page.ts';
import type { GrowthCell } from './results.ts';

const connections = { full: 32, calm: 4 } as const;
const rounds = 3;
const closedMs = 500;

export interface GrowthSize {
  readonly rows: readonly number[];
  readonly seconds: number;
}

export async function benchGrowth({ rows, seconds }: GrowthSize): Promise<void> {
  const groups = [...new Set(OPERATIONS.map((operation) => operation.rows))];
  const total = rows.reduce((sum, count) => sum + count, 0);
  for (const group of groups) checkRoom(group, total);
  const cells: GrowthCell[] = [];
  for (const engine of ENGINES) {
    for (const group of groups) {
      const home = await openEngine(engine);
      await measureGroup(home, { group, rows, seconds }, cells).finally(() => home.close());
    }
  }
  writeGrowth({ rows, cells });
}

interface Group extends GrowthSize {
  readonly group: Rows;
}

interface Sized {
  readonly rows: number;
  readonly installation: Installation;
}

async function measureGroup(home: EngineHome, { group, rows, seconds }: Group, cells: GrowthCell[]): Promise<void> {
  const sized: Sized[] = [];
  try {
    // What is filled last is in memory when measuring begins, as a small table always is: so the largest is filled first.
    for (const count of rows.toSorted((a, b) => b - a)) {
      const installation = await startInstallation(home);
      sized.push({ rows: count, installation });
      await fill(installation, group, count);
    }
    // Filling kept this process busy for minutes: it hears now which connections the programs have closed meanwhile.
    await pause(closedMs);
    for (const operation of OPERATIONS.filter((one) => one.rows === group)) {
      cells.push(...(await measureOperation(operation, sized, seconds)));
    }
  } finally {
    for (const { installation } of sized) await installation.stop();
  }
}

async function measureOperation(operation: Operation, sized: readonly Sized[], seconds: number): Promise<GrowthCell[]> {
  const turns = await Promise.all(
    sized.map(async (one) => ({
      ...one,
      prepared: await operation.prepare(one.installation, one.rows),
      full: [] as Measured[],
      calm: [] as Measured[],
    })),
  );
  const measureAt = (turn: { installation: Installation; prepared: Prepared }, load: keyof typeof connections) =>
    measureCell(turn.installation, { operation, prepared: turn.prepared }, { connections: connections[load], seconds });
  for (const turn of turns) await measureAt(turn, 'full');
  for (let round = 0; round < rounds; round += 1) {
    for (const load of ['full', 'calm'] as const) {
      for (const turn of turns) turn[load].push(await measureAt(turn, load));
    }
  }
  return turns.map(({ rows, installation, full, calm }) => {
    const { engine } = installation.home;
    const cell = { engine, operation: operation.name, rows, full: middle(full), calm: middle(calm) };
    console.error(`${engine}, ${operation.name}, ${rows} rows: ${Math.round(cell.full.requestsPerSecond)} a second`);
    return cell;
  });
}

const middle = (runs: readonly Measured[]): Measured => ({
  requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
  p50Ms: median(runs.map((run) => run.p50Ms)),
  p99Ms: median(runs.map((run) => run.p99Ms)),
});
