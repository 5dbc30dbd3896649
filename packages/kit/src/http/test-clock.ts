// How Checkout moves the clock of another program (contract 14.3). Not there in live mode.
import { runDueOf, setClockOf } from '@ozura/contract/test-clock';
import type { Service } from '@ozura/core/errors';
import type { Mode } from '@ozura/core/ids';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../db/handle.ts';
import { type ClockSetting, writeClock } from '../db/test-clock.ts';
import type { Jobs } from '../jobs.ts';
import type { Router } from './route.ts';

export interface ClockServing {
  readonly mode: Mode;
  readonly db: Database;
  readonly jobs: Jobs;
  /** Checkout's service key. */
  readonly authenticate: (request: FastifyRequest) => Promise<unknown>;
  /** Where the setting has to go, too. */
  readonly pass?: (setting: ClockSetting) => Promise<unknown>;
}

export function serveTestClock(
  router: Pick<Router, 'serve'>,
  service: Exclude<Service, 'checkout'>,
  serving: ClockServing,
): void {
  const { mode, db, jobs, authenticate, pass } = serving;
  if (mode === 'live') return;
  router.serve(setClockOf(service), {
    authenticate,
    handle: async ({ input }) => {
      await pass?.(input);
      await writeClock(db, input);
      return { success: true };
    },
  });
  router.serve(runDueOf(service), {
    authenticate,
    handle: async ({ input }) => {
      await jobs.runAll();
      const nextDueAtMs = await jobs.nextDueAt(input.afterMs);
      return { success: true, data: nextDueAtMs === undefined ? {} : { nextDueAtMs } };
    },
  });
}
