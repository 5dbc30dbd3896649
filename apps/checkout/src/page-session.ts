// How the hosted page proves that we served it (contract 1.3): a random value in its HTML, bound to one session.
import { Refusal } from '@ozura/core/errors';
import { isSessionId, newPageCredential, shownSessionId } from '@ozura/core/ids';
import { hashKey, secretHeader } from '@ozura/kit/auth';
import type { FailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { noteAbout } from '@ozura/kit/trace';
import type { FastifyRequest } from 'fastify';
import type { CheckoutContext } from './context.ts';
import { loadSession } from './moves.ts';
import { forgetOldestCredentials, insertPageCredential, isCredentialOf } from './store/page-credentials.ts';
import type { Session } from './store/sessions.ts';

/** Late calls of a page still hear what became of its session. */
export const credentialsKeptMs = 3_600_000;

/** The session as it is now, for drawing its page. */
export const loadPageSession = loadSession;

/** For the HTML of a page that is being served. */
export async function issuePageCredential(
  { db, config, random }: CheckoutContext,
  { id: sessionId, request: { merchantId } }: Session,
): Promise<string> {
  const credential = newPageCredential(random);
  const hash = hashKey(config.pepper, credential);
  await db.transact(async (tx) => {
    await insertPageCredential(tx, { hash, sessionId, merchantId, createdAtMs: await tx.now() });
    await forgetOldestCredentials(tx, sessionId);
  });
  return credential;
}

export type AuthenticatePage = (request: FastifyRequest) => Promise<Session>;

/** Answers the session in the path to the page that was served for it. */
export function openPageAuthentication(context: CheckoutContext, failed: FailedAuthentications): AuthenticatePage {
  const { db, config } = context;
  const origin = new URL(config.urls.checkoutUrl).origin;
  return async (request) => {
    const { headers, params } = request;
    if (headers['x-api-key'] !== undefined || headers['x-ozura-api-key'] !== undefined) {
      throw new Refusal('KEY_NOT_ALLOWED');
    }
    const credential = secretHeader(headers, 'x-checkout-token');
    if (credential === undefined || !isFromPage(headers, origin)) throw new Refusal('PAGE_CREDENTIAL_REQUIRED');
    const { sessionId } = params as { sessionId: string };
    await failed.guard(request.ip, async () => {
      const hash = hashKey(config.pepper, credential.open());
      if (!isSessionId(sessionId) || !(await isCredentialOf(db, hash, sessionId)))
        throw new Refusal('PAGE_CREDENTIAL_REQUIRED');
    });
    noteAbout({ session: shownSessionId(sessionId) });
    const session = await loadSession(context, sessionId);
    // Right once, and merely too late: not counted as a guess.
    if (session === undefined || isOver(session, await db.now())) throw new Refusal('PAGE_CREDENTIAL_REQUIRED');
    return session;
  };
}

/** Browsers say where a request comes from; those that do not say it one way say it the other. */
function isFromPage(headers: FastifyRequest['headers'], origin: string): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === origin : site === 'same-origin';
}

const isOver = ({ state }: Session, nowMs: number): boolean =>
  state.status !== 'pending' && nowMs >= state.endedAtMs + credentialsKeptMs;
