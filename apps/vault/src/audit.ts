// Who used which card data, when and from where (PCI DSS 10.2). Each record is chained to the one before by HMAC, and
// stands in the transaction of the use itself: what cannot be recorded does not happen.
import { createHmac, type KeyObject } from 'node:crypto';
import { sameHash } from '@ozura/kit/auth';
import type { Handle } from '@ozura/kit/db/handle';
import { type AuditRow, appendRecord, findHead, listRecords, takeNextPlace } from './store/audit.ts';

export type AuditAction =
  | 'tokenize'
  | 'proxy'
  | 'detokenize'
  | 'create_test_token'
  | 'delete_token'
  | 'create_key'
  | 'create_application'
  | 'update_application'
  | 'revoke_application';

export interface AuditEvent {
  readonly merchantId: string;
  readonly actor: string;
  readonly action: AuditAction;
  /** The token, key or application. Never card data. */
  readonly object: string;
  readonly outcome: 'allowed' | 'refused';
  readonly address: string;
  readonly requestId: string;
}

export interface Audit {
  /** The last statement of a transaction: everybody else's record waits until its commit. */
  record(tx: Handle, event: AuditEvent, nowMs: number): Promise<void>;
  /** The first place where a record was changed, removed or put in; `undefined` when the chain is whole. */
  verify(db: Handle): Promise<number | undefined>;
}

const verifyPage = 1000;

export function openAudit(key: KeyObject): Audit {
  const macOf = ({ mac: _own, ...record }: AuditRow, previous: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([previous, ...VALUES.map((name) => record[name])]))
      .digest('hex');
  return {
    async record(tx, event, nowMs) {
      const { sequence, mac: previous } = await takeNextPlace(tx);
      const row = { ...event, sequence, at: nowMs, mac: '' };
      await appendRecord(tx, { ...row, mac: macOf(row, previous) });
    },
    async verify(db) {
      let previous = { sequence: 0, mac: '' };
      for (;;) {
        const rows = await listRecords(db, previous.sequence, verifyPage);
        for (const row of rows) {
          const expected = previous.sequence + 1;
          if (row.sequence !== expected || !sameHash(row.mac, macOf(row, previous.mac))) return expected;
          previous = row;
        }
        if (rows.length < verifyPage) break;
      }
      const head = await findHead(db);
      const whole = head !== undefined && head.sequence === previous.sequence && sameHash(head.mac, previous.mac);
      return whole ? undefined : previous.sequence + 1;
    },
  };
}

const VALUES = [
  'sequence',
  'at',
  'merchantId',
  'actor',
  'action',
  'object',
  'outcome',
  'address',
  'requestId',
] as const satisfies readonly (keyof AuditRow)[];
