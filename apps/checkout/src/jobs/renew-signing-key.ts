// The key that signs redirects gets a successor when it is as old as the operator wants it to be (contract 2.4). Each process
// looks for one that another has made.
import type { Job } from '@ozura/kit/jobs';
import type { LastingSigning } from '../signing.ts';

const everyMs = 60_000;

export const renewSigningKey = (signing: LastingSigning, keptDays: number): Job => ({
  name: 'renew-signing-key',
  everyMs,
  run: () => signing.renew(keptDays),
});
