// A plan that starts with this session (contract 6.3).
import { formatMoney, maxMinor, parseMoney } from '@ozura/core/money';
import type { Interval } from '@ozura/core/plan-schedule';
import { surchargePercent } from '@ozura/core/surcharge';
import {
  accepting,
  type Intake,
  isObject,
  optional,
  type Reader,
  recordWithWarnings,
  required,
} from '@ozura/core/validation';
import {
  calendarDate as date,
  initialCycles,
  interval,
  intervalCount,
  maxCycles,
  merchantRecurringReference,
  planName,
} from '../plan-terms.ts';
import { money } from './money.ts';
import { quietly } from './quietly.ts';

export interface RecurringConfig {
  readonly planName: string;
  readonly interval: Interval;
  readonly startDate: string;
  readonly intervalCount: number;
  readonly endDate?: string | undefined;
  readonly maxCycles?: number | undefined;
  readonly setupFeeMinor?: bigint | undefined;
  readonly initialAmountMinor?: bigint | undefined;
  readonly initialCycles?: number | undefined;
  readonly surchargeHundredths?: bigint | undefined;
  readonly merchantRecurringReference?: string | undefined;
}

/** What the session says besides its plan. */
export interface PlanTerms {
  readonly currency: string | undefined;
  /** The price of a normal cycle. */
  readonly amountMinor: bigint | undefined;
  readonly surchargeHundredths: bigint | undefined;
  readonly now: () => number;
}

export function recurringConfig(terms: PlanTerms): Reader<RecurringConfig> {
  const amount = optional(money(parseMoney, terms.currency));
  const recordOf = (value: unknown) =>
    recordWithWarnings(
      {
        planName,
        interval,
        startDate: required(dateFrom(terms.now)),
        intervalCount,
        endDate: optional(dateAfter(quietly(date, (value as { startDate?: unknown } | null)?.startDate))),
        maxCycles,
        setupFee: amount,
        initialAmount: amount,
        initialCycles,
        surchargePercent: optional(sameSurcharge(terms.surchargeHundredths)),
        merchantRecurringReference,
      },
      { about: ABOUT },
    );
  const read: Reader<RecurringConfig> = (value, path, intake) => {
    const before = intake.failures.length;
    const found = recordOf(value)(value, path, intake);
    if (found === undefined) return undefined;
    if (isSent(value, 'initialAmount') !== isSent(value, 'initialCycles')) {
      intake.fail(path, 'initialAmount and initialCycles go together');
    }
    const { setupFee, initialAmount, surchargePercent: hundredths, ...rest } = found;
    const plan = {
      ...rest,
      setupFeeMinor: setupFee,
      initialAmountMinor: initialAmount,
      surchargeHundredths: hundredths,
    };
    if (intake.failures.length === before) checkWhole(plan, terms, { path, intake });
    return plan;
  };
  return accepting(read, { as: () => recordOf({}) });
}

/** Whether it could be read is another question. */
const isSent = (value: unknown, name: string): boolean => isObject(value) && value[name] != null;

const ABOUT = {
  planName: 'Shown to the customer.',
  startDate: 'Shown to the customer. Billing starts when the plan is created.',
  intervalCount: 'Every so many intervals.',
  endDate: 'After `startDate`.',
  maxCycles: 'With `endDate`, whichever comes first ends the plan.',
  setupFee: 'Charged once, with the first charge.',
  initialAmount: 'Price of the first `initialCycles` cycles; both or neither.',
  surchargePercent: 'As on the session; where both are sent they must be equal.',
};

/** What is due today: the set-up fee and the first cycle. */
export const firstChargeOf = (plan: RecurringConfig, amountMinor: bigint): bigint =>
  (plan.setupFeeMinor ?? 0n) + (plan.initialAmountMinor ?? amountMinor);

function checkWhole(plan: RecurringConfig, terms: PlanTerms, { path, intake }: { path: string; intake: Intake }): void {
  if (terms.amountMinor === undefined || terms.currency === undefined) return;
  const first = firstChargeOf(plan, terms.amountMinor);
  const max = maxMinor(terms.currency);
  if (first <= 0n) intake.fail(path, 'the first charge must be greater than 0');
  else if (first > max) {
    intake.fail(path, `the first charge must be at most ${formatMoney(max, terms.currency)} ${terms.currency}`);
  }
}

const hourMs = 3_600_000;

const A_DATE = { schema: { type: 'string', format: 'date' } } as const;

/** Not earlier than the date it still is in the last place on Earth, UTC-12. */
const dateFrom = (now: () => number): Reader<string> =>
  accepting<string>((value, path, intake) => {
    const written = date(value, path, intake);
    const today = new Date(now() - 12 * hourMs).toISOString().slice(0, 10);
    return written !== undefined && written < today ? intake.fail(path, 'must not be in the past') : written;
  }, A_DATE);

const dateAfter = (start: string | undefined): Reader<string> =>
  accepting<string>((value, path, intake) => {
    const written = date(value, path, intake);
    const isAfter = written === undefined || start === undefined || written > start;
    return isAfter ? written : intake.fail(path, 'must be after startDate');
  }, A_DATE);

const sameSurcharge = (ofSession: bigint | undefined): Reader<bigint> =>
  accepting<bigint>(
    (value, path, intake) => {
      const hundredths = surchargePercent(value, path, intake);
      const isSame = hundredths === undefined || ofSession === undefined || hundredths === ofSession;
      return isSame ? hundredths : intake.fail(path, 'must equal surchargePercent');
    },
    { as: () => surchargePercent },
  );
