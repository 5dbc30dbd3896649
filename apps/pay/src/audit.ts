// Who changed what of a merchant, and who decided a payment. Each record is chained to the one before by HMAC and
// stands in the transaction of the change itself: what cannot be recorded does not happen.
import { createHmac, type KeyObject } from 'node:crypto';
import { sameHash } from '@ozura/kit/auth';
import type { Handle } from '@ozura/kit/db/handle';
import { type AuditRow, appendRecord, findHead, listRecords, takeNextPlace } from './store/audit.ts';

type AuditAction =
  | 'create_merchant'
  | 'update_merchant'
  | 'add_key'
  | 'revoke_key'
  | 'set_processor'
  | 'remove_processor'
  | 'order_processors'
  | 'set_tax_row'
  | 'replace_tax_rows'
  | 'propose_resolution'
  | 'resolve_review'
  | 'propose_decision'
  | 'decide_discrepancy'
  | 'offer_events';

export interface AuditEvent {
  readonly actor: string;
  readonly action: AuditAction;
  readonly merchantId: string;
  /** The key, processor, merchant or payment. */
  readonly object: string;
  /** What is other than before. Never a secret. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly requestId: string;
}

export interface Audit {
  /** The last statement of a transaction: everybody else's record waits until its commit. */
  record(tx: Handle, event: AuditEvent): Promise<void>;
  /** The first record that was changed, removed or put in; `undefined` when the chain is whole. */
  findBreak(db: Handle): Promise<number | undefined>;
}

const verifyPage = 1000;

export function openAudit(key: KeyObject): Audit {
  const macOf = ({ mac: _own, ...row }: AuditRow, previous: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([previous, ...VALUES.map((name) => row[name])]))
      .digest('hex');
  return {
    async record(tx, { change, ...event }) {
      const { sequence, mac: previous } = await takeNextPlace(tx);
      const row = { ...event, change: JSON.stringify(change), sequence, at: await tx.now(), mac: '' };
      await appendRecord(tx, { ...row, mac: macOf(row, previous) });
    },
    async findBreak(db) {
      // Read first: what is added while we look is not our business.
      const head = (await findHead(db)) ?? { sequence: 0, mac: '' };
      let previous = { sequence: 0, mac: '' };
      while (previous.sequence < head.sequence) {
        const rows = await listRecords(db, previous.sequence, verifyPage);
        if (rows.length === 0) return previous.sequence + 1;
        for (const row of rows.filter(({ sequence }) => sequence <= head.sequence)) {
          const expected = previous.sequence + 1;
          if (row.sequence !== expected || !sameHash(row.mac, macOf(row, previous.mac))) return expected;
          previous = row;
        }
      }
      return sameHash(head.mac, previous.mac) ? undefined : head.sequence;
    },
  };
}

const VALUES = [
  'sequence',
  'at',
  'actor',
  'action',
  'merchantId',
  'object',
  'change',
  'address',
  'requestId',
] as const satisfies readonly (keyof AuditRow)[];
