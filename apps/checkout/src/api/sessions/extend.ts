// `POST /api/sessions/{sessionId}/extend` (contract 1.4): more time for a customer who asks for it (WCAG 2.2.1).
import { Refusal } from '@ozura/core/errors';
import { extend } from '@ozura/core/session';
import type { Call } from '@ozura/kit/http/route';
import { type CheckoutContext, rulesOf } from '../../context.ts';
import { applyMove, moving } from '../../moves.ts';
import { timeText } from '../../session-answer.ts';
import { findSession, type Session } from '../../store/sessions.ts';

export const extendSession =
  (context: CheckoutContext) =>
  async ({ who }: Call<unknown, Session>): Promise<object> => {
    const extended = await moving(context, async (tx, nowMs) => {
      const session = (await findSession(tx, who.id)) ?? who;
      const state = extend(session.state, nowMs, rulesOf(context));
      if (state instanceof Refusal) throw state;
      return applyMove(context, tx, session, { state });
    });
    return { success: true, data: { expiresAt: timeText(extended.expiresAtMs) } };
  };
