// What a merchant's own server does in a simulation: it sells without our page, debits bank accounts, and gives back, in
// parts, too much, and twice at once.
import { achSale } from '@ozura/contract/pay/ach-sale';
import { cardRefund } from '@ozura/contract/pay/card-refund';
import { cardSale } from '@ozura/contract/pay/card-sale';
import { cardVoid } from '@ozura/contract/pay/card-void';
import { formatMoney } from '@ozura/core/money';
import { callUntilTold, type Told } from './merchant-calls.ts';
import { merchantId } from './programs.ts';
import { type System, waitUntil } from './system.ts';

export const merchantBilling = {
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+14155550134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'CA',
  billingZipcode: '94607',
  billingCountry: 'US',
};

const money = (minor: number): string => formatMoney(BigInt(minor), 'USD');
/** Few, so that sales look alike. */
const AMOUNTS = [100, 1_840, 1_840, 99_999];

export const newKey = ({ world }: System): string => Buffer.from(world.chance.bytes(9)).toString('base64url');

export const lastFour = ({ world }: System): string => String(world.chance.between(1, 2)).padStart(4, '0');

export interface Order {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly card: string;
}

/** In a story of twins the same card buys the same again and again: only references tell its sales apart. */
export function someOrders(system: System, count: number): Order[] {
  const { chance } = system.world;
  const areTwins = chance.happens(0.4);
  const twin = { amountMinor: chance.pick(AMOUNTS), card: lastFour(system) };
  return Array.from({ length: count }, (_none, i) => ({
    ...(areTwins ? twin : { amountMinor: chance.pick(AMOUNTS), card: lastFour(system) }),
    orderId: `order_${i}`,
  }));
}

/** One order: sold, and perhaps given back. */
export async function sell(system: System, told: Told[], { orderId, amountMinor, card }: Order): Promise<void> {
  const { world, vault } = system;
  const { chance } = world;
  await world.sleep(chance.between(0, 20_000));
  const { token, cvcSession } = vault.tokenize(orderId, card);
  const body = {
    ...merchantBilling,
    merchantId,
    amount: money(amountMinor),
    ozuraCardToken: token,
    ozuraCvcSession: cvcSession,
    orderId,
  };
  // Without a header the security code is the key.
  const headers = chance.happens(0.5) ? { 'idempotency-key': newKey(system) } : {};
  const call = { endpoint: cardSale, about: orderId, options: { body, headers }, isKeyed: true };
  const calls = [callUntilTold(system, told, call)];
  if (chance.happens(0.2)) calls.push(callUntilTold(system, told, call));
  // The same security code under another key is never another sale.
  if (chance.happens(0.1)) {
    const other = { body, headers: { 'idempotency-key': newKey(system) } };
    void callUntilTold(system, told, { ...call, options: other });
  }
  const sold = (await Promise.all(calls)).find(({ status }) => status === 200);
  if (sold !== undefined && chance.happens(0.8)) await giveBack(system, told, { sold, amountMinor });
}

export async function debit(system: System, told: Told[], orderId: string): Promise<void> {
  const { world, vault } = system;
  await world.sleep(world.chance.between(0, 20_000));
  const body = {
    ...merchantBilling,
    merchantId,
    amount: money(world.chance.pick(AMOUNTS)),
    ozuraBankToken: vault.tokenizeBank(orderId, lastFour(system)),
    orderId,
  };
  const options = { body, headers: { 'idempotency-key': newKey(system) } };
  const call = { endpoint: achSale, about: orderId, options, isKeyed: true };
  const calls = [callUntilTold(system, told, call)];
  if (world.chance.happens(0.2)) calls.push(callUntilTold(system, told, call));
  await Promise.all(calls);
}

interface Sold {
  readonly sold: Told;
  readonly amountMinor: number;
}

/** Some of these at once, or one after the other. */
export async function giveBack(system: System, told: Told[], { sold, amountMinor }: Sold): Promise<void> {
  const { world } = system;
  const { chance } = world;
  const saleId = sold.data.transactionId ?? '';
  const calls: Promise<Told>[] = [];
  for (let times = chance.between(1, 3); times > 0; times -= 1) {
    if (chance.happens(0.5)) await letTimePass(system);
    const isVoid = chance.happens(0.3);
    // All that is left, a part, or more than there is.
    const part = chance.pick([
      undefined,
      undefined,
      Math.ceil(amountMinor / 2),
      Math.ceil(amountMinor / 3),
      amountMinor + 1,
    ]);
    const amount = part === undefined || isVoid ? {} : { amount: money(part) };
    const isKeyed = chance.happens(0.7);
    const options = {
      body: { merchantId, transactionId: saleId, ...amount },
      headers: isKeyed ? { 'idempotency-key': newKey(system) } : {},
    };
    const call = { endpoint: isVoid ? cardVoid : cardRefund, about: saleId, options, isKeyed };
    calls.push(callUntilTold(system, told, call));
    if (chance.happens(0.3)) calls.push(callUntilTold(system, told, call));
  }
  await Promise.all(calls);
}

/** A moment, or until it has settled. */
async function letTimePass(system: System): Promise<void> {
  const { world } = system;
  if (world.chance.happens(0.8)) await world.sleep(world.chance.between(0, 30_000));
  else await waitUntil(system, world.nowMs() + world.chance.between(0, 400_000));
}
