// What a page that embeds the checkout is told (contract 3.3), made from the answers that this page gets. Pure.
import type { PageAnswer } from './page-answer.ts';

export type CheckoutEvent =
  | { readonly type: 'CHECKOUT_READY' | 'CHECKOUT_CANCELLED' | 'CHECKOUT_EXPIRED' }
  | { readonly type: 'PAYMENT_SUCCESS'; readonly paymentData: unknown }
  | {
      readonly type: 'PAYMENT_ERROR';
      readonly error: string;
      readonly errorCode: string;
      readonly attemptsLeft: number | undefined;
    }
  | { readonly type: 'CHECKOUT_ERROR'; readonly error: string; readonly errorCode: string }
  /** CSS pixels. */
  | { readonly type: 'CHECKOUT_RESIZE'; readonly height: number };

/** Where the customer goes in the end, and what is said of it before. */
export interface Departure {
  readonly url: string;
  readonly event: CheckoutEvent;
}

/** Of an answer that ends the checkout. */
export function departureOf({ redirectUrl, data }: PageAnswer): Departure | undefined {
  if (redirectUrl === undefined) return undefined;
  const { paymentData } = data;
  if (paymentData !== undefined) return { url: redirectUrl, event: { type: 'PAYMENT_SUCCESS', paymentData } };
  // Names of ours that were in the merchant's own URL are not there any more: these are the server's words.
  const { searchParams: query } = new URL(redirectUrl);
  const [error, errorCode] = [query.get('error') ?? '', query.get('errorCode') ?? ''];
  return { url: redirectUrl, event: { type: 'CHECKOUT_ERROR', error, errorCode } };
}

/** Of an attempt that failed and may be repeated. */
export const paymentError = ({ failures, errorCode = '', attemptsLeft }: PageAnswer): CheckoutEvent => ({
  type: 'PAYMENT_ERROR',
  error: failures[0] ?? '',
  errorCode,
  attemptsLeft,
});
