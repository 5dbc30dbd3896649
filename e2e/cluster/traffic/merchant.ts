// What a merchant's server does by itself: sales with tokens of its own, refunds, plans, and looking at what it was told.
import { randomUUID } from 'node:crypto';
import { planOf } from '../../plan.ts';
import { saleOf } from '../../sale.ts';
import type { Chance } from '../../simulation/world.ts';
import { cardsOf, dataOf, noteRepeat, SECURITY_CODE } from './customer.ts';
import type { Shop } from './shop.ts';

const refundsOfOneMax = 3;
/** Of the calls with a key: how many are made once more after their answer. */
const repeated = 0.3;

/** A sale without a page: the call that hears nothing is repeated, with the same security code and so the same key. */
export async function sell(shop: Shop, chance: Chance): Promise<void> {
  const { calls, urls, payKeys, told } = shop;
  const card = await tokenize(shop, cardsOf(chance).at(-1) ?? '');
  if (card === undefined) return;
  const body = saleOf(card, { merchantId: shop.merchantId, amount: `${chance.between(5, 90)}.50` });
  const [url, request] = [`${urls.payUrl}/cardSale`, { method: 'POST', headers: payKeys, body } as const];
  const answer = await calls.insist('card sale', url, request);
  const { transactionId, amount } = dataOf<{ transactionId: string; amount: string }>(answer);
  if (answer.status !== 200 || transactionId === undefined || amount === undefined) return;
  told.sales.push({ transactionId, amount });
  if (chance.happens(repeated)) noteRepeat(told, answer, await calls.insist('card sale again', url, request));
}

async function tokenize({ calls, urls, vaultKey, own }: Shop, number: string) {
  const answer = await calls.insist('tokenize', `${urls.vaultUrl}/tokenize`, {
    method: 'POST',
    headers: { 'x-api-key': vaultKey },
    body: {
      type: 'card',
      data: { cardNumber: number, expirationMonth: '11', expirationYear: '2039', cvv: SECURITY_CODE },
    },
  });
  const { token, cvc_session_id: cvcSession } = answer.body as { token: string; cvc_session_id: string };
  if (answer.status !== 201) return undefined;
  own.cards.push({ token, cvcSession });
  return { token, cvcSession };
}

/** A part of a sale goes back, or all that is left of it. */
export async function refund({ calls, urls, payKeys, merchantId, told }: Shop, chance: Chance): Promise<void> {
  if (told.sales.length === 0) return;
  const sale = chance.pick(told.sales);
  const all = chance.happens(0.2);
  for (let i = chance.between(1, refundsOfOneMax); i > 0; i -= 1) {
    const url = `${urls.payUrl}/cardRefund`;
    const request = {
      method: 'POST',
      headers: { ...payKeys, 'idempotency-key': randomUUID() },
      body: { merchantId, transactionId: sale.transactionId, ...(all ? {} : { amount: '2.00' }) },
    } as const;
    const answer = await calls.insist('refund', url, request);
    const { transactionId, amount } = dataOf<{ transactionId: string; amount: string }>(answer);
    if (answer.status !== 200 || transactionId === undefined || amount === undefined) return;
    told.refunds.push({ transactionId, amount, originalTransactionId: sale.transactionId });
    if (chance.happens(repeated)) noteRepeat(told, answer, await calls.insist('refund again', url, request));
  }
}

/** A plan, whose later cycles nobody asks for. */
export async function startPlan(shop: Shop, chance: Chance): Promise<void> {
  const { calls, urls, payKeys, told } = shop;
  const card = await tokenize(shop, '4242424242424242');
  if (card === undefined) return;
  const changes = { merchantId: shop.merchantId, interval: 'daily', maxCycles: chance.between(3, 12) };
  const body = planOf(card, changes);
  const url = `${urls.payUrl}/recurring/plans`;
  const answer = await calls.insist('create plan', url, { method: 'POST', headers: payKeys, body });
  const { planId } = dataOf<{ planId: string }>(answer);
  if (answer.status === 200 && planId !== undefined) told.plans.push(planId);
}

/** What was said must still be said, by whichever process and database are asked now. */
export async function lookAgain({ calls, urls, keys, payKeys, told }: Shop, chance: Chance): Promise<void> {
  if (told.sessions.length > 0) {
    const sessionId = chance.pick(told.sessions);
    // Those that were told before the question.
    const isPaid = told.paid.some((paid) => paid.sessionId === sessionId);
    const answer = await calls.insist('get session', `${urls.checkoutUrl}/api/sessions/${sessionId}`, {
      headers: keys,
    });
    const { session } = dataOf<{ session: { status: string } }>(answer);
    if (answer.status === 404) told.problems.push(`${sessionId} was created, and is not found`);
    if (isPaid && answer.status === 200 && session?.status !== 'completed')
      told.problems.push(`${sessionId} was paid, and is ${session?.status}`);
  }
  if (told.sales.length > 0) {
    const { transactionId } = chance.pick(told.sales);
    const url = `${urls.payUrl}/transQuery?transactionId=${transactionId}`;
    const answer = await calls.insist('query', url, { headers: payKeys });
    const rows = (answer.body.data ?? []) as readonly unknown[];
    if (answer.status === 200 && rows.length !== 1)
      told.problems.push(`the sale ${transactionId} was approved, and the query finds ${rows.length}`);
  }
}
