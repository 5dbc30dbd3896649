// One number of the matrix: an operation at an installation, so many requests at a time.
import { startNullServer } from '../against-null.ts';
import { type Measured, measure } from '../load.ts';
import { cpuTimeOf } from './cpu-time.ts';
import type { Installation } from './installation.ts';
import type { Operation, Prepared } from './operations.ts';

export interface Run {
  readonly connections: number;
  readonly seconds: number;
}

export interface Cell extends Measured {
  readonly operation: string;
  readonly connections: number;
  /** Processor time of one request, in µs: of our programs, and of the database server. */
  readonly programsUs: number;
  readonly databaseUs: number;
}

export async function measureCell(
  installation: Installation,
  { operation, prepared }: { readonly operation: Operation; readonly prepared: Prepared },
  run: Run,
): Promise<Cell> {
  const { path, restock, ...request } = prepared;
  await restock?.();
  const urls = installation.urls(operation.program).map((url) => url + path);
  const server = installation.home.pid;
  const cpu = (): readonly [number, number] => [
    cpuTimeOf(installation.pids()),
    server === undefined ? 0 : cpuTimeOf([server]),
  ];
  const before = cpu();
  const measured = await measure({ ...request, ...run, url: urls[0] ?? '', urls });
  const after = cpu();
  const usOf = (of: 0 | 1): number => ((after[of] - before[of]) * 1000) / measured.requests;
  const { requestsPerSecond, p50Ms, p99Ms } = measured;
  return {
    ...{ requestsPerSecond, p50Ms, p99Ms, programsUs: usOf(0), databaseUs: usOf(1) },
    operation: operation.name,
    connections: run.connections,
  };
}

/** What an operation is held against: a server that sends the same answer and does nothing else. */
export interface Yardstick {
  measure(run: Run): Promise<Measured>;
  stop(): Promise<void>;
}

/** None for what uses something up. */
export async function startYardstick(
  installation: Installation,
  { operation, prepared }: { readonly operation: Operation; readonly prepared: Prepared },
): Promise<Yardstick | undefined> {
  const { path, restock, status, ...request } = prepared;
  if (restock !== undefined) return undefined;
  const { method, headers = {}, body } = request;
  const url = `${installation.urls(operation.program)[0]}${path}`;
  const sample = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const program = await startNullServer(sample);
  return {
    measure: (run) => measure({ ...request, ...run, url: program.line + path, ...(status && { status }) }),
    stop: () => program.stop(),
  };
}
