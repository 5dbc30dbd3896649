// The one client that our programs and the SDK use to call an endpoint of the contract.
import type { Static, TSchema } from 'typebox';
import type { Endpoint } from './endpoint.ts';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** More than the megabyte that most answers may have. */
  readonly answerMaxBytes?: number;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends one request once. Throws `NoAnswer` when there is none. */
export type Send = (request: OutgoingRequest) => Promise<IncomingAnswer>;

/** No usable answer came back. `sent: 'no'` only when it is proven that no byte of the request left. */
export class NoAnswer extends Error {
  readonly sent: 'no' | 'unknown';
  readonly timedOut: boolean;

  constructor(message: string, facts: { readonly sent: 'no' | 'unknown'; readonly timedOut: boolean }) {
    super(message);
    this.name = 'NoAnswer';
    this.sent = facts.sent;
    this.timedOut = facts.timedOut;
  }
}

/** A failure answer of ours, as it stands in its envelope. */
export interface FailureBody {
  readonly success: false;
  readonly error?: string;
  readonly message?: string;
  readonly errorCode?: string;
  readonly details?: readonly string[];
  readonly requestId?: string;
  readonly [member: string]: unknown;
}

export type Answer<Output extends TSchema> =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: IncomingAnswer['headers'];
      readonly body: Static<Output>;
    }
  | {
      readonly ok: false;
      readonly status: number;
      readonly headers: IncomingAnswer['headers'];
      readonly body: FailureBody;
    };

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Client {
  call<Output extends TSchema>(endpoint: Endpoint<unknown, Output>, options?: CallOptions): Promise<Answer<Output>>;
}

const timeoutDefaultMs = 30_000;

/** `headers` go out with every call: the credentials of whoever is calling. */
export function openClient(baseUrl: string, send: Send, headers: Readonly<Record<string, string>> = {}): Client {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async call(endpoint, options = {}) {
      const body = options.body === undefined ? undefined : JSON.stringify(options.body);
      const answer = await send({
        method: endpoint.method,
        url: base + fillPath(endpoint.path, options.params ?? {}) + queryText(options.query),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
          ...options.headers,
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: options.timeoutMs ?? timeoutDefaultMs,
      });
      return readAnswer(answer);
    },
  };
}

const fillPath = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));

const queryText = (query: Readonly<Record<string, string>> | undefined): string =>
  query === undefined ? '' : `?${new URLSearchParams(query)}`;

function readAnswer<Output extends TSchema>({ status, headers, text }: IncomingAnswer): Answer<Output> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const ok = status >= 200 && status < 300 && typeof body === 'object' && body !== null;
  if (ok) return { ok, status, headers, body: body as Static<Output> };
  return { ok: false, status, headers, body: (body ?? { success: false }) as FailureBody };
}
