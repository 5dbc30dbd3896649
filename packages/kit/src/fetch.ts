// Outbound calls between our own programs: one try, no redirects, and an honest word on whether a byte left.
import { EventEmitter } from 'node:events';
import { type IncomingAnswer, NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import { Agent, buildConnector, request as undiciRequest } from 'undici';

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

const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

export interface Outbound {
  readonly send: Send;
  close(): Promise<void>;
}

export function openOutbound(): Outbound {
  const agent = new Agent({
    connect: tellingConnector(),
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: answerMaxBytes,
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

async function sendOnce(
  agent: Agent,
  { method, url, headers, body, timeoutMs }: OutgoingRequest,
): Promise<IncomingAnswer> {
  // An `AbortSignal.timeout` would be kept until its time is over, half a minute after the answer.
  const signal = new EventEmitter();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    signal.emit('abort');
  }, timeoutMs);
  try {
    const answer = await undiciRequest(url, {
      dispatcher: agent,
      method: method as 'POST',
      headers: { ...headers },
      body: body ?? null,
      signal,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), text };
  } catch (error) {
    throw noAnswer(error, isLate);
  } finally {
    clearTimeout(timer);
  }
}

/** Header values as one text each. */
export function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function noAnswer(error: unknown, isLate: boolean): NoAnswer {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const reason = isLate ? 'timeout' : typeof code === 'string' ? code : String(name);
  return new NoAnswer(`no answer (${reason})`, {
    sent: error instanceof NotConnected ? 'no' : 'unknown',
    timedOut: isLate || TIMED_OUT.has(reason),
  });
}
