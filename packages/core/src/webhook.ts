// What becomes of a webhook's delivery after a try (contract 14.1), and what is signed (Standard Webhooks 1.0).

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Each after the one before it, and up to a tenth more. */
const TRIES_AFTER_MS = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];
const jitterMax = 0.1;
/** A receiver may ask for no more than the longest pause there is. */
const retryAfterMaxMs = 24 * hourMs;

/** So long without a success, and nobody listens there any more. */
export const deafAfterMs = 5 * 24 * hourMs;

export interface TryAnswer {
  /** Absent: none in time, or none at all. */
  readonly status: number | undefined;
  /** Of the answer's `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly atMs: number }
  | { readonly kind: 'failed'; readonly gone: boolean };

export interface TryFacts {
  /** Before this one. */
  readonly tries: number;
  readonly nowMs: number;
  /** In [0, 1). */
  readonly chance: number;
}

/** Only 2xx is success; `410 Gone` is for good. */
export function verdictOf({ status, retryAfterMs = 0 }: TryAnswer, { tries, nowMs, chance }: TryFacts): Verdict {
  if (status !== undefined && status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'failed', gone: true };
  const pauseMs = TRIES_AFTER_MS[tries + 1];
  if (pauseMs === undefined) return { kind: 'failed', gone: false };
  const scheduledMs = pauseMs + Math.floor(pauseMs * jitterMax * chance);
  return { kind: 'again', atMs: nowMs + Math.max(scheduledMs, Math.min(retryAfterMs, retryAfterMaxMs)) };
}

/** Seconds or a date (RFC 9110 10.2.3), as milliseconds from now. Anything else says nothing. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * secondMs;
  const atMs = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

export const signedContent = (id: string, timestampSeconds: number, body: string): string =>
  `${id}.${timestampSeconds}.${body}`;
