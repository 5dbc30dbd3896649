// Charges whose outcome is not known: Pay is asked at the times of contract 12.4, until it knows.
import type { Job } from '@ozura/kit/jobs';
import type { Charges } from '../charges.ts';

const everyMs = 1_000;

export const settleCharges = (charges: Charges): Job => ({
  name: 'settle-charges',
  everyMs,
  run: () => charges.settleDue(),
});
