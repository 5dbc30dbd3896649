// Writes the end of the audit log into the program's own log, which usually leaves the machine: whoever cuts records
// off cannot take back what was said elsewhere (PCI DSS 10.3.4).
import type { Job } from '@ozura/kit/jobs';
import type { VaultContext } from '../context.ts';
import { findHead } from '../store/audit.ts';

const everyMs = 60 * 60_000;

export const anchorAudit = ({ db, log }: VaultContext): Job => ({
  name: 'anchor-audit',
  everyMs,
  run: async () => {
    const { sequence, mac } = await findHead(db);
    log.info({ anchor: `${sequence}:${mac}` }, 'the audit log ends here');
  },
});
