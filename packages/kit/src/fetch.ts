// Outbound calls between our own programs: one try, no redirects, and an honest word on whether a byte left.
import { type IncomingAnswer, NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import { Agent, buildConnector, type Dispatcher } from 'undici';

const connectTimeoutMs = 2_000;
/** A kept-alive socket older than this is not used again: the peer may be closing it. */
const keepAliveMs = 1_000;
const answerMaxBytes = 1024 * 1024;

/** A failure before a connection, with its TLS, exists: no byte of a request has left. */
export class NotConnected extends Error {
  constructor(cause: Error) {
    super('not connected', { cause });
    this.name = 'NotConnected';
  }
}

export interface Outbound {
  readonly send: Send;
  close(): Promise<void>;
}

export function openOutbound(): Outbound {
  const agent = new Agent({
    connect: tellingConnector(),
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // Each call has a time of its own for the whole of its answer.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { send: (outgoing) => sendOnce(agent, outgoing), close: () => agent.close() };
}

/** Error codes do not tell a connection that never was from one that broke; who connects knows. */
function tellingConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs });
  return (options, callback) =>
    connect(options, (...[error, socket]) =>
      error === null ? callback(null, socket) : callback(new NotConnected(error), null),
    );
}

/** By `dispatch`: the streams and signals of undici's other calls cost as much again as the call. */
const sendOnce = (agent: Agent, outgoing: OutgoingRequest): Promise<IncomingAnswer> =>
  new Promise((resolve, reject) => {
    const { method, url, headers, body } = outgoing;
    const exchange = new Exchange(outgoing, resolve, reject);
    try {
      const options = { ...addressOf(url), method: method as 'POST', headers, body: body ?? null };
      agent.dispatch(options, exchange);
    } catch (error) {
      exchange.fail(error as Error);
    }
  });

type Address = Required<Pick<Dispatcher.DispatchOptions, 'path'>> & { readonly origin: string };

/** What stands in the address of a call between programs, none of which a parser of addresses would change. */
const PLAIN = /^(https?:\/\/[a-z0-9.-]+(?::[0-9]+)?)(\/[\w%/?&=.~-]*)$/;

function addressOf(url: string): Address {
  const [, plainOrigin, plainPath] = PLAIN.exec(url) ?? [];
  if (plainOrigin !== undefined && plainPath !== undefined && !url.includes('/.')) {
    return { origin: plainOrigin, path: plainPath };
  }
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}

/** From the request to its whole answer, or to the one reason why there is none. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: IncomingAnswer) => void;
  readonly #reject: (error: NoAnswer) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #maxBytes: number;
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #isLate = false;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(outgoing: OutgoingRequest, resolve: (answer: IncomingAnswer) => void, reject: (error: NoAnswer) => void) {
    this.#maxBytes = outgoing.answerMaxBytes ?? answerMaxBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.fail(new Error('no answer in time'));
      this.#controller?.abort(new Error('no answer in time'));
    }, outgoing.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Whoever asked has gone while it waited for a connection.
    if (this.#isLate) controller.abort(new Error('no answer in time'));
  }

  /** Interim answers come before the one that counts. */
  onResponseStart(_controller: unknown, status: number, headers: HeaderValues): void {
    this.#status = status;
    this.#headers = plainHeaders(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) controller.abort(new Error('the answer is too large'));
    else this.#parts.push(part);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    this.#resolve({ status: this.#status, headers: this.#headers, text: textOf(this.#parts) });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error);
  }

  fail(error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(noAnswer(error, this.#isLate));
  }
}

const byteOrderMark = '\ufeff';

function textOf([first, ...rest]: readonly Buffer[]): string {
  if (first === undefined) return '';
  const text = (rest.length === 0 ? first : Buffer.concat([first, ...rest])).toString('utf8');
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** Header values as one text each. */
export function plainHeaders(headers: HeaderValues): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

function noAnswer(error: Error, timedOut: boolean): NoAnswer {
  const { code, name } = error as { readonly code?: unknown; readonly name: string };
  const reason = timedOut ? 'timeout' : typeof code === 'string' ? code : name;
  const sent = error instanceof NotConnected ? 'no' : 'unknown';
  return new NoAnswer(`no answer (${reason})`, { sent, timedOut });
}
