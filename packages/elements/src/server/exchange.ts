// One HTTP call of the SDK: Web APIs only, one time limit over connection and body, and every failure an `OzuraError`.
import { messageOf, NETWORK, OzuraError, TIMEOUT } from './ozura-error.ts';

export type Json = Readonly<Record<string, unknown>>;

/** As much of `fetch` as the SDK uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  /** Values that must not appear in an error, wherever a service or something before it echoes them. */
  readonly secrets: readonly string[];
}

/** The JSON object of a 2xx answer. Throws an `OzuraError` for everything else. */
export async function exchange(call: Exchange): Promise<Json> {
  const { answer, text } = await withinTime(call);
  const body = parse(text);
  if (answer.ok && body !== undefined) return body;
  // A success that cannot be read was cut on its way, or came from something that is not the service.
  if (answer.ok) throw new OzuraError(NETWORK, { statusCode: 0 });
  throw failureOf(answer, body ?? {}, call.secrets);
}

interface Answered {
  readonly answer: Response;
  readonly text: string;
}

async function withinTime({ timeoutMs, ...call }: Exchange): Promise<Answered> {
  const aborting = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OzuraError(TIMEOUT, { statusCode: 0 }));
      aborting.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([send(call, aborting.signal), timeout]);
  } catch (error) {
    // What the runtime says of a network error may hold the request.
    throw error instanceof OzuraError ? error : new OzuraError(NETWORK, { statusCode: 0 });
  } finally {
    clearTimeout(timer);
  }
}

async function send(call: Omit<Exchange, 'timeoutMs'>, signal: AbortSignal): Promise<Answered> {
  const { method, url, headers, body, fetch } = call;
  const answer = await fetch(url, {
    method,
    signal,
    // Keys are not sent anywhere else.
    redirect: 'manual',
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { answer, text: await answer.text() };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function failureOf({ status, headers }: Response, body: Json, secrets: readonly string[]): OzuraError {
  const member = (name: string): string | undefined => {
    const value = body[name];
    return typeof value === 'string' ? withoutSecrets(value, secrets) : undefined;
  };
  const failure = {
    statusCode: status,
    raw: member('error') ?? member('message') ?? '',
    retryAfter: status === 429 ? secondsOf(headers.get('retry-after'), body.retry_after_seconds) : undefined,
    errorCode: member('errorCode'),
    attemptId: member('attemptId'),
    requestId: member('requestId'),
  };
  return new OzuraError(messageOf(failure), failure);
}

/** `Retry-After` is a number of seconds or a date (RFC 9110 10.2.3). */
function secondsOf(header: string | null, member: unknown): number | undefined {
  const written = header?.trim() ?? '';
  if (/^[0-9]+$/.test(written)) return Number(written);
  const atMs = Date.parse(written);
  if (!Number.isNaN(atMs)) return Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
  return typeof member === 'number' && member >= 0 ? member : undefined;
}

/** What is shorter was made up in a test, and stands in any text. */
const secretMinLength = 4;

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter(({ length }) => length >= secretMinLength)
    .reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
