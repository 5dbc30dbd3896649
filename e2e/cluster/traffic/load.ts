// Bounded load: so many customers and servers, each doing one thing after the other, with a pause to think.
import { type Chance, openChance } from '../../simulation/world.ts';
import { payFor, shopAtCheckout } from './customer.ts';
import { lookAgain, refund, sell, startPlan } from './merchant.ts';
import type { Shop } from './shop.ts';

export interface Load {
  /** Nobody begins anything new; resolves when all have finished what they do. */
  stop(): Promise<void>;
}

export type Story = (shop: Shop, chance: Chance, who: number) => Promise<void>;

export interface Role {
  readonly story: Story;
  readonly people: number;
  readonly thinkMs: number;
}

/** Of a shop that many people visit. */
export const CROWD: readonly Role[] = [
  { story: shopAtCheckout, people: 6, thinkMs: 500 },
  { story: visitLink, people: 1, thinkMs: 1_500 },
  { story: sell, people: 2, thinkMs: 600 },
  { story: refund, people: 1, thinkMs: 1_500 },
  { story: startPlan, people: 1, thinkMs: 4_000 },
  { story: lookAgain, people: 2, thinkMs: 250 },
];

/** Of a small one, with somebody who has another shop's business in mind. */
export const intrudersCrowd = (intrude: Story): readonly Role[] => [
  { story: shopAtCheckout, people: 1, thinkMs: 3_000 },
  { story: visitLink, people: 1, thinkMs: 8_000 },
  { story: sell, people: 1, thinkMs: 3_000 },
  { story: refund, people: 1, thinkMs: 6_000 },
  { story: startPlan, people: 1, thinkMs: 15_000 },
  { story: intrude, people: 2, thinkMs: 400 },
];

const linkUses = 40;

export async function startLoad(shop: Shop, seed: number, roles: readonly Role[]): Promise<Load> {
  await createLink(shop);
  const chance = openChance(seed);
  let isOver = false;
  const live = async ({ story, thinkMs }: Role, who: number): Promise<void> => {
    while (!isOver) {
      await story(shop, chance, who);
      if (!isOver) await new Promise((resolve) => setTimeout(resolve, thinkMs * (0.5 + chance.next())));
    }
  };
  const lives = roles.flatMap((role) => Array.from({ length: role.people }, (_none, who) => live(role, who)));
  return {
    async stop() {
      isOver = true;
      await Promise.all(lives);
    },
  };
}

/** One with fewer uses than there are customers for it. */
async function createLink({ calls, urls, keys, merchantId, name, own }: Shop): Promise<void> {
  const answer = await calls.insist('create link', `${urls.checkoutUrl}/api/payment-links/create`, {
    method: 'POST',
    headers: keys,
    body: {
      merchantId,
      merchantName: name,
      amount: '18.40',
      successUrl: 'https://shop.example/thanks',
      cancelUrl: 'https://shop.example/cart',
      errorUrl: 'https://shop.example/error',
      usageLimit: linkUses,
    },
  });
  const { paymentLinkId } = (answer.body.data ?? {}) as { paymentLinkId?: string };
  if (paymentLinkId === undefined) throw new Error(`the link was not created: ${answer.status} ${answer.text}`);
  own.links.push(paymentLinkId);
}

async function visitLink(shop: Shop, chance: Chance): Promise<void> {
  const url = `${shop.urls.checkoutUrl}/pay/${shop.own.links[0]}`;
  const opened = await shop.calls.insist('open link', url, { headers: { 'x-forwarded-for': '203.0.113.99' } });
  const [, sessionId] = /\/checkout\/(session_\w+)$/.exec(opened.headers.get('location') ?? '') ?? [];
  if (sessionId !== undefined) await payFor(shop, { sessionId, chance, customer: 98 });
}
