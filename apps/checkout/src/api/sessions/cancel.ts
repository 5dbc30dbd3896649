// `POST /api/sessions/{sessionId}/cancel` (contract 1.3): the customer went back to the shop.
import { Refusal } from '@ozura/core/errors';
import { cancel } from '@ozura/core/session';
import type { Call } from '@ozura/kit/http/route';
import type { CheckoutContext } from '../../context.ts';
import { applyMove, moving } from '../../moves.ts';
import { findSession, type Session } from '../../store/sessions.ts';

export const cancelSession =
  (context: CheckoutContext) =>
  async ({ who }: Call<unknown, Session>): Promise<object> => {
    await moving(context, async (tx, nowMs) => {
      const session = (await findSession(tx, who.id)) ?? who;
      const state = cancel(session.state, nowMs);
      if (state instanceof Refusal) throw state;
      await applyMove(context, tx, session, { state });
    });
    return { success: true };
  };
