// Who changed what of a merchant, and who decided a payment.
import type { OutputOf } from '@ozura/contract/endpoint';
import { listAudit } from '@ozura/contract/pay/admin/audit';
import { CannotStart } from '../cannot-start.ts';
import type { Command } from '../command.ts';
import type { Installation } from '../operator.ts';
import type { Words } from '../words.ts';

export const logCommands: Readonly<Record<string, Command>> = {
  log: { positions: [], options: ['merchant'], run: log },
};

type AuditPage = OutputOf<typeof listAudit>;

async function log(installation: Installation, words: Words): Promise<void> {
  const merchantId = words.text('merchant');
  const { data, brokenAt } = await allRecords(installation, merchantId === undefined ? {} : { merchantId });
  words.print(data, data.map(recordLine));
  if (brokenAt !== undefined) throw new CannotStart(`somebody has tampered with the log, at record ${brokenAt}`);
}

async function allRecords(
  installation: Installation,
  of: Readonly<Record<string, string>>,
  after?: number,
): Promise<Pick<AuditPage, 'data' | 'brokenAt'>> {
  const page = await installation.call(listAudit, {
    query: { ...of, ...(after === undefined ? {} : { after: String(after) }) },
  });
  const last = page.data.at(-1);
  if (!page.hasMore || last === undefined) return page;
  const rest = await allRecords(installation, of, last.sequence);
  return { ...page, data: [...page.data, ...rest.data] };
}

function recordLine({ at, by, action, merchantId, object, change }: AuditPage['data'][number]): string {
  const about = object === merchantId ? merchantId : `${merchantId} ${object}`;
  return [at, by.padEnd(12), action.padEnd(18), about, JSON.stringify(change)].join(' ');
}
