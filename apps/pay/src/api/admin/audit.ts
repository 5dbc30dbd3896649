// `GET /admin/audit` (ours): who changed what, and whether the chain of records is whole.
import type { InputOf } from '@ozura/contract/endpoint';
import type { listAudit } from '@ozura/contract/pay/admin/audit';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../../context.ts';
import { type AuditRow, listRecords, listRecordsOf } from '../../store/audit.ts';

const pageMax = 100;

export async function answerAudit(
  { db, audit }: PayContext,
  { input }: Call<InputOf<typeof listAudit>, undefined>,
): Promise<unknown> {
  const after = Number(input.after ?? 0);
  const limit = pageMax + 1;
  const rows =
    input.merchantId === undefined
      ? await listRecords(db, after, limit)
      : await listRecordsOf(db, input.merchantId, after, limit);
  // The whole chain is gone through once, and not with every page.
  const brokenAt = input.after === undefined ? await audit.findBreak(db) : undefined;
  return {
    success: true,
    data: rows.slice(0, pageMax).map(shown),
    hasMore: rows.length > pageMax,
    ...(brokenAt === undefined ? {} : { brokenAt }),
  };
}

const shown = ({ sequence, at, actor, action, merchantId, object, change }: AuditRow) => ({
  sequence,
  at: new Date(at).toISOString(),
  by: actor,
  action,
  merchantId,
  object,
  change: JSON.parse(change) as unknown,
});
