// What the page does with an answer of `pay` (contract 1.4). Pure: everything that matters about paying is decided here.
import type { ScriptMessages } from '../pages/messages/catalogue.ts';
import { type Departure, departureOf } from './checkout-event.ts';
import type { PageAnswer } from './page-answer.ts';

type DeclineCode = keyof ScriptMessages['declined'];
type Sentence = 'taxUnavailable' | 'busy' | 'linkLimit' | 'tryAgain';

export type PayStep =
  /** The payment has an outcome that ends at the merchant's. */
  | { readonly do: 'leave'; readonly departure: Departure }
  /** Not known yet, or the answer got lost: the same attempt is asked about again, and never made again. */
  | { readonly do: 'repeat'; readonly because: 'pending' | 'no answer' | 'failure' }
  | { readonly do: 'decline'; readonly code: DeclineCode; readonly attemptsLeft: number | undefined }
  | { readonly do: 'ask-price'; readonly pricing: Readonly<Record<string, unknown>> }
  | { readonly do: 'retype'; readonly what: 'cvv' | 'card' }
  | { readonly do: 'correct'; readonly failures: readonly string[] }
  | { readonly do: 'say'; readonly sentence: Sentence }
  /** Another attempt is running, in another window: its outcome is waited for. */
  | { readonly do: 'watch' }
  /** The session is in another state than this page believes: the server draws the right page. */
  | { readonly do: 'reload' };

export function payStep(answer: PageAnswer | undefined): PayStep {
  if (answer === undefined) return { do: 'repeat', because: 'no answer' };
  const departure = departureOf(answer);
  if (departure !== undefined) return { do: 'leave', departure };
  if (answer.status === 202) return { do: 'repeat', because: 'pending' };
  if (answer.status === 402)
    return { do: 'decline', code: declineCode(answer.errorCode), attemptsLeft: answer.attemptsLeft };
  switch (answer.errorCode) {
    case 'PRICE_CHANGED':
      return { do: 'ask-price', pricing: (answer.data.pricing ?? {}) as Readonly<Record<string, unknown>> };
    case 'CVC_SESSION_EXPIRED':
      return { do: 'retype', what: 'cvv' };
    case 'TOKEN_NOT_FOUND':
      return { do: 'retype', what: 'card' };
    case 'VALIDATION_FAILED':
      return { do: 'correct', failures: answer.failures };
    case 'PAYMENT_IN_PROGRESS':
      return { do: 'watch' };
    case 'TAX_UNAVAILABLE':
      return { do: 'say', sentence: 'taxUnavailable' };
    // Counted for a new attempt only, before anything is charged.
    case 'RATE_LIMITED':
      return { do: 'say', sentence: 'busy' };
    // Load is shed before a charge starts, never after.
    case 'OVERLOADED':
      return { do: 'say', sentence: 'tryAgain' };
    // Slots that are merely reserved may come free.
    case 'PAYMENT_LINK_LIMIT_REACHED':
      return { do: 'say', sentence: 'linkLimit' };
    default:
      // A 5xx of a proxy or an unexpected failure says nothing about the charge.
      return answer.status >= 500 ? { do: 'repeat', because: 'failure' } : { do: 'reload' };
  }
}

const DECLINES: readonly DeclineCode[] = [
  'CARD_DECLINED',
  'INSUFFICIENT_FUNDS',
  'LIMIT_EXCEEDED',
  'INVALID_CARD_NUMBER',
  'EXPIRED_CARD',
  'INVALID_CVV',
  'AVS_MISMATCH',
  'CARD_NOT_SUPPORTED',
  'AUTHENTICATION_REQUIRED',
];

const declineCode = (code: string | undefined): DeclineCode =>
  DECLINES.find((candidate) => candidate === code) ?? 'CARD_DECLINED';
