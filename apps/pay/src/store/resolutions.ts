// What people decided about attempts in review: who, why and on what evidence. A decision is written once.
import type { Resolution } from '@ozura/core/attempt';
import { type Handle, sql } from '@ozura/kit/db/handle';

export interface ProposedResolution {
  readonly resolutionId: string;
  readonly attemptId: string;
  readonly resolution: Resolution;
  /** Of an approval. */
  readonly processorTransactionId: string | undefined;
  readonly reason: string;
  readonly evidence: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
}

type ResolutionRow = {
  resolution_id: string;
  attempt_id: string;
  resolution: string;
  processor_transaction_id: string | null;
  reason: string;
  evidence: string;
  proposed_by: string;
  proposed_at: number;
};

export async function insertResolution(tx: Handle, merchantId: string, proposed: ProposedResolution): Promise<void> {
  await tx.run(sql`
    INSERT INTO resolutions (resolution_id, attempt_id, merchant_id, resolution, processor_transaction_id, reason, evidence,
      proposed_by, proposed_at, state)
    VALUES (${proposed.resolutionId}, ${proposed.attemptId}, ${merchantId}, ${proposed.resolution},
      ${proposed.processorTransactionId ?? null}, ${proposed.reason}, ${proposed.evidence}, ${proposed.proposedBy},
      ${proposed.proposedAtMs}, 'proposed')`);
}

/** The one that waits for a second person. */
export async function findProposal(db: Handle, attemptId: string): Promise<ProposedResolution | undefined> {
  const row = await db.one<ResolutionRow>(sql`
    SELECT resolution_id, attempt_id, resolution, processor_transaction_id, reason, evidence, proposed_by, proposed_at
    FROM resolutions WHERE attempt_id = ${attemptId} AND state = 'proposed'`);
  return (
    row && {
      resolutionId: row.resolution_id,
      attemptId: row.attempt_id,
      resolution: row.resolution as Resolution,
      processorTransactionId: row.processor_transaction_id ?? undefined,
      reason: row.reason,
      evidence: row.evidence,
      proposedBy: row.proposed_by,
      proposedAtMs: row.proposed_at,
    }
  );
}

/** Zero when it has ended already. */
export const endResolution = (
  tx: Handle,
  resolutionId: string,
  end: { readonly state: 'carried_out' | 'dropped'; readonly confirmedBy?: string; readonly endedAtMs: number },
): Promise<number> =>
  tx.run(sql`
    UPDATE resolutions SET state = ${end.state}, confirmed_by = ${end.confirmedBy ?? null}, ended_at = ${end.endedAtMs}
    WHERE resolution_id = ${resolutionId} AND state = 'proposed'`);
