// Whether an order is paid. Asked on the server, because anybody can type a success URL.
import { type CheckoutSession, type Ozura, verifyRedirect } from '@ozura/elements/server';
import type { Order } from './orders.ts';
import { decimal, product } from './product.ts';

export type Session = CheckoutSession['session'];
export type Verdict = 'paid' | 'confirming' | 'not_paid';

export async function verify(ozura: Ozura, order: Order): Promise<{ verdict: Verdict; session?: Session }> {
  if (order.sessionId === undefined) return { verdict: 'not_paid' };
  const { session } = await ozura.getCheckoutSession(order.sessionId);
  if (session.status === 'pending' && session.paymentState !== null) return { verdict: 'confirming', session };
  return { verdict: pays(session, order) ? 'paid' : 'not_paid', session };
}

/** The genuine session of a cheaper order must not pay for this one. */
export const pays = (session: Session, order: Order): boolean =>
  session.id === order.sessionId &&
  session.status === 'completed' &&
  session.amount === decimal(order.totalCents) &&
  session.currency === product.currency;

export interface Seller {
  readonly ozura: Ozura;
  readonly merchantId: string;
  readonly checkoutUrl: string;
}

/** Of a customer without an order, who came by a payment link: the installation's signature says whose session it is. */
export async function verifyVisit(url: URL, { ozura, merchantId, checkoutUrl }: Seller): Promise<Session | undefined> {
  const redirect = await verifyRedirect(url, { merchantId, checkoutUrl });
  // Too old: the page was loaded again the next day. The checkout itself is asked in any case.
  if (!redirect.valid && redirect.reason !== 'too_old') return undefined;
  const { session } = await ozura.getCheckoutSession(url.searchParams.get('sessionId') ?? '');
  return session.status === 'completed' && session.merchantId === merchantId ? session : undefined;
}
