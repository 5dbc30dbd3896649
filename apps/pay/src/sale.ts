// A sale that somebody asks for now, from its checks to the attempt that decides it (contract 8.2, 12.2): a card sale, or
// the first charge of a plan. The same key again answers what became of the first call.
import type { CardSale } from '@ozura/contract/pay/card-sale-fields';
import { type ChecksPolicy, standardChecks } from '@ozura/core/attempt-checks';
import { Refusal } from '@ozura/core/errors';
import { whyUnavailable } from '@ozura/kit/db/unavailable';
import { isRunning } from './answers.ts';
import { type Charging, reserveCharge, runCharge } from './attempt.ts';
import type { PayContext } from './context.ts';
import { findKeptCharge } from './kept-keys.ts';
import type { PlanOpening } from './plan-opening.ts';
import { type PreparedSale, prepareSale } from './prepared-sale.ts';
import { priceCharge } from './price.ts';
import type { Processor } from './processors/port.ts';
import { type Attempt, findLastAttempt } from './store/attempts.ts';
import { type Charge, type Claim, findChargeByKey, isCvcClaimed, isOrderOpen } from './store/charges.ts';
import type { Merchant } from './store/merchants.ts';

/** Below the 30 s after which clients give up (contract 8). */
export const answerWithinMs = 28_000;
const retryAfter = { headers: { 'Retry-After': '2' } };

export interface SaleRequest {
  readonly sale: CardSale;
  readonly merchant: Merchant;
  readonly claim: Claim;
  /** On the program's clock. */
  readonly answerByMs: number;
  /** The plan that begins with it, and is checked once more before anything is written. */
  readonly plan?: { readonly planId: string; readonly opening: PlanOpening; readonly check: () => Promise<void> };
}

export interface Sold {
  readonly sale: PreparedSale;
  /** The attempt that decides the charge, as far as it is known now. */
  readonly attempt: Attempt;
  /** An earlier call has done the work. */
  readonly replayed: boolean;
}

export const sell = (context: PayContext, request: SaleRequest): Promise<Sold> =>
  sellOnce(context, request.claim, () => prepareCharge(context, request));

/** `prepare` throws whatever refuses the sale before a row is written. */
export async function sellOnce(context: PayContext, claim: Claim, prepare: () => Promise<Charging>): Promise<Sold> {
  const known = await findKeptCharge(context.db, claim);
  if (known !== undefined) return replay(context, claim, known);
  return charge(context, await unsent(context, prepare()));
}

/** Without a database nothing is sent, and an intent that may have been written all the same never will be. */
async function unsent<T>({ log }: PayContext, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = whyUnavailable(error);
    if (reason === undefined) throw error;
    log.error({ err: error, reason }, 'the database cannot be used');
    throw new Refusal('OVERLOADED', retryAfter);
  }
}

async function charge(context: PayContext, charging: Charging): Promise<Sold> {
  const first = await unsent(context, reserveCharge(context, charging));
  if (first === undefined) return afterConflict(context, charging);
  return { sale: charging.sale, attempt: await runCharge(context, charging, first), replayed: false };
}

/** Everything that can refuse a card sale before a row is written. */
async function prepareCharge(context: PayContext, request: SaleRequest): Promise<Charging> {
  const { sale: asked, merchant, claim, answerByMs, plan } = request;
  const cascade = cascadeOf(context, merchant, asked.processor);
  await plan?.check();
  const card = await context.vault.cardFacts(claim.merchantId, asked.token);
  if (card === undefined) throw new Refusal('TOKEN_NOT_FOUND');
  const place = asked.billing.address;
  const price = await priceCharge(context, { ...asked, merchantId: claim.merchantId, funding: card.funding, place });
  if (asked.expectedTotalMinor !== undefined && price.totalMinor > asked.expectedTotalMinor) {
    throw new Refusal('PRICE_CHANGED');
  }
  const sale = {
    ...prepareSale(asked, card, price),
    ...(plan === undefined ? {} : { plan: { planId: plan.planId, cycle: 1, opening: plan.opening } }),
  };
  const checks = checksOf(merchant, asked);
  const code = asked.cvcSession === undefined ? {} : { cvcSession: asked.cvcSession };
  const { name: descriptor } = merchant;
  return { claim, sale, totalMinor: price.totalMinor, ...code, cascade, checks, descriptor, answerByMs };
}

/** A security code that the merchant may do without, and was not given, has nothing to match. */
function checksOf({ settings: { avsPolicy, cvvPolicy } }: Merchant, { cvcSession }: CardSale): ChecksPolicy {
  return { avsPolicy, cvvPolicy: cvcSession === undefined ? standardChecks.cvvPolicy : cvvPolicy };
}

export function cascadeOf({ processors }: PayContext, merchant: Merchant, named: string | undefined): Processor[] {
  const names = merchant.processors.filter((name) => named === undefined || name === named);
  const cascade = names.map((name) => processors.get(name)).filter((processor) => processor !== undefined);
  if (cascade.length === 0) throw new Refusal('PROCESSOR_NOT_CONFIGURED');
  return cascade;
}

/** The key, the CVC session or the order was taken while we were looking. */
async function afterConflict(context: PayContext, { claim, sale }: Charging): Promise<Sold> {
  const known = await findChargeByKey(context.db, claim);
  if (known !== undefined) return replay(context, claim, known);
  if (await isCvcClaimed(context.db, claim)) throw new Refusal('CVC_SESSION_ALREADY_USED');
  if (sale.orderId !== undefined && (await isOrderOpen(context.db, claim.merchantId, sale.orderId))) {
    throw new Refusal('ORDER_IN_DOUBT');
  }
  // Whoever was in the way has just ended: nothing was written, and the same call may succeed now.
  throw new Refusal('OVERLOADED', retryAfter);
}

/** The first call's outcome, as far as it is known now. Another body under its key is refused before anything else. */
async function replay(context: PayContext, claim: Claim, known: Charge): Promise<Sold> {
  // A charge that was given up before it arrived has no request to be the same as.
  if (known.state === 'dead' || known.fingerprint !== claim.fingerprint) {
    throw new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  }
  const attempt = await findLastAttempt(context.db, known.chargeId);
  if (attempt === undefined || isRunning(attempt)) throw new Refusal('IDEMPOTENCY_KEY_IN_PROGRESS', retryAfter);
  return { sale: known.sale, attempt, replayed: true };
}
