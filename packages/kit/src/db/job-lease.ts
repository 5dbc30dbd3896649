// Work that one process at a time does for all of them, while it holds the job's row in `job_leases`. Times are of the
// programs' clock: a test clock may stand still.
import { type Handle, sql } from './handle.ts';

interface Holding {
  readonly db: Handle;
  readonly now: () => number;
}

export interface JobLease {
  /** To be asked while the work goes on: false once another process has it, because this one was too slow. */
  keep(): Promise<boolean>;
  end(): Promise<void>;
}

/** `undefined` while another process has it: at most for `leaseMs` after that one died. */
export async function takeJobLease({ db, now }: Holding, job: string, leaseMs: number): Promise<JobLease | undefined> {
  let untilMs = now() + leaseMs;
  let isMine = true;
  if ((await leaseJob(db, job, { nowMs: now(), untilMs })) === 0) return undefined;
  /** Written now and then only: a commit is dearer than a step of most work. */
  const isFresh = (): boolean => now() < untilMs - leaseMs / 2;
  return {
    async keep() {
      if (!isMine || isFresh()) return isMine;
      const next = now() + leaseMs;
      isMine = (await moveLease(db, job, { fromMs: untilMs, untilMs: next })) === 1;
      if (isMine) untilMs = next;
      return isMine;
    },
    async end() {
      await moveLease(db, job, { fromMs: untilMs, untilMs: 0 });
    },
  };
}

/** Where a file belongs to one process, what another one held was held by a dead one. */
export const endJobLeases = (db: Handle): Promise<number> =>
  db.run(sql`UPDATE job_leases SET leased_until = 0 WHERE leased_until > 0`);

/** A lease that ends later than any clock a little ahead would have said is of a clock that was wrong, and stands for nothing. */
const clocksApartMs = 10 * 60_000;

const leaseJob = (db: Handle, job: string, times: { nowMs: number; untilMs: number }): Promise<number> =>
  db.run(sql`
    INSERT INTO job_leases (job, leased_until) VALUES (${job}, ${times.untilMs})
    ON CONFLICT (job) DO UPDATE SET leased_until = excluded.leased_until
      WHERE job_leases.leased_until <= ${times.nowMs} OR job_leases.leased_until > ${times.untilMs + clocksApartMs}`);

/** Whoever holds a lease knows it by its end. */
const moveLease = (
  db: Handle,
  job: string,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Promise<number> =>
  db.run(sql`UPDATE job_leases SET leased_until = ${untilMs} WHERE job = ${job} AND leased_until = ${fromMs}`);
