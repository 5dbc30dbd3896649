// Where session keys come from: a route of the merchant's server, or a function of the page (contract 11.2).
import { codeOfStatus, OzError } from './oz-error.ts';

type FetchKey = (sessionId: string) => Promise<string>;

const sessionTimeoutMs = 30_000;

/** @deprecated Use `sessionUrl`. */
export const createFetchWaxKey =
  (url: string): FetchKey =>
  (sessionId) =>
    askSessionRoute(url, sessionId);

/** `POST {sessionId}`, answered with `{sessionKey}`. */
export async function askSessionRoute(url: string, sessionId: string): Promise<string> {
  const { status, ok, text } = await exchange(url, sessionId);
  if (!ok) throw new OzError(codeOfStatus(status), `the session route answered ${status}`, text);
  const body = parsed(text);
  // Not its text: half of an answer may hold a key.
  if (body === undefined) throw new OzError('unknown', 'the session route did not answer with JSON');
  return (body as { sessionKey?: string } | null)?.sessionKey ?? '';
}

/** A function of the page is given as long as a route is. */
export async function askPage(own: FetchKey, sessionId: string): Promise<string> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    clock = setTimeout(() => reject(new OzError('timeout', 'getSessionKey took too long')), sessionTimeoutMs);
  });
  try {
    return await Promise.race([own(sessionId), late]);
  } catch (cause) {
    throw cause instanceof OzError ? cause : new OzError(codeOfCause(cause), 'getSessionKey failed', cause);
  } finally {
    clearTimeout(clock);
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
    return { status: answer.status, ok: answer.ok, text: await answer.text() };
  } catch (cause) {
    const code = codeOfCause(cause) === 'timeout' ? 'timeout' : 'network';
    throw new OzError(code, 'the session route could not be reached', cause);
  }
}

const codeOfCause = (cause: unknown) =>
  cause instanceof DOMException && cause.name === 'TimeoutError' ? 'timeout' : 'unknown';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
