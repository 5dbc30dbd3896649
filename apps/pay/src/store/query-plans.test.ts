// How the statements of payments, refunds, plans and jobs find their rows, on both engines: by an index, however many
// there are. Those of `GET /transQuery` are in `refunds.test.ts`.
import { forEachSchema } from '@ozura/e2e/databases';
import { expectIndices } from '@ozura/e2e/query-plans';
import type { Database, Handle } from '@ozura/kit/db/handle';
import { beforeAll, test } from 'vitest';
import {
  type Attempt,
  countOpenAttempts,
  findAttempt,
  findLastAttempt,
  isTransactionKnown,
  listAttemptsInReview,
  listRivals,
  moveAttempt,
} from './attempts.ts';
import { findDueDebits, findNextDebitAt } from './bank-debits.ts';
import { findHeldDecline } from './card-holds.ts';
import { findCharge, findChargeByKey, findCycleCharge, freeChargeKey, isCvcClaimed, isOrderOpen } from './charges.ts';
import { bringChecksForward, bringRefundsForward, findDueAttempts, findNextCheckAt, leaseAttempt } from './checks.ts';
import {
  listAccounts,
  listDoubtedAttempts,
  listNamedAttempts,
  listOpenDays,
  listStandingAttempts,
} from './comparisons.ts';
import { listDueUndoings } from './discrepancies.ts';
import { findMerchantByKey } from './merchants.ts';
import { countWaitingEvents, listWaitingEvents, markCollected } from './outbox.ts';
import { findDuePlans, findNextDueAt, findPlan } from './plans.ts';
import {
  countOpenRefunds,
  findDueRefunds,
  findFollowingRefund,
  findNextRefundAt,
  findRefund,
  findRefundByKey,
  freeRefundKey,
  isRefundKnown,
  listRefundsInReview,
  listRefundsOf,
} from './refunds.ts';
import { findTaxRows } from './tax-rows.ts';
import { listUntoldHolds } from './token-holds.ts';
import { addRefunded, findTransaction, lockTransaction } from './transactions.ts';
import { findVoidKey } from './void-keys.ts';

const merchantId = 'ozu_bluekettle';
const account = { merchantId, processor: 'sandbox', account: merchantId };
const claim = { chargeId: 'c', merchantId, idempotencyKey: 'k', fingerprint: 'f', cvcHash: 'h' };
const refundKey = { merchantId, operation: 'cardRefund', idempotencyKey: 'k' } as const;
const range = { fromMs: 1, toMs: 2, untilMs: 2, knownByMs: 2, voidedByMs: 2 };
const attempt = { ...account, attemptId: 'a', amountMinor: 1n, currency: 'USD' } as Attempt;
const refund = {
  ...account,
  refundId: 'r',
  saleId: 's',
  operation: 'cardRefund',
  fingerprint: 'f',
  ordinal: 0,
} as const;
const names = Array.from({ length: 1_000 }, (_none, i) => `name ${i}`);

const LOOKS: Readonly<Record<string, (db: Handle) => Promise<unknown>>> = {
  'a merchant by a key': (db) => findMerchantByKey(db, 'h'),
  'a charge': (db) => findCharge(db, merchantId, 'c'),
  'a charge by its key': (db) => findChargeByKey(db, claim),
  'the charge of a cycle': (db) => findCycleCharge(db, 'p', 1),
  'a key to free': (db) => freeChargeKey(db, 'c'),
  'a security code that was used': (db) => isCvcClaimed(db, claim),
  'an order that is being paid': (db) => isOrderOpen(db, merchantId, 'o'),
  'a card that is held back': (db) => findHeldDecline(db, { merchantId, cardKey: 'f' }, 1),
  'an attempt': (db) => findAttempt(db, 'a'),
  'the last attempt of a charge': (db) => findLastAttempt(db, 'c'),
  'an attempt to move': (db) => moveAttempt(db, { attemptId: 'a', from: 'SENT', to: 'UNKNOWN' }, {}),
  'a transaction that another attempt has': (db) => isTransactionKnown(db, attempt, 'p'),
  'rivals of an attempt': (db) => listRivals(db, attempt, range),
  'attempts to look at': (db) => findDueAttempts(db, 1, 100),
  'an attempt to look at': (db) => leaseAttempt(db, 'a', { nowMs: 1, untilMs: 2 }),
  'when an attempt is to be looked at': (db) => findNextCheckAt(db, 1),
  'attempts of a clock that was set back': (db) => bringChecksForward(db, 1),
  'attempts in review': (db) => listAttemptsInReview(db, 500),
  'open attempts': (db) => countOpenAttempts(db),
  'a transaction': (db) => findTransaction(db, merchantId, 't'),
  'a transaction to lock': (db) => lockTransaction(db, 't'),
  'a transaction that is given back': (db) => addRefunded(db, 't', { amountMinor: 1n, surchargeMinor: 0n }),
  'a refund': (db) => findRefund(db, 'r'),
  'a refund by its key': (db) => findRefundByKey(db, refundKey),
  'the key of a refund to free': (db) => freeRefundKey(db, refundKey),
  'the refund that follows another': (db) => findFollowingRefund(db, refund),
  'refunds of a sale': (db) => listRefundsOf(db, 's'),
  'refunds in review': (db) => listRefundsInReview(db, 500),
  'a transaction that another refund has': (db) => isRefundKnown(db, refund, 'p'),
  'refunds to look at': (db) => findDueRefunds(db, 1, 100),
  'when a refund is to be looked at': (db) => findNextRefundAt(db, 1),
  'refunds of a clock that was set back': (db) => bringRefundsForward(db, 1),
  'open refunds': (db) => countOpenRefunds(db),
  'the key of a void': (db) => findVoidKey(db, { merchantId, idempotencyKey: 'k' }),
  'bank debits that settle': (db) => findDueDebits(db, 1, 100),
  'when a bank debit settles': (db) => findNextDebitAt(db, 1),
  'a plan': (db) => findPlan(db, 'p'),
  'plans that are due': (db) => findDuePlans(db, 1, 100),
  'when a plan is due': (db) => findNextDueAt(db, 1),
  'cards of plans that the Vault is to be told of': (db) => listUntoldHolds(db, 100),
  'events to hand over': (db) => listWaitingEvents(db, 100),
  'how many events wait': (db) => countWaitingEvents(db),
  'events that were handed over': (db) => markCollected(db, ['a', 'b', 'c', 'd', 'e'], 1),
  'accounts that are used': (db) => listAccounts(db, 1),
  'days that nobody has compared': (db) => listOpenDays(db, account, { sinceDay: 'a', sinceMs: 1, untilDay: 'b' }),
  'sales by names of the processor': (db) => listNamedAttempts(db, account, names, range),
  'sales that stand': (db) => listStandingAttempts(db, account, range),
  'sales that were in doubt': (db) => listDoubtedAttempts(db, account, range),
  'differences to undo': (db) => listDueUndoings(db, 1, 100),
  'tax of a place': (db) =>
    findTaxRows(db, merchantId, { country: 'US', states: ['', 'CA'], postalPrefixes: ['', '94'] }),
};

forEachSchema((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./migrations/', import.meta.url));
  });

  test.each(Object.entries(LOOKS))('%s: no table is read from end to end', (_what, look) => expectIndices(db, look));
});
