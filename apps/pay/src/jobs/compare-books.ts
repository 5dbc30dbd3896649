// Every day, for every account: the processor's list of approvals against ours, by reference, amount and currency
// (contract 12.4). It finds what no inquiry looks for any more. Where there are no lists, single sales are asked for. Any
// number of processes may run it.
import { type Difference, compareBooks as differencesOf } from '@ozura/core/attempt-comparison';
import { dayOf, endOfDayMs, isComparedAgain, startOfDayMs } from '@ozura/core/attempt-evidence';
import type { ListedSale } from '@ozura/core/attempt-outcome';
import { raiseAlarm } from '@ozura/kit/alarm';
import { type Job, noteJobFailure } from '@ozura/kit/jobs';
import { inLanes } from '@ozura/kit/lanes';
import type { PayContext } from '../context.ts';
import { callDirectly } from '../direct.ts';
import { raiseDifference } from '../discrepancies.ts';
import { lookUpSales } from '../looked-up-sales.ts';
import {
  type Account,
  type ComparedDay,
  endComparison,
  type Known,
  leaseComparison,
  listAccounts,
  listChangedDays,
  listComparedDays,
  listDoubtedAttempts,
  listNamedAttempts,
  listOpenDays,
  listStandingAttempts,
  reopenComparison,
} from '../store/comparisons.ts';

const name = 'compare-books';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const everyMs = 5 * minuteMs;
const leaseMs = 5 * minuteMs;
const callTimeoutMs = 20_000;
/** What was sent just before midnight is in the list of the next day by then. */
const compareAfterMs = 30 * minuteMs;
/** A program that did not run meanwhile goes back so many days. A list that could not be had is asked for until it is. */
const daysBack = 3;
/** Accounts compared at a time: a processor that hangs does not keep the others waiting. */
const lanes = 4;
/** What is older than that is not looked at any more. */
const accountsSinceMs = 35 * dayMs;

export const compareBooks = (context: PayContext): Job => ({
  name,
  everyMs,
  run: async (stopping) => {
    const nowMs = await context.db.now();
    const compare = (account: Account): Promise<void> =>
      // One whose books cannot be compared must not keep the others waiting.
      compareAccount(context, account, { nowMs, stopping }).catch((error: unknown) => {
        noteJobFailure(context, name, { err: error, ...account }, 'the books of an account could not be compared');
      });
    await inLanes(await listAccounts(context.db, nowMs - accountsSinceMs), lanes, compare, stopping);
  },
});

interface Run {
  readonly nowMs: number;
  readonly stopping: AbortSignal;
}

async function compareAccount(context: PayContext, account: Account, { nowMs, stopping }: Run): Promise<void> {
  const days = Array.from({ length: daysBack }, (_none, back) => dayOf(nowMs - compareAfterMs - (back + 1) * dayMs));
  const sinceMs = nowMs - accountsSinceMs;
  const untilDay = dayOf(nowMs - compareAfterMs);
  await reopenChanged(context, account, { fromMs: sinceMs, untilMs: startOfDayMs(untilDay) });
  await reopenOlder(context, account, { sinceDay: dayOf(sinceMs), nowMs: nowMs - compareAfterMs });
  const open = await listOpenDays(context.db, account, { sinceDay: dayOf(sinceMs), sinceMs, untilDay });
  const compare = (day: string): Promise<void> => compareDay(context, { ...account, day });
  await inLanes([...new Set([...days, ...open])], 1, compare, stopping);
}

/** In the night after something was given back the day of its sale is compared again, however long ago that is. */
async function reopenChanged(
  { db, processors }: PayContext,
  account: Account,
  range: { readonly fromMs: number; readonly untilMs: number },
): Promise<void> {
  const graceMs = processors.get(account.processor)?.evidence.graceMs ?? 0;
  for (const changed of await listChangedDays(db, account, { ...range, graceMs })) {
    await reopenComparison(db, account, changed);
  }
}

/** What a merchant gives back at the processor itself is told to nobody: a day is looked at again later. */
async function reopenOlder(
  { db }: PayContext,
  account: Account,
  { sinceDay, nowMs }: { readonly sinceDay: string; readonly nowMs: number },
): Promise<void> {
  for (const compared of await listComparedDays(db, account, sinceDay)) {
    if (isComparedAgain(compared, nowMs)) await reopenComparison(db, account, compared);
  }
}

