// What is measured: each operation makes what it needs in a fresh installation, and says what one request of it is like.
import { saleOf } from '@ozura/e2e/sale';
import { tokenizeCard } from '@ozura/e2e/tokens';
import type { Load } from '../load.ts';
import { creating } from '../sessions.ts';
import { tokenizing } from '../vault.ts';
import type { DatabaseOf } from './engines.ts';
import { filledReference, filledSessionId, type Rows } from './fill.ts';
import type { Installation } from './installation.ts';

export interface Operation {
  readonly name: string;
  /** Whom it calls. */
  readonly program: DatabaseOf;
  /** What there is more of when it is measured again with more rows. */
  readonly rows: Rows;
  /** What it commits, if the engine is asked to do that by itself too. */
  readonly statements?: 'session' | 'payment';
  prepare(installation: Installation, filled: number): Promise<Prepared>;
}

export interface Prepared extends Pick<Load, 'method' | 'headers' | 'body' | 'vary' | 'status'> {
  readonly path: string;
  /** Before each measurement: what requests use up is made again. Such a request has no null server. */
  readonly restock?: () => Promise<void>;
}

const relative = ({ url, ...request }: { readonly url: string } & Omit<Prepared, 'path'>): Prepared => ({
  ...request,
  path: new URL(url).pathname,
});

const pick = (count: number): number => Math.floor(Math.random() * count);

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'create a session',
    program: 'checkout',
    rows: 'sessions',
    statements: 'session',
    prepare: async (installation) => relative(creating(installation.first, { amount: '18.40' })),
  },
  {
    name: 'read a session',
    program: 'checkout',
    rows: 'sessions',
    async prepare(installation, filled) {
      const { url, ...init } = creating(installation.first, { amount: '18.40' });
      const { sessionId } = await dataOf(url, init);
      const path = (): string => `/api/sessions/${filled === 0 ? sessionId : filledSessionId(pick(filled))}`;
      return { method: 'GET', path: path(), vary: () => ({ path: path() }) };
    },
  },
  {
    name: 'open a payment link',
    program: 'checkout',
    rows: 'sessions',
    async prepare(installation) {
      const { url, ...init } = creating(installation.first, { amount: '18.40' });
      const { url: link = '' } = await dataOf(url.replace('sessions', 'payment-links'), init);
      return { method: 'GET', path: new URL(link).pathname, status: 303 };
    },
  },
  {
    name: 'tokenize a card',
    program: 'vault',
    rows: 'tokens',
    prepare: async (installation) => relative(tokenizing(installation.first)),
  },
  {
    name: 'card payment',
    program: 'pay',
    rows: 'transactions',
    statements: 'payment',
    async prepare(installation) {
      const { merchantId } = installation.first;
      const cards: Card[] = [];
      return {
        method: 'POST',
        path: '/cardSale',
        headers: { 'content-type': 'application/json', ...payKeys(installation) },
        restock: () => tokenizeMore(installation, cards),
        vary: () => {
          const card = cards.pop();
          if (card === undefined) throw new Error('more payments than cards: raise cardsMax');
          return { body: JSON.stringify(saleOf(card, { merchantId })) };
        },
      };
    },
  },
  {
    name: 'list transactions of 30 days',
    program: 'pay',
    rows: 'transactions',
    prepare: async (installation) => ({ method: 'GET', path: '/transQuery?limit=20', headers: payKeys(installation) }),
  },
  {
    name: 'find a transaction',
    program: 'pay',
    rows: 'transactions',
    async prepare(installation, filled) {
      const path = (): string => `/transQuery?transactionId=${filledReference(pick(Math.max(1, filled)))}`;
      return { method: 'GET', path: path(), headers: payKeys(installation), vary: () => ({ path: path() }) };
    },
  },
];

const payKeys = ({ first }: Installation): Record<string, string> => ({
  'x-api-key': first.merchantKey,
  'vault-api-key': first.vaultKey,
});

async function dataOf(url: string, init: RequestInit): Promise<{ readonly sessionId?: string; readonly url?: string }> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { data: { sessionId?: string; url?: string } }).data;
}

type Card = Awaited<ReturnType<typeof tokenizeCard>>;

/** More than are paid with in one measurement. Their security codes live for ten minutes. */
const cardsMax = 5_000;
const makers = 32;

async function tokenizeMore({ first }: Installation, cards: Card[]): Promise<void> {
  const make = async (): Promise<void> => {
    while (cards.length < cardsMax) cards.push(await tokenizeCard(first.vaultUrl, first.vaultKey, '4242424242424242'));
  };
  await Promise.all(Array.from({ length: makers }, make));
}
