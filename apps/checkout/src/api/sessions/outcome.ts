// `POST /api/sessions/{sessionId}/outcome` (contract 1.4): for a page that was reopened during a charge.
import type { Call } from '@ozura/kit/http/route';
import { sessionOutcome } from '../../charge-answer.ts';
import type { Charges } from '../../charges.ts';
import type { CheckoutContext } from '../../context.ts';
import { findCharge } from '../../store/charges.ts';
import { findSession, type Session } from '../../store/sessions.ts';

export const getOutcome =
  (context: CheckoutContext, charges: Charges) =>
  async ({ who }: Call<unknown, Session>): Promise<object> => {
    const { db } = context;
    const { state } = who;
    if (state.status !== 'pending' || state.paymentState === null) {
      return { success: true, data: sessionOutcome(context, who) };
    }
    // Somebody is waiting: Pay is asked now, not when the job comes by.
    const charge = await findCharge(db, state.chargeId);
    if (charge !== undefined) await charges.settle(charge);
    return { success: true, data: sessionOutcome(context, (await findSession(db, who.id)) ?? who) };
  };
