// What clients ask, each call with how it ended and how long it took. A client that hears nothing asks again.

export interface Call {
  /** The operation, such as `create session`. */
  readonly name: string;
  readonly startedAtMs: number;
  readonly tookMs: number;
  /** `ok`, `refused …` (a 4xx), or what went wrong: `503 …`, `no answer`, `timed out`. */
  readonly ending: string;
  /** Nobody answered, or nothing of use: not that a charge was refused, or that its end is not known yet. */
  readonly isFailed: boolean;
}

export interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a JSON answer: its members, else none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Error codes that this one is not repeated after. */
  readonly ends?: ReadonlySet<unknown>;
}

export interface Calls {
  readonly made: readonly Call[];
  send(name: string, url: string, request?: Request): Promise<Answer>;
  /** The same call again and again while it is not decided, or time is over: then the last answer. */
  insist(name: string, url: string, request?: Request): Promise<Answer>;
}

/** Longer than Pay takes for a sale (contract 8). */
const answerTimeoutMs = 29_000;
const againAfterMs = 500;
/** Where the end of a charge is not known yet (contract 0.8: `Retry-After`). */
const askAgainAfterMs = 2_000;
const patienceMs = 75_000;

/** `hear`: every answer that there is. */
export function openCalls(hear: (name: string, answer: Answer) => void = () => undefined): Calls {
  const made: Call[] = [];
  const send = async (name: string, url: string, request: Request = {}): Promise<Answer> => {
    const startedAtMs = Date.now();
    const { answer, ending } = await ask(url, request);
    const isFailed = !/^ok$|^refused/.test(ending) && !isAboutCharge(answer.body);
    made.push({ name, startedAtMs, tookMs: Date.now() - startedAtMs, ending, isFailed });
    if (answer.status !== 0) hear(name, answer);
    return answer;
  };
  return {
    made,
    send,
    async insist(name, url, request) {
      const untilMs = Date.now() + patienceMs;
      for (;;) {
        const answer = await send(name, url, request);
        if (isDecided(answer) || request?.ends?.has(answer.body.errorCode) || Date.now() > untilMs) return answer;
        const waitMs = OPEN.has(answer.body.errorCode) ? askAgainAfterMs : againAfterMs;
        await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random())));
      }
    },
  };
}

/** Ends of a charge, which the same call again would only be told again (contract 8.2, 8.3). */
const ENDS = new Set<unknown>(['PROCESSOR_UNAVAILABLE', 'PROCESSOR_AUTH_FAILED', 'SYSTEM_ERROR', 'AUTH_ERROR']);
const OPEN = new Set<unknown>(['PAYMENT_UNKNOWN', 'PAYMENT_IN_PROGRESS', 'IDEMPOTENCY_KEY_IN_PROGRESS']);

const isAboutCharge = ({ errorCode }: Answer['body']): boolean => ENDS.has(errorCode) || OPEN.has(errorCode);

/** Not: no answer, what may be tried again, and a charge whose end is not known. */
function isDecided({ status, body }: Answer): boolean {
  if (ENDS.has(body.errorCode) || isSentAway(body)) return true;
  return status >= 200 && status < 500 && status !== 202 && !OPEN.has(body.errorCode);
}

/** To another page: nothing more is told on this one. */
const isSentAway = ({ data, redirectUrl }: Answer['body']): boolean =>
  redirectUrl !== undefined || (data as { redirectUrl?: unknown } | undefined)?.redirectUrl !== undefined;

async function ask(url: string, { method = 'GET', headers = {}, body }: Request) {
  try {
    const answer = await fetch(url, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const { status } = answer;
    const members = membersOf(answer, text);
    return { ending: endingOf(answer, members), answer: { status, headers: answer.headers, text, body: members } };
  } catch (error) {
    const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    const ending = name === 'TimeoutError' ? 'timed out' : `no answer (${cause?.code ?? name})`;
    return { ending, answer: { status: 0, headers: new Headers(), text: '', body: {} } };
  }
}

/** Answers of an API have a code, its pages have none; HAProxy's own do not even have a request id. */
function endingOf({ status, headers }: Response, members: Answer['body']): string {
  const { errorCode = headers.has('request-id') ? 'page' : 'of HAProxy' } = members;
  if (status >= 500) return `${status} ${errorCode}`;
  return status >= 400 && status !== 402 ? `refused ${status} ${errorCode}` : 'ok';
}

const membersOf = ({ headers }: Response, text: string): Answer['body'] =>
  headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as Answer['body']) : {};
