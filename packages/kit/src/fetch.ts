// Outbound calls between our own programs: one try, no redirects, and an honest word on whether a byte left.
import { type IncomingAnswer, NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import { Agent, request as undiciRequest } from 'undici';

const connectTimeoutMs = 2_000;
/** A kept-alive socket older than this is not used again: the peer may be closing it. */
const keepAliveMs = 1_000;
const answerMaxBytes = 1024 * 1024;

/** Failures that happen before a connection exists. Everything else may have reached the other side. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ABORT_ERR', 'TimeoutError']);

export interface Outbound {
  readonly send: Send;
  close(): Promise<void>;
}

export function openOutbound(): Outbound {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: answerMaxBytes,
  });
  return { send: (outgoing) => sendOnce(agent, outgoing), close: () => agent.close() };
}

async function sendOnce(
  agent: Agent,
  { method, url, headers, body, timeoutMs }: OutgoingRequest,
): Promise<IncomingAnswer> {
  try {
    const answer = await undiciRequest(url, {
      dispatcher: agent,
      method: method as 'POST',
      headers: { ...headers },
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), text };
  } catch (error) {
    throw noAnswer(error);
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

function noAnswer(error: unknown): NoAnswer {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const reason = typeof code === 'string' ? code : String(name);
  return new NoAnswer(`no answer (${reason})`, {
    sent: NEVER_SENT.has(reason) ? 'no' : 'unknown',
    timedOut: TIMED_OUT.has(reason) || name === 'TimeoutError',
  });
}
