// `POST /api/sessions/create` (contract 1.1): one insert, and the URL to send the customer to.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import { newSessionId, shownSessionId } from '@ozura/core/ids';
import type { Call } from '@ozura/kit/http/route';
import { noteAbout } from '@ozura/kit/trace';
import type { Arrived } from '../../arrival-time.ts';
import type { Merchant } from '../../authentication.ts';
import { type CheckoutContext, rulesOf } from '../../context.ts';
import { embedCode } from '../../embed-code.ts';
import { fingerprintOf } from '../../fingerprint.ts';
import { stateNow } from '../../moves.ts';
import { openPricing, timeText } from '../../session-answer.ts';
import { findSessionByKey, insertSession, type KeyedSession, type NewSession } from '../../store/sessions.ts';

export const createSession =
  (context: CheckoutContext) =>
  async ({ input, who, warnings }: Call<SessionRequest, Merchant & Arrived>): Promise<object> => {
    const { db, random, config } = context;
    if (input.merchantId !== who.merchantId) throw new Refusal('MERCHANT_MISMATCH');
    const key = input.idempotencyKey;
    const fingerprint = key === undefined ? undefined : fingerprintOf(input);
    const first = key === undefined ? undefined : await findSessionByKey(db, input.merchantId, key);
    if (first !== undefined) return replay(context, first, { request: input, fingerprint }, warnings);
    const session: NewSession = {
      id: newSessionId(who.atMs, random),
      request: input,
      fingerprint,
      createdAtMs: who.atMs,
      expiresAtMs: who.atMs + rulesOf(context).lifetimeMs,
    };
    noteAbout({ session: shownSessionId(session.id) });
    if ((await insertSession(db, session)) === 1) return answer(config.urls.checkoutUrl, session, warnings);
    const winner = key === undefined ? undefined : await findSessionByKey(db, input.merchantId, key);
    if (winner === undefined) throw new Error('a session was neither written nor found');
    return replay(context, winner, { request: input, fingerprint }, warnings);
  };

/** What a repeated request hears when the first one's session is over. A paid one is repeated: see contract 1.1. */
const OVER: Readonly<Record<string, ErrorCode>> = {
  expired: 'IDEMPOTENCY_KEY_EXPIRED_SESSION',
  cancelled: 'IDEMPOTENCY_KEY_TERMINAL_SESSION',
  failed: 'IDEMPOTENCY_KEY_TERMINAL_SESSION',
};

/** Its fingerprint says that the first request asked for the same, so that its session need not be read whole. */
async function replay(
  context: CheckoutContext,
  first: KeyedSession,
  { request, fingerprint }: Pick<NewSession, 'request' | 'fingerprint'>,
  warnings: readonly string[],
): Promise<object> {
  if (first.fingerprint !== fingerprint) throw new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  const { status } = await stateNow(context, first);
  const over = OVER[status];
  if (over !== undefined) throw new Refusal(over);
  const { id, createdAtMs } = first;
  // Time that the customer was given since is not part of the first answer.
  const expiresAtMs = first.extensions === 0 ? first.expiresAtMs : createdAtMs + rulesOf(context).lifetimeMs;
  return { ...answer(context.config.urls.checkoutUrl, { id, request, expiresAtMs }, warnings), cached: true };
}

type Answered = Pick<NewSession, 'id' | 'request' | 'expiresAtMs'>;

function answer(checkoutUrl: string, { id, request, expiresAtMs }: Answered, warnings: readonly string[]): object {
  const url = `${checkoutUrl}/checkout/${id}`;
  return {
    success: true,
    data: {
      sessionId: id,
      expiresAt: timeText(expiresAtMs),
      checkoutUrl: url,
      embedCode: embedCode(request.embedMode, url, request.merchantName),
      pricing: openPricing(request.subtotalMinor, request.currency),
    },
    warnings: warnings.length === 0 ? undefined : warnings,
  };
}
