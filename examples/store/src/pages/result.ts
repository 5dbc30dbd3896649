// Where customers come back to: after paying, after turning back, after something went wrong.
import { html } from '../html.ts';
import { type Order, orderNumber } from '../orders.ts';
import { price } from '../product.ts';
import type { Session, Verdict } from '../verify.ts';
import { backToShop, buyAgain, note, page } from './layout.ts';

export function thanksPage(order: Order, verdict: Verdict, session?: Session): string {
  const number = html`<p>Order <strong>${orderNumber(order)}</strong></p>`;
  if (verdict === 'confirming') {
    return page({
      title: 'Payment being confirmed',
      body: note(
        'wait',
        'Your payment is being confirmed',
        html`<p>Please do not pay again. Load this page again in a minute.</p>`,
        number,
      ),
    });
  }
  if (verdict === 'not_paid') {
    return page({
      title: 'Not paid',
      body: note(
        'bad',
        'This order is not paid',
        html`<p>The checkout did not confirm a payment for it.</p>`,
        number,
        buyAgain(order.quantity, 'Pay now'),
      ),
    });
  }
  const { payment } = session ?? {};
  return page({
    title: 'Order paid',
    body: note(
      'good',
      'Thank you, your order is paid',
      number,
      html`<dl><dt>${order.quantity} × kettle</dt><dd>${price(order.totalCents)}</dd><dt>Paid with ${payment?.cardBrand ?? 'card'} ···· ${payment?.cardLastFour ?? ''}</dt><dd>$${payment?.amount ?? ''}</dd></dl>`,
      backToShop,
    ),
  });
}

export const paidPage = ({ payment }: Session): string =>
  page({
    title: 'Paid',
    body: note(
      'good',
      'Thank you for your payment',
      html`<dl><dt>Paid with ${payment?.cardBrand ?? 'card'} ···· ${payment?.cardLastFour ?? ''}</dt><dd>$${payment?.amount ?? ''}</dd></dl>`,
      backToShop,
    ),
  });

export const cartPage = (order: Order | undefined): string =>
  page({
    title: 'Your basket',
    body: note(
      'wait',
      'Nothing was charged',
      html`<p>Your basket is as you left it.</p>`,
      buyAgain(order?.quantity ?? 1, 'Go to checkout'),
      backToShop,
    ),
  });

const PROBLEMS: Readonly<Record<string, string>> = {
  MANUAL_REVIEW: 'Your payment is being reviewed. Please do not pay again: we will tell you how it ended.',
  FORBIDDEN: 'There were too many failed attempts. Please use another card.',
  SYSTEM_ERROR: 'The payment could not be made.',
  AUTH_ERROR: 'The payment could not be made.',
  SESSION_FAILED: 'This checkout has ended without a payment.',
};

/** The text is chosen by the code: what else stands in the address may be anybody's. */
export function problemPage(order: Order | undefined, errorCode: string): string {
  const text = Object.hasOwn(PROBLEMS, errorCode) ? PROBLEMS[errorCode] : undefined;
  const waits = errorCode === 'MANUAL_REVIEW';
  return page({
    title: 'Payment',
    body: note(
      waits ? 'wait' : 'bad',
      waits ? 'We are checking your payment' : 'That did not work',
      html`<p>${text ?? 'Something went wrong on the way.'}</p>`,
      ...(waits ? [] : [buyAgain(order?.quantity ?? 1, 'Try again')]),
      backToShop,
    ),
  });
}

export const notFoundPage = (): string =>
  page({ title: 'Not found', body: note('bad', 'There is nothing here', backToShop) });

export const unavailablePage = (quantity: number): string =>
  page({
    title: 'Checkout unavailable',
    body: note(
      'bad',
      'The checkout cannot be reached',
      html`<p>Nothing was charged.</p>`,
      buyAgain(quantity, 'Try again'),
      backToShop,
    ),
  });
