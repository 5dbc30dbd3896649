// `npm run bench -- matrix`: every operation on both engines, with one process of each program and with two, 1, 32 and 256
// requests at a time; beside null servers, and beside what disk and database could do by themselves.
import { measureCell, type Run, startYardstick } from './cell.ts';
import { ENGINES, type Engine, type EngineHome, openEngine } from './engines.ts';
import { fill } from './fill.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Limits, meanOf, measureLimits } from './limits.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { writeMatrix } from './page.ts';
import type { MatrixCell, MatrixSize, ProgramStart } from './results.ts';

export const fullMatrix: MatrixSize = { connections: [1, 32, 256], seconds: 2, transactions: 1_000_000 };
export const quickMatrix: MatrixSize = { connections: [1, 32], seconds: 1, transactions: 10_000 };

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

/** A program that has just started is not compiled yet. */
const warmSeconds = 3;
const idleMs = 1_000;

async function measureEngine(home: EngineHome, size: MatrixSize, results: Results): Promise<void> {
  const before = await limitsOf(home.engine, size);
  const installation = await startInstallation(home);
  try {
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idle = installation.starts();
    await fill(installation, 'transactions', size.transactions);
    for (const processes of [1, 2]) {
      if (processes > 1) await installation.addColumn();
      for (const operation of OPERATIONS) {
        results.cells.push(...(await measureOperation(installation, operation, { size, processes })));
      }
      // Before and after what is held against them, for the machine is faster at one time and slower at another.
      if (processes === 1) results.limits.push(meanOf(before, await limitsOf(home.engine, size)));
    }
    const loaded = installation.starts();
    idle.forEach(({ name, startMs, residentMb }, i) => {
      const loadedMb = loaded[i]?.residentMb ?? Number.NaN;
      results.starts.push({ engine: home.engine, name, startMs, idleMb: residentMb, loadedMb });
    });
  } finally {
    await installation.stop();
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
}

async function measureOperation(
  installation: Installation,
  operation: Operation,
  { size, processes }: Part,
): Promise<MatrixCell[]> {
  const { engine } = installation.home;
  const filled = operation.rows === 'transactions' ? size.transactions : 0;
  const prepared = await operation.prepare(installation, filled);
  const measured = { operation, prepared };
  await measureCell(installation, measured, { connections: 32, seconds: Math.min(warmSeconds, size.seconds) });
  const yardstick = await startYardstick(installation, measured);
  const cells: MatrixCell[] = [];
  for (const connections of size.connections) {
    const run: Run = { connections, seconds: size.seconds };
    // One after the other, so that a machine that slows down slows both.
    const nullPerSecond = (await yardstick?.measure(run))?.requestsPerSecond;
    const cell = await measureCell(installation, measured, run);
    cells.push({ ...cell, engine, processes, nullPerSecond });
    const rate = Math.round(cell.requestsPerSecond);
    console.error(`${engine}, ${processes} of each, ${operation.name}, ${connections} at a time: ${rate} a second`);
  }
  await yardstick?.stop();
  return cells;
}
