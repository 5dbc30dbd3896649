// `POST /api/webhook-endpoints/{endpointId}/rotate-secret` (contract 14.1): for a day both secrets sign.
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { timeText } from '../../session-answer.ts';
import { replaceSecret } from '../../store/webhook-endpoints.ts';
import { endpointView, ownEndpoint } from '../../webhooks/endpoint.ts';
import type { Telling } from '../../webhooks/open.ts';

const overlapMs = 24 * 3_600_000;
/** Of one who rotates again and again, so that the list of signatures stays short. */
const retiredMax = 4;

export const rotateSecret =
  (context: CheckoutContext, { secrets }: Telling) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => {
    for (;;) {
      const endpoint = await ownEndpoint(context, params.endpointId, who.merchantId);
      const nowMs = await context.db.now();
      const untilMs = nowMs + overlapMs;
      const { secret, sealed } = secrets.make(endpoint);
      const stillSigning = endpoint.retiredSecrets.filter((retired) => nowMs < retired.untilMs);
      const retiredSecrets = [{ sealed: endpoint.sealedSecret, untilMs }, ...stillSigning].slice(0, retiredMax);
      // Zero when somebody else rotates in this moment: both of us were to get a secret that signs.
      if ((await replaceSecret(context.db, endpoint, { sealedSecret: sealed, retiredSecrets })) === 0) continue;
      const told = { secret: secret.open(), previousSecretExpiresAt: timeText(untilMs) };
      return { success: true, data: { ...endpointView(endpoint), ...told } };
    }
  };
