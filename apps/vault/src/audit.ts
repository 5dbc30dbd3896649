// Who used which card data, when and from where (PCI DSS 10.2). Each record is chained to the one before by HMAC, and
// stands in the transaction of the use itself: what cannot be recorded does not happen.
import type { KeyObject } from 'node:crypto';
import { sameHash } from '@ozura/kit/auth';
import { type Database, type Handle, statementsOf, together } from '@ozura/kit/db/handle';
import { type Damage, damageAt, macOf, nextSeal } from './audit-chain.ts';
import { type AuditHead, appendRecord, findHead, listRecords, lockHead, moveHead } from './store/audit.ts';

export type AuditAction =
  | 'start'
  | 'stop'
  | 'tokenize'
  | 'proxy'
  | 'detokenize'
  | 'create_test_token'
  | 'delete_token'
  | 'purge_token'
  | 'erase_customer'
  | 'export_token'
  | 'import_token'
  | 'create_key'
  | 'rotate_keys'
  | 'rewrap_key'
  | 'destroy_key'
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

/** A record that somebody has noted elsewhere: the log must still hold it. */
export interface Anchor {
  readonly sequence: number;
  readonly mac: string;
}

export interface Verdict {
  readonly records: number;
  /** The last record, to be noted elsewhere. */
  readonly anchor: Anchor;
  /** The first place where the log is not what was written. */
  readonly damage?: { readonly sequence: number; readonly kind: Damage | 'truncated' };
}

type Changes = Parameters<typeof statementsOf>[0];

export interface Audit {
  /** Among the last statements of a transaction: everybody else's record waits until its commit. */
  record(tx: Handle, event: AuditEvent, nowMs: number): Promise<void>;
  /**
   * Changes of one row each, and the record of them, without waiting for others; false with nothing written when one of
   * them changes nothing or the end of the log is not known: then `transact` and `record` do it.
   */
  changeEach(db: Database, changes: Changes, event: AuditEvent, nowMs: number): Promise<boolean>;
  /** Reads the whole log, a page at a time, up to the end that it had at the start. */
  verify(db: Handle, anchor?: Anchor): Promise<Verdict>;
}

const verifyPage = 1000;

/**
 * `isAlone`: no other process writes to this database, so that the end of the chain is where this one left it, or where
 * it is going to: what is on its way is counted as written. Where that was wrong the compare-and-set on the end says so,
 * and the end is read.
 */
export function openAudit(key: KeyObject, { isAlone = false } = {}): Audit {
  let end: AuditHead | undefined;
  const next = (from: AuditHead, event: AuditEvent, nowMs: number) => {
    const record = { ...event, sequence: from.sequence + 1, at: nowMs };
    const mac = macOf(key, record, from.mac);
    const to: AuditHead = { sequence: record.sequence, mac, seal: nextSeal(key, from.seal, mac) };
    return { row: { ...record, mac }, to };
  };
  const append = async (tx: Handle, from: AuditHead, event: AuditEvent, nowMs: number): Promise<boolean> => {
    const { row, to } = next(from, event, nowMs);
    const [isMoved] = await together(moveHead(tx, from, to), appendRecord(tx, row));
    end = isMoved && isAlone ? to : undefined;
    return isMoved;
  };
  return {
    async record(tx, event, nowMs) {
      if (end !== undefined && (await append(tx, end, event, nowMs))) return;
      if (!(await append(tx, await lockHead(tx), event, nowMs))) throw new Error('The audit log cannot be written');
    },
    async changeEach(db, changes, event, nowMs) {
      const from = end;
      if (from === undefined) return false;
      const { row, to } = next(from, event, nowMs);
      end = to;
      const statements = statementsOf((tx) => {
        changes(tx);
        void moveHead(tx, from, to);
        void appendRecord(tx, row);
      });
      let isDone = false;
      try {
        isDone = await db.changeEach(statements);
      } finally {
        if (!isDone) end = undefined;
      }
      return isDone;
    },
    verify: (db, anchor) => verifyLog(key, db, anchor),
  };
}

async function verifyLog(key: KeyObject, db: Handle, anchor: Anchor | undefined): Promise<Verdict> {
  const head = await findHead(db);
  let last: Anchor = { sequence: 0, mac: '' };
  let seal = '';
  let isAnchored = anchor === undefined;
  let isSealed = head.sequence === 0;
  for (let isAtEnd = false; !isAtEnd; ) {
    const rows = await listRecords(db, last.sequence, verifyPage);
    for (const row of rows) {
      if (row.sequence !== last.sequence + 1 || !sameHash(row.mac, macOf(key, row, last.mac))) {
        return verdictOn(last, await explain(key, db, last));
      }
      last = row;
      seal = nextSeal(key, seal, row.mac);
      if (row.sequence === anchor?.sequence) isAnchored = sameHash(row.mac, anchor.mac);
      if (row.sequence === head.sequence) isSealed = sameHash(seal, head.seal);
    }
    isAtEnd = rows.length < verifyPage;
  }
  // Read after the rows: records that were written meanwhile are covered by it, and nothing else can be.
  const end = await findHead(db);
  if (last.sequence > end.sequence) return verdictOn({ ...last, sequence: end.sequence }, 'inserted');
  return verdictOn(last, isSealed && isAnchored ? undefined : 'truncated');
}

async function explain(key: KeyObject, db: Handle, last: Anchor): Promise<Damage> {
  const { sequence } = await findHead(db);
  return last.sequence >= sequence ? 'inserted' : damageAt(key, await listRecords(db, last.sequence, verifyPage), last);
}

const verdictOn = ({ sequence, mac }: Anchor, kind: Damage | 'truncated' | undefined): Verdict => ({
  records: sequence,
  anchor: { sequence, mac },
  ...(kind === undefined ? {} : { damage: { sequence: sequence + 1, kind } }),
});
