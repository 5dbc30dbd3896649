// One try: the address is looked at, the event signed and sent once (contract 14.1). Only the status of the answer counts.
import { NoAnswer } from '@ozura/contract/client';
import type { Mode } from '@ozura/core/ids';
import { readRetryAfter, type TryAnswer } from '@ozura/core/webhook';
import { AddressRefused, type PinnedOutbound } from '@ozura/kit/pinned-fetch';
import type { CheckoutContext } from '../context.ts';
import { eventView } from '../event-view.ts';
import type { StoredEvent } from '../store/events.ts';
import type { Try } from '../store/webhook-deliveries.ts';
import type { WebhookEndpoint } from '../store/webhook-endpoints.ts';
import type { WebhookSecrets } from './secrets.ts';

export interface Sent {
  readonly answer: TryAnswer;
  /** For the log of the delivery. */
  readonly tried: Try;
}

export type SendEvent = (endpoint: WebhookEndpoint, event: StoredEvent) => Promise<Sent>;

const answerTimeoutMs = 15_000;

export function openSender(
  { config, db, now }: Pick<CheckoutContext, 'config' | 'db' | 'now'>,
  secrets: WebhookSecrets,
  outbound: PinnedOutbound,
): SendEvent {
  const post = async (endpoint: WebhookEndpoint, event: StoredEvent, nowMs: number) => {
    const url = new URL(endpoint.url);
    const address = await outbound.resolve(url, reachOf(url, config.mode));
    const body = JSON.stringify(eventView(event));
    const signed = secrets.sign(endpoint, { id: event.id, body, sentAtMs: now(), nowMs });
    const headers = {
      ...signed,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Ozura-Webhooks/1.0',
      accept: '*/*',
    };
    return outbound.tell({ method: 'POST', url: url.href, headers, body, timeoutMs: answerTimeoutMs }, address);
  };
  return async (endpoint, event) => {
    const atMs = await db.now();
    const begunMs = now();
    const told = await post(endpoint, event, atMs).catch(problemOf);
    const durationMs = Math.max(0, now() - begunMs);
    if (typeof told === 'string') {
      return { answer: { status: undefined }, tried: { atMs, durationMs, problem: told } };
    }
    const { status, headers } = told;
    const retryAfterMs = readRetryAfter(headers['retry-after'], now());
    return { answer: { status, retryAfterMs }, tried: { atMs, durationMs, status } };
  };
}

/** Plain http is for receivers on the machine of a developer. */
export const reachOf = ({ protocol }: URL, mode: Mode): 'public' | 'loopback' =>
  mode === 'test' && protocol === 'http:' ? 'loopback' : 'public';

/** What a merchant can do something about. Anything else is a defect of ours. */
function problemOf(error: unknown): string {
  if (error instanceof AddressRefused) return 'the address is not a public one';
  if (!(error instanceof NoAnswer)) throw error;
  if (error.timedOut) return 'no answer in time';
  if (error.message.includes('does not resolve')) return error.message;
  return error.sent === 'no' ? 'no connection' : 'the connection broke';
}
