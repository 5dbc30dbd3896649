// The arithmetic of the audit chain: what a record's mac covers, and what was done to a chain that does not hold. Pure.
import { createHmac, type KeyObject } from 'node:crypto';
import { sameHash } from '@ozura/kit/auth';
import type { AuditRow } from './store/audit.ts';

/** What the mac of a record covers, in this order. */
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

const hmac = (key: KeyObject, parts: readonly unknown[]): string =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');

/** Covers the record and, by the mac before it, everything earlier. */
export const macOf = (key: KeyObject, record: Omit<AuditRow, 'mac'>, previous: string): string =>
  hmac(key, [previous, ...VALUES.map((name) => record[name])]);

/**
 * The seal of the chain's end. It is carried from record to record and kept nowhere but at the end: whoever cuts
 * records off would need the seal that stood there then.
 */
export const nextSeal = (key: KeyObject, previous: string, mac: string): string => hmac(key, ['seal', previous, mac]);

export type Damage = 'altered' | 'removed' | 'inserted' | 'reordered';

/**
 * What happened at the first of `rows`, which does not continue the chain after `previous`. A damaged chain allows more
 * than one story; this is the simplest one that the rows which are there agree with.
 */
export function damageAt(key: KeyObject, rows: readonly AuditRow[], previous: Pick<AuditRow, 'sequence' | 'mac'>) {
  const place = previous.sequence + 1;
  const [found, next] = rows;
  const continues = (row: AuditRow | undefined, before: string, sequence: number): boolean =>
    row !== undefined && sameHash(row.mac, macOf(key, { ...row, sequence }, before));
  // The record of this place stands further on: something was put before it, or two have changed places.
  const at = rows.findIndex((row) => continues(row, previous.mac, place));
  if (at > 0) {
    const later = rows[at];
    const pushed = rows[at + 1];
    const isPushed = later !== undefined && (pushed === undefined || continues(pushed, later.mac, place + 1));
    return at === 1 && isPushed ? 'inserted' : 'reordered';
  }
  if (found === undefined || found.sequence !== place) return 'removed';
  // Closed up after a removal: each record still follows the one before, under its old number.
  const isClosedUp = continues(next, found.mac, found.sequence + 2);
  return isClosedUp ? 'removed' : 'altered';
}
