// `GET /api/sessions/{sessionId}` (contract 1.2): where a session stands.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { loadSession } from '../../moves.ts';
import { sessionData } from '../../session-answer.ts';

export const getSession =
  (context: CheckoutContext) =>
  async ({ who, params }: Call<unknown, Merchant | undefined>): Promise<object> => {
    const session = await loadSession(context, params.sessionId ?? '');
    if (session === undefined || (who !== undefined && who.merchantId !== session.request.merchantId)) {
      throw new Refusal('SESSION_NOT_FOUND');
    }
    return { success: true, data: sessionData(session, who !== undefined || context.config.publicSessionBilling) };
  };
