// "Buy": opens an order and a checkout session for it, and says where the customer pays.
import type { Order, Orders } from './orders.ts';
import { decimal, product, quantityMax, totalCents } from './product.ts';
import type { Seller } from './verify.ts';

export interface Shop extends Seller {
  /** Where the shop itself is, without a slash at the end. */
  readonly url: string;
  readonly orders: Orders;
  /** Tells the warehouse. */
  readonly ship: (order: Order) => void;
  /** Of the endpoint that leads to `/webhooks`; without one the shop reads the feed alone. */
  readonly webhookSecret: string | undefined;
}

export async function buy({ url, orders, ozura }: Shop, form: URLSearchParams): Promise<string> {
  const quantity = readQuantity(form);
  // The price is the shop's own: an amount that came with the form would be the customer's choice.
  const order = orders.open(quantity, totalCents(quantity));
  const session = await ozura.createCheckoutSession({
    merchantName: 'Blue Kettle',
    amount: decimal(order.totalCents),
    currency: product.currency,
    items: [{ name: product.name, price: decimal(product.priceCents), quantity, productId: product.id }],
    successUrl: `${url}/thanks?order=${order.id}`,
    cancelUrl: `${url}/cart?order=${order.id}`,
    errorUrl: `${url}/problem?order=${order.id}`,
    metadata: { order: order.id },
    // A repeated request of the same order gets the same session.
    idempotencyKey: `order-${order.id}`,
  });
  order.sessionId = session.sessionId;
  return session.checkoutUrl;
}

/** Anything odd in the form is one kettle. */
function readQuantity(form: URLSearchParams): number {
  const quantity = Number(form.get('quantity'));
  return Number.isInteger(quantity) && quantity >= 1 && quantity <= quantityMax ? quantity : 1;
}
