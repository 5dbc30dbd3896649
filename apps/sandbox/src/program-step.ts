// Which step a call takes: that of the newest program of its merchant that is for it (contract 14.6).
import { parseMoney } from '@ozura/core/money';
import { parseStep, type Step } from '@ozura/core/sandbox-step';
import type { Handle } from '@ozura/kit/db/handle';
import { countStep, type Match, type Program } from './store/programs.ts';

/** A sale, refund or void, as programs look at it; the last two bear the marks of their sale. */
export interface ProgrammedCall {
  readonly operation: NonNullable<Match['operation']>;
  readonly merchant: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly lastFour: string | undefined;
  readonly orderId: string | undefined;
}

export interface Taken {
  /** Absent: no program is for this call. */
  readonly step?: Step;
  readonly inquiryLagMs: number;
}

/** Under the lock of the journal, so that no two calls take the same step. The last step repeats. */
export async function takeStep(tx: Handle, programs: readonly Program[], call: ProgrammedCall): Promise<Taken> {
  const program = programs.find(({ match }) => isFor(match, call));
  if (program === undefined) return { inquiryLagMs: 0 };
  await countStep(tx, program.programNumber);
  const step = parseStep(program.steps[Math.min(program.stepsTaken, program.steps.length - 1)] ?? '');
  return { ...(step && { step }), inquiryLagMs: (program.inquiryLagSeconds ?? 0) * 1000 };
}

function isFor({ operation, cardLastFour, orderId, amount }: Match, call: ProgrammedCall): boolean {
  return (
    (operation === undefined || operation === call.operation) &&
    (cardLastFour === undefined || cardLastFour === call.lastFour) &&
    (orderId === undefined || orderId === call.orderId) &&
    (amount === undefined || isAmount(amount, call))
  );
}

function isAmount(amount: string, { amountMinor, currency }: ProgrammedCall): boolean {
  const parsed = parseMoney(amount, currency);
  return 'minor' in parsed && parsed.minor === BigInt(amountMinor);
}

const classDefault = 2;

/** What the sandbox plays for a merchant: the newest program that names a class decides. */
export const classOf = (programs: readonly Program[]): 1 | 2 | 3 =>
  programs.find(({ processorClass }) => processorClass !== undefined)?.processorClass ?? classDefault;