async function compareDay(context: PayContext, compared: ComparedDay): Promise<void> {
  const { db, log } = context;
  const nowMs = await db.now();
  if ((await leaseComparison(db, compared, { nowMs, untilMs: nowMs + leaseMs })) === 0) return;
  const untilMs = endOfDayMs(compared.day);
  const differences = await findDifferences(context, compared, nowMs).catch((error: unknown) => {
    noteJobFailure(context, name, { err: error, ...compared }, 'a day could not be compared');
    return undefined;
  });
  if (differences === undefined) {
    if (nowMs > untilMs + dayMs) raiseAlarm(context, { ...compared }, 'the list of a processor could not be had');
    else log.warn(compared, 'the list of a processor could not be had yet');
    return;
  }
  for (const difference of differences) await raiseDifference(context, accountOf(compared), difference);
  await endComparison(db, compared, nowMs);
}

const nextDay = (compared: ComparedDay): ComparedDay => ({ ...compared, day: dayOf(endOfDayMs(compared.day)) });

/** `undefined` when the processor did not answer. */
async function findDifferences(
  context: PayContext,
  compared: ComparedDay,
  nowMs: number,
): Promise<Difference[] | undefined> {
  const graceMs = context.processors.get(compared.processor)?.evidence.graceMs ?? 0;
  const [knownByMs, untilMs] = [nowMs - graceMs, endOfDayMs(compared.day)];
  // A void stands in the lists of its own time.
  const inLists = { knownByMs, voidedByMs: Math.min(knownByMs, untilMs + dayMs) };
  const asked: Asked = { ...compared, fromMs: untilMs - dayMs, untilMs, ...inLists };
  const [own, following] = [await listSales(context, compared), await listSales(context, nextDay(compared))];
  if (own === undefined || following === undefined) return undefined;
  return own === 'unsupported' || following === 'unsupported'
    ? differencesLookedUp(context, asked)
    : differencesListed(context, asked, { own, following });
}

/** A day, and what its list must have of the sales that were sent then. */
type Asked = ComparedDay & Known & { readonly fromMs: number; readonly untilMs: number };

interface Lists {
  readonly own: readonly ListedSale[];
  /** What was sent just before midnight may be in here. */
  readonly following: readonly ListedSale[];
}

async function differencesListed({ db }: PayContext, asked: Asked, { own, following }: Lists): Promise<Difference[]> {
  const expected = await listStandingAttempts(db, asked, asked);
  const known = await listNamedAttempts(db, asked, own.map(nameOf), asked);
  const names = new Set(
    expected.flatMap(({ reference, processorTransactionId }) => [reference, processorTransactionId]),
  );
  // The rest of that list is the business of its own day.
  const booked = [...own, ...following.filter((sale) => names.has(nameOf(sale)))];
  return differencesOf(booked, { known: [...known, ...expected], expected });
}

/** A processor without lists is asked again about each sale that was in doubt: what it hid then it shows by now. */
async function differencesLookedUp(context: PayContext, asked: Asked): Promise<Difference[] | undefined> {
  const lookedUp = await lookUpSales(context, asked, await listDoubtedAttempts(context.db, asked, asked));
  if (lookedUp === undefined) return undefined;
  const known = lookedUp.map(({ ours }) => ours);
  const names = new Set(known.map(({ reference }) => reference));
  const standing = await listStandingAttempts(context.db, asked, asked);
  const expected = standing.filter(({ reference }) => names.has(reference));
  return differencesOf(
    lookedUp.flatMap(({ sale = [] }) => sale),
    { known, expected },
  );
}

const nameOf = ({ reference, processorTransactionId }: ListedSale): string => reference ?? processorTransactionId;
const accountOf = ({ merchantId, processor, account }: Account): Account => ({ merchantId, processor, account });

type Sales = readonly ListedSale[] | 'unsupported';

/** `undefined` when it was not answered. */
async function listSales(context: PayContext, compared: ComparedDay): Promise<Sales | undefined> {
  const processor = context.processors.get(compared.processor);
  if (processor === undefined) return undefined;
  const calling = { processor, call: 'list', about: compared, timeoutMs: callTimeoutMs } as const;
  const listing = await callDirectly(context, calling);
  if (listing.kind === 'listed') return listing.sales;
  return listing.kind === 'unsupported' ? 'unsupported' : undefined;
}
