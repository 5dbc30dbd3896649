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

/** All of a program in one row. */
const NEXT = (['pay', 'checkout'] as const).map((program): readonly [Program, string] => {
  const parts = Object.values(DUE).flatMap(([of, text]) => (of === program ? [`(${text})`] : []));
  return [program, `SELECT ${parts.map((part, i) => `${part} AS at${i}`).join(', ')}`];
});

/** When a job has something to do next. */
export function dueOf({ disks }: Disks, job: string): number | undefined {
  const [program, text] = DUE[job] ?? [];
  if (program === undefined || text === undefined) return undefined;
  return disks[program].rows<{ at: number | null }>(text)[0]?.at ?? undefined;
}

export function nextDue({ disks }: Disks): number | undefined {
  const rows = NEXT.flatMap(([program, text]) => disks[program].rows<Record<string, number | null>>(text));
  const times = rows.flatMap((row) => Object.values(row)).filter((at) => at !== null);
  return times.length === 0 ? undefined : Math.min(...times);
}
