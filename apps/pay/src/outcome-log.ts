// Tells the operator what a processor said about an attempt. `alarm` marks what somebody has to look at.
import type { AttemptState } from '@ozura/core/attempt';
import { judgeChecks } from '@ozura/core/attempt-checks';
import type { Outcome } from '@ozura/core/attempt-outcome';
import { raiseAlarm } from '@ozura/kit/alarm';
import type { PayContext } from './context.ts';
import type { Attempt } from './store/attempts.ts';

const IN_VAIN: ReadonlySet<AttemptState> = new Set(['DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED']);

/** An approval that came when the attempt had ended without one. */
export const isLateApproval = ({ state }: Attempt, outcome: Outcome): boolean =>
  outcome.kind === 'approved' && IN_VAIN.has(state);

export function noteOutcome(context: PayContext, attempt: Attempt, outcome: Outcome): void {
  const { log, metrics } = context;
  const { attemptId, processor, state, checks } = attempt;
  const about = { attemptId, processor, state, outcome: outcome.kind };
  metrics.add('ozura_attempts_total', { processor, outcome: outcome.kind });
  if (isLateApproval(attempt, outcome)) raiseAlarm(context, about, 'approved too late');
  else if (outcome.kind === 'approved') log.info({ ...about, flags: judgeChecks(outcome, checks).flags }, 'approved');
  else if (outcome.kind === 'declined') log.info({ ...about, declineCode: outcome.declineCode }, 'declined');
  else if (outcome.kind === 'refused') log.warn({ ...about, reason: outcome.reason }, 'not processed');
  else if (outcome.wronglyBooked) raiseAlarm(context, { ...about, reason: outcome.reason }, 'booked wrongly');
  else log.warn({ ...about, reason: outcome.reason }, 'outcome unknown');
}
