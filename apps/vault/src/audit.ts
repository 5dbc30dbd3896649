// Who used which card data, when and from where (PCI DSS 10.2). Each record is chained to the one before by HMAC, and
// stands in the transaction of the use itself: what cannot be recorded does not happen. How uses share one:
// `shared-commits.ts`.
import type { KeyObject } from 'node:crypto';
import { sameHash } from '@ozura/kit/auth';
import type { Database, Handle, Writing } from '@ozura/kit/db/handle';
import { type Damage, damageAt, macOf, nextSeal } from './audit-chain.ts';
import { openBlindCommits } from './blind-commits.ts';
import { UNRECORDED } from './keys/key-rules.ts';
import { EndMoved, openSharedCommits, type SharedCommits } from './shared-commits.ts';
import {
  type AuditHead,
  type AuditRow,
  appendRecords,
  findHead,
  listRecords,
  lockHead,
  moveHead,
} from './store/audit.ts';
import { listKeyIds } from './store/keys.ts';

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

/** In the order in which a use locks them. */
export const locksOf = (session: string | null | undefined, token: string): string => `${session ?? ''}/${token}`;

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

export interface Audit {
  /** The last statements of a transaction: everybody else's record waits until its commit. */
  record(tx: Handle, event: AuditEvent, nowMs: number): Promise<void>;
  /** All that one transaction has to record: after the first of them it must not wait for anybody's row. */
  recordAll(tx: Handle, events: readonly AuditEvent[], nowMs: number): Promise<void>;
  /** A use and its record in one commit, which it shares with those that come at the same time. */
  readonly commit: SharedCommits<AuditEvent>;
  /** Reads the whole log, a page at a time, up to the end that it had at the start. */
  verify(db: Handle, anchor?: Anchor): Promise<Verdict>;
}

const verifyPage = 1000;

/** No log ends there. */
const nowhere: AuditHead = { sequence: -1, mac: '', seal: '' };

/**
 * On SQLite, as a rule, no other process writes to this database: the end is where this one has left it, or will have when
 * what is on its way is written, and need not be asked for. Where that is wrong the compare-and-set on the end says so.
 */
export function openAudit(key: KeyObject, db: Database): Audit {
  const { changeInTurn } = db;
  const isAlone = db.engine === 'sqlite';
  let known: AuditHead | undefined;
  const append = async (tx: Handle, from: AuditHead, events: readonly AuditEvent[], nowMs: number): Promise<void> => {
    const { rows, to } = continued(key, from, events, nowMs);
    known = undefined;
    const [moved, appended] = await Promise.allSettled([moveHead(tx, from, to), appendRecords(tx, rows)]);
    if (moved.status === 'fulfilled' && !moved.value) throw new EndMoved('The audit log ends elsewhere');
    for (const end of [moved, appended]) if (end.status === 'rejected') throw end.reason;
    if (isAlone) known = to;
  };
  const recordAll: Audit['recordAll'] = async (tx, events, nowMs) => {
    if (events.length > 0) await append(tx, await lockHead(tx), events, nowMs);
  };
  const commit = openSharedCommits(db, {
    lock: async (tx) => known ?? lockHead(tx),
    append: async (tx, from: AuditHead, events: readonly AuditEvent[]) => append(tx, from, events, await tx.now()),
  });
  const ending = {
    append(tx: Writing, events: readonly AuditEvent[], nowMs: number) {
      const from = known ?? nowhere;
      const { rows, to } = continued(key, from, events, nowMs);
      known = to;
      void moveHead(tx, from, to);
      void appendRecords(tx, rows);
    },
    forget() {
      known = undefined;
    },
  };
  return {
    record: (tx, event, nowMs) => recordAll(tx, [event], nowMs),
    recordAll,
    commit: changeInTurn === undefined ? commit : openBlindCommits({ ...db, changeInTurn }, ending, commit),
    verify: (db, anchor) => verifyLog(key, db, anchor),
  };
}

function continued(key: KeyObject, from: AuditHead, events: readonly AuditEvent[], nowMs: number) {
  const rows: AuditRow[] = [];
  let to = from;
  for (const event of events) {
    const record = { ...event, sequence: to.sequence + 1, at: nowMs };
    const mac = macOf(key, record, to.mac);
    rows.push({ ...record, mac });
    to = { sequence: record.sequence, mac, seal: nextSeal(key, to.seal, mac) };
  }
  return { rows, to };
}

async function verifyLog(key: KeyObject, db: Handle, anchor: Anchor | undefined): Promise<Verdict> {
  // Before the records: each of these keys was made in one commit with its own.
  const unrecorded = new Set(await listKeyIds(db, UNRECORDED));
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
      if (row.action === 'create_key') unrecorded.delete(row.object);
      seal = nextSeal(key, seal, row.mac);
      if (row.sequence === anchor?.sequence) isAnchored = sameHash(row.mac, anchor.mac);
      if (row.sequence === head.sequence) isSealed = sameHash(seal, head.seal);
    }
    isAtEnd = rows.length < verifyPage;
  }
  // Read after the rows: records that were written meanwhile are covered by it, and nothing else can be.
  const end = await findHead(db);
  if (last.sequence > end.sequence) return verdictOn({ ...last, sequence: end.sequence }, 'inserted');
  // A log that begins anew, behind which there are keys from before.
  if (unrecorded.size > 0) return verdictOn({ sequence: 0, mac: '' }, 'truncated');
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
