// Learns what became of bank debits: days after it was accepted, a debit is paid or comes back (contract 8.6). Any number
// of processes may run it: asking changes nothing, and who writes the answer has to find the debit still pending.
import { type BankOutcome, nextBankCheckAt } from '@ozura/core/ach';
import { newReference } from '@ozura/core/ids';
import type { Handle } from '@ozura/kit/db/handle';
import { type Job, noteJobFailure } from '@ozura/kit/jobs';
import { processorOf, referred } from '../attempt-at-processor.ts';
import type { PayContext } from '../context.ts';
import { callDirectly } from '../direct.ts';
import { bankPaidEvent, bankReturnedEvent } from '../events.ts';
import { saleOf, writeEvent } from '../ledger.ts';
import { type Attempt, findAttempt } from '../store/attempts.ts';
import { findDueDebits, findNextDebitAt, postponeDebit, settleDebit } from '../store/bank-debits.ts';
import { findTransaction, insertTransaction } from '../store/transactions.ts';
import { returnTransaction } from '../transaction-rows.ts';

const name = 'settle-bank-debits';
const everyMs = 5_000;
const callTimeoutMs = 8_000;
const dueMax = 100;

export const settleBankDebits = (context: PayContext): Job => ({
  name,
  everyMs,
  nextDueAt: (afterMs) => findNextDebitAt(context.db, afterMs),
  run: async (stopping) => {
    while (!stopping.aborted && (await checkSome(context))) {
      // Those that were looked at are not due any more.
    }
  },
});

/** `false` when there were none. */
async function checkSome(context: PayContext): Promise<boolean> {
  const some = await findDueDebits(context.db, await context.db.now(), dueMax);
  for (const due of some) {
    // One that cannot be asked about must not keep the others waiting.
    await checkDebit(context, due).catch((error: unknown) => {
      noteJobFailure(context, name, { err: error, ...due }, 'a bank debit could not be checked');
    });
  }
  return some.length > 0;
}

interface DueDebit {
  readonly transactionId: string;
  readonly debitedAtMs: number;
}

async function checkDebit(context: PayContext, { transactionId, debitedAtMs }: DueDebit): Promise<void> {
  const { db } = context;
  const nowMs = await db.now();
  const nextCheckAtMs = nextBankCheckAt(debitedAtMs, nowMs);
  if ((await postponeDebit(db, transactionId, { nowMs, nextCheckAtMs })) === 0) return;
  const attempt = await findAttempt(db, transactionId);
  if (attempt === undefined) throw new Error(`no attempt ${transactionId}`);
  const inquiry = await callDirectly(context, {
    processor: processorOf(context, attempt),
    call: 'inquire',
    about: referred(attempt),
    timeoutMs: callTimeoutMs,
  });
  if (inquiry.kind !== 'found' || inquiry.bank === undefined || inquiry.bank.status === 'pending') return;
  const { bank } = inquiry;
  await db.transact((tx) => writeOutcome(context, tx, attempt, bank));
  context.log.info({ transactionId, ...bank }, 'a bank debit is settled');
}

async function writeOutcome(
  context: PayContext,
  tx: Handle,
  attempt: Attempt,
  bank: Exclude<BankOutcome, { status: 'pending' }>,
): Promise<void> {
  const { merchantId, attemptId } = attempt;
  const debit = await findTransaction(tx, merchantId, attemptId);
  if (debit === undefined) throw new Error(`no transaction ${attemptId}`);
  const nowMs = await tx.now();
  if (bank.status === 'paid') {
    if ((await settleDebit(tx, attemptId, { status: 'approved', row: debit.row })) === 0) return;
    return writeEvent(context, tx, { attempt, event: bankPaidEvent(await saleOf(tx, attempt), attempt), nowMs });
  }
  const row = { ...debit.row, returnCode: bank.returnCode };
  if ((await settleDebit(tx, attemptId, { status: 'returned', row })) === 0) return;
  const transactionId = newReference(nowMs, context.random);
  await insertTransaction(tx, returnTransaction({ ...debit, row }, transactionId, nowMs));
  const event = bankReturnedEvent(debit, { transactionId, returnCode: bank.returnCode });
  await writeEvent(context, tx, { attempt, event, nowMs });
}
