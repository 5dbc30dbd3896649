// Whether an order is paid. Asked on the server, because anybody can type a success URL.
import type { CheckoutApi, Session } from './checkout-api.ts';
import type { Order } from './orders.ts';
import { decimal, product } from './product.ts';

export type Verdict = 'paid' | 'confirming' | 'not_paid';

export async function verify(checkout: CheckoutApi, order: Order): Promise<{ verdict: Verdict; session?: Session }> {
  if (order.sessionId === undefined) return { verdict: 'not_paid' };
  const session = await checkout.getSession(order.sessionId);
  if (session.status === 'pending' && session.paymentState !== null) return { verdict: 'confirming', session };
  if (session.status !== 'completed' || !fits(order, session)) return { verdict: 'not_paid', session };
  if (!order.paid) {
    order.paid = true;
    // Here a shop would tell its warehouse.
  }
  return { verdict: 'paid', session };
}

/** Of a customer without an order, who came by a payment link: the session itself says what was paid, and to whom. */
export async function verifyPayment(checkout: CheckoutApi, sessionId: string): Promise<Session | undefined> {
  const session = await checkout.getSession(sessionId);
  return session.status === 'completed' && session.merchantId === checkout.merchantId ? session : undefined;
}

/** The genuine session of a cheaper order must not pay for this one. */
const fits = (order: Order, session: Session): boolean =>
  session.amount === decimal(order.totalCents) && session.currency === product.currency;
