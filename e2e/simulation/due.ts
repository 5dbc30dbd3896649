// When something is due in a simulated installation: its jobs are run then, and not all the time.
import type { Disk } from './disk.ts';
import type { Program } from './programs.ts';

interface Disks {
  readonly disks: Readonly<Record<Program, Disk>>;
}

const DUE: Readonly<Record<string, readonly [Program, string]>> = {
  'resolve-unknown': ['pay', 'SELECT min(max(next_check_at, lease_until)) AS at FROM attempts'],
  'resolve-refunds': ['pay', 'SELECT min(max(next_check_at, lease_until)) AS at FROM refunds'],
  'charge-due-plans': ['pay', 'SELECT min(max(due_at, lease_until)) AS at FROM plans'],
  'settle-bank-debits': ['pay', 'SELECT min(next_check_at) AS at FROM transactions'],
  'hold-tokens': [
    'pay',
    `SELECT min(created_at) AS at FROM plans WHERE token_hold = 'asked'
      OR (token_hold = 'none') = (status IN ('incomplete', 'active', 'paused', 'past_due'))`,
  ],
  'undo-late-approvals': ['pay', 'SELECT min(max(next_check_at, lease_until)) AS at FROM discrepancies'],
  'settle-charges': ['checkout', "SELECT min(next_check_at) AS at FROM charges WHERE outcome = 'open'"],
  'expire-sessions': [
    'checkout',
    "SELECT min(expires_at) AS at FROM sessions WHERE status = 'pending' AND payment_state IS NULL",
  ],
};
const JOBS = Object.keys(DUE);

/** When a job has something to do next. */
export function dueOf({ disks }: Disks, job: string): number | undefined {
  const [program, text] = DUE[job] ?? [];
  if (program === undefined || text === undefined) return undefined;
  return disks[program].rows<{ at: number | null }>(text)[0]?.at ?? undefined;
}

export function nextDue(system: Disks): number | undefined {
  const times = JOBS.flatMap((job) => dueOf(system, job) ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
