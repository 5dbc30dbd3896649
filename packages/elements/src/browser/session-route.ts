// Where session keys come from: a route of the merchant's server, or a function of the page (contract 11.2).
import { withinMs } from './abort.ts';
import { codeOfStatus, OzError, type OzErrorCode } from './oz-error.ts';

type FetchKey = (sessionId: string) => Promise<string>;

const sessionTimeoutMs = 30_000;

/** @deprecated Use `sessionUrl`. */
export const createFetchWaxKey =
  (url: string): FetchKey =>
  (sessionId) =>
    askSessionRoute(url, sessionId);

/** `POST {sessionId}`, answered with `{sessionKey}`. */
export async function askSessionRoute(url: string, sessionId: string): Promise<string> {
  const { answer, text } = await exchange(url, sessionId);
  if (!answer.ok) throw new OzError(codeOfStatus(answer.status), `the session route answered ${answer.status}`, text);
  try {
    return JSON.parse(text)?.sessionKey ?? '';
  } catch {
    // Not its text: half of an answer may hold a key.
    throw new OzError('unknown', 'the session route did not answer with JSON');
  }
}

async function exchange(url: string, sessionId: string) {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sessionId }),
      signal: AbortSignal.timeout(sessionTimeoutMs),
    });
    return { answer, text: await answer.text() };
  } catch (cause) {
    throw new OzError(codeOfCause(cause, 'network'), 'the session route could not be reached', cause);
  }
}

/** A function of the page is given as long as a route is. */
export async function askPage(own: FetchKey, sessionId: string): Promise<string> {
  try {
    return await withinMs(
      sessionTimeoutMs,
      own(sessionId),
      () => new OzError('timeout', 'getSessionKey took too long'),
    );
  } catch (cause) {
    throw cause instanceof OzError ? cause : new OzError(codeOfCause(cause, 'unknown'), 'getSessionKey failed', cause);
  }
}

const codeOfCause = (cause: unknown, otherwise: OzErrorCode): OzErrorCode =>
  cause instanceof DOMException && cause.name === 'TimeoutError' ? 'timeout' : otherwise;
