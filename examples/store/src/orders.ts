// The shop's own orders. A real shop keeps them in its database; this one forgets them when it stops.

export interface Order {
  readonly id: string;
  readonly quantity: number;
  readonly totalCents: number;
  /** Remembered when the session is created: the one that arrives with the customer is not to be trusted. */
  sessionId?: string;
  /** Set once, so that the kettle is sent once however often and from wherever the shop hears of it. */
  paid: boolean;
}

const ordersMax = 1_000;

export interface Orders {
  open(quantity: number, totalCents: number): Order;
  find(id: string): Order | undefined;
  /** Whether one is not paid yet. */
  hasOpen(): boolean;
}

export function openOrders(): Orders {
  const orders = new Map<string, Order>();
  return {
    open(quantity, totalCents) {
      const order: Order = { id: crypto.randomUUID(), quantity, totalCents, paid: false };
      orders.set(order.id, order);
      for (const oldest of orders.keys()) {
        if (orders.size <= ordersMax) break;
        orders.delete(oldest);
      }
      return order;
    },
    find: (id) => orders.get(id),
    hasOpen: () => [...orders.values()].some(({ paid }) => !paid),
  };
}

/** What a customer quotes. */
export const orderNumber = ({ id }: Order): string => id.slice(0, 8).toUpperCase();
