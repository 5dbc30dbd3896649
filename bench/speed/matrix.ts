// `npm run bench -- matrix`: every operation on both engines, with one process of each program and with two, 1, 32 and 256
// requests at a time; beside null servers, and beside what disk and database could do by themselves.
import { median } from '../load.ts';
import { type EngineAlone, openAlone } from './alone.ts';
import { type Cell, measureCell, type Run, startYardstick } from './cell.ts';
import { ENGINES, type Engine, type EngineHome, openEngine } from './engines.ts';
import { fill } from './fill.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Limits, meanOf, measureLimits } from './limits.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { writeMatrix } from './page.ts';
import type { MatrixCell, MatrixSize, ProgramStart } from './results.ts';

export const fullMatrix: MatrixSize = {
  connections: [1, 32, 256],
  seconds: 2,
  warmSeconds: 10,
  transactions: 1_000_000,
};
export const quickMatrix: MatrixSize = { connections: [1, 32], seconds: 1, warmSeconds: 4, transactions: 10_000 };

export async function benchMatrix(size: MatrixSize): Promise<void> {
  const cells: MatrixCell[] = [];
  const starts: ProgramStart[] = [];
  const limits: Limits[] = [];
  for (const engine of ENGINES) {
    const home = await openEngine(engine);
    try {
      await measureEngine(home, size, { cells, starts, limits });
    } finally {
      await home.close();
    }
  }
  writeMatrix({ size, cells, starts, limits });
}

interface Results {
  readonly cells: MatrixCell[];
  readonly starts: ProgramStart[];
  readonly limits: Limits[];
}

const idleMs = 1_000;
/** Of us and of the engine by itself, one after the other: the machine is faster at one time and slower at another. */
const turnsWithEngine = 3;

async function measureEngine(home: EngineHome, size: MatrixSize, results: Results): Promise<void> {
  const before = await limitsOf(home.engine, size);
  const engineAlone = await openAlone(home);
  const installation = await startInstallation(home);
  try {
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idle = installation.starts();
    await fill(installation, 'transactions', size.transactions);
    for (const processes of [1, 2]) {
      if (processes > 1) await installation.addColumn();
      for (const operation of OPERATIONS) {
        results.cells.push(...(await measureOperation(installation, operation, { size, processes, engineAlone })));
      }
      // Before and after what is held against them.
      if (processes === 1) results.limits.push(meanOf(before, await limitsOf(home.engine, size)));
    }
    const loaded = installation.starts();
    idle.forEach(({ name, startMs, residentMb }, i) => {
      const loadedMb = loaded[i]?.residentMb ?? Number.NaN;
      results.starts.push({ engine: home.engine, name, startMs, idleMb: residentMb, loadedMb });
    });
  } finally {
    await installation.stop();
    await engineAlone.close();
  }
}

async function limitsOf(engine: Engine, { connections, seconds }: MatrixSize): Promise<Limits> {
  const home = await openEngine(engine);
  const clients = connections.filter((count) => count > 1);
  return measureLimits(home, seconds, clients).finally(() => home.close());
}

interface Part {
  readonly size: MatrixSize;
  readonly processes: number;
  readonly engineAlone: EngineAlone;
}

async function measureOperation(
  installation: Installation,
  operation: Operation,
  { size, processes, engineAlone }: Part,
): Promise<MatrixCell[]> {
  const { engine } = installation.home;
  const filled = operation.rows === 'transactions' ? size.transactions : 0;
  const prepared = await operation.prepare(installation, filled);
  const measured = { operation, prepared };
  for (let seconds = 0; seconds < size.warmSeconds; seconds += size.seconds) {
    await measureCell(installation, measured, { connections: 32, seconds: size.seconds });
  }
  const yardstick = await startYardstick(installation, measured);
  await yardstick?.measure({ connections: 32, seconds: size.seconds });
  // One client waits for its own commits, and two columns for each other's.
  const ofEngine = processes === 1 ? engineAlone.of(operation) : undefined;
  const cells: MatrixCell[] = [];
  for (const connections of size.connections) {
    const run: Run = { connections, seconds: size.seconds };
    // One after the other, so that a machine that slows down slows both.
    const nullPerSecond = (await yardstick?.measure(run))?.requestsPerSecond;
    const byEngine = connections > 1 ? ofEngine : undefined;
    const alone: number[] = [];
    const ours: Cell[] = [];
    for (let turn = 0; turn < (byEngine === undefined ? 1 : turnsWithEngine); turn += 1) {
      if (byEngine !== undefined) alone.push(await byEngine(run));
      ours.push(await measureCell(installation, measured, run));
    }
    const cell = middleOf(ours);
    const alonePerSecond = byEngine && median(alone);
    cells.push({ ...cell, engine, processes, nullPerSecond, alonePerSecond });
    const rate = Math.round(cell.requestsPerSecond);
    console.error(`${engine}, ${processes} of each, ${operation.name}, ${connections} at a time: ${rate} a second`);
  }
  await yardstick?.stop();
  return cells;
}

const middleOf = (cells: readonly Cell[]): Cell => cells.toSorted(bySpeed)[Math.floor(cells.length / 2)] as Cell;

const bySpeed = (one: Cell, other: Cell): number => one.requestsPerSecond - other.requestsPerSecond;
