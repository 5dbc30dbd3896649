// The server's clock: deadlines are compared with it, and not with the clock of one of our machines (contract 0.7).
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Handle } from './handle.ts';
import { gather } from './postgres-gather.ts';
import type { Sender } from './postgres-statements.ts';
import { type ClockRow, shownBy } from './test-clock.ts';

export interface Clock {
  readonly testClock: boolean;
  readonly clockOffsetMs: () => number;
}

export type ClockAnswer = { now: number } & ClockRow;

const realNow = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now';

export const clockText = ({ testClock }: Clock): string =>
  testClock ? `${realNow}, offset_ms, frozen_at FROM test_clock` : realNow;

/** In ms, without the offset of one handle. */
export function timeOf(row: ClockAnswer | undefined, { testClock }: Clock): number {
  if (row === undefined) throw new Error('the test clock is gone');
  return testClock ? shownBy(row, row.now) : row.now;
}

/** Bounds how long those who ask wait for an answer that others wait for. */
const waitMs = 20;

/** Those who ask at the same time, or while others wait for an answer, share the next one: it is read after they have asked. */
export function sharedNow(pool: pg.Pool, send: Sender, clock: Clock): Handle['now'] {
  let asked: Promise<number> | undefined;
  let underWay: Promise<unknown> | undefined;
  const read = async (): Promise<number> => {
    const { rows } = await send(pool, { text: clockText(clock), values: [] });
    return timeOf(rows[0] as ClockAnswer | undefined, clock) + clock.clockOffsetMs();
  };
  const readNext = async (): Promise<number> => {
    await underWay;
    await gather();
    asked = undefined;
    const answer = read();
    underWay = Promise.race([answer.catch(() => undefined), setTimeout(waitMs, undefined, { ref: false })]);
    return answer;
  };
  return () => {
    asked ??= readNext();
    return asked;
  };
}
