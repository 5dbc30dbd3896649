// What the two commands measure, and `page.ts` writes down.
import type { Measured } from '../load.ts';
import type { Cell } from './cell.ts';
import type { Engine } from './engines.ts';
import type { Limits } from './limits.ts';

export interface MatrixSize {
  readonly connections: readonly number[];
  readonly seconds: number;
  /** Of each operation before it is measured: what has just started is compiled while it works. */
  readonly warmSeconds: number;
  /** Transactions that there are before. */
  readonly transactions: number;
}

export interface MatrixCell extends Cell {
  readonly engine: Engine;
  readonly processes: number;
  /** Requests a second of the null server beside it. */
  readonly nullPerSecond: number | undefined;
  /** What the engine by itself does a second. */
  readonly alonePerSecond: number | undefined;
}

export interface ProgramStart {
  readonly engine: Engine;
  readonly name: string;
  readonly startMs: number;
  readonly idleMb: number;
  readonly loadedMb: number;
}

export interface Matrix {
  readonly size: MatrixSize;
  readonly cells: readonly MatrixCell[];
  readonly starts: readonly ProgramStart[];
  readonly limits: readonly Limits[];
}

export interface GrowthCell {
  readonly engine: Engine;
  readonly operation: string;
  readonly rows: number;
  /** As many at a time as fill the machine. */
  readonly full: Measured;
  /** So few that requests do not wait for one another. */
  readonly calm: Measured;
}
