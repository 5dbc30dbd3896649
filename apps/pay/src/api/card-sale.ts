// `POST /cardSale` (contract 8.1 to 8.3).
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { CardSale } from '@ozura/contract/pay/card-sale-fields';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import { isRunning, saleAnswer } from '../answers.ts';
import { type Charging, reserveCharge, runCharge } from '../attempt.ts';
import type { Caller } from '../authentication.ts';
import { claimOf } from '../claim.ts';
import type { PayContext } from '../context.ts';
import { prepareSale } from '../prepared-sale.ts';
import { priceCharge } from '../price.ts';
import type { Processor } from '../processors/port.ts';
import { findLastAttempt } from '../store/attempts.ts';
import { type Charge, type Claim, findChargeByKey, isCvcClaimed, isOrderOpen } from '../store/charges.ts';
import type { Merchant } from '../store/merchants.ts';

/** Below the 30 s after which clients give up (contract 8). */
const answerWithinMs = 28_000;
const retryAfter = { headers: { 'Retry-After': '2' } };

type SaleCall = Call<CardSale, Caller>;

export async function answerCardSale(context: PayContext, call: SaleCall): Promise<unknown> {
  const { input, who, request } = call;
  if (input.merchantId !== who.merchant.merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const sent = request.headers['idempotency-key'];
  const claim = claimOf(context, who, input, typeof sent === 'string' ? sent : undefined);
  const known = await findChargeByKey(context.db, claim);
  const data = known === undefined ? await charge(context, call, claim) : await replay(context, call, claim, known);
  return { success: true, data };
}

async function charge(context: PayContext, call: SaleCall, claim: Claim): Promise<CardSaleData> {
  const charging = await prepareCharge(context, call, claim);
  const first = await reserveCharge(context, charging);
  if (first === undefined) return afterConflict(context, call, charging);
  return saleAnswer(charging.sale, await runCharge(context, charging, first));
}

/** Everything that can refuse the sale before a row is written. */
async function prepareCharge(context: PayContext, { input, who, reply }: SaleCall, claim: Claim): Promise<Charging> {
  const answerByMs = context.now() + answerWithinMs - reply.elapsedTime;
  const cascade = cascadeOf(context, who.merchant, input.processor);
  const card = await context.vault.cardFacts(claim.merchantId, input.token);
  if (card === undefined) throw new Refusal('TOKEN_NOT_FOUND');
  const price = await priceCharge(context, {
    ...input,
    merchantId: claim.merchantId,
    funding: card.funding,
    place: input.billing.address,
  });
  if (input.expectedTotalMinor !== undefined && price.totalMinor > input.expectedTotalMinor) {
    throw new Refusal('PRICE_CHANGED');
  }
  const sale = prepareSale(input, card, price);
  const { avsPolicy, cvvPolicy } = who.merchant.settings;
  const checks = { avsPolicy, cvvPolicy };
  return { claim, sale, totalMinor: price.totalMinor, cvcSession: input.cvcSession, cascade, checks, answerByMs };
}

function cascadeOf({ processors }: PayContext, merchant: Merchant, named: string | undefined): Processor[] {
  const names = merchant.processors.filter((name) => named === undefined || name === named);
  const cascade = names.map((name) => processors.get(name)).filter((processor) => processor !== undefined);
  if (cascade.length === 0) throw new Refusal('PROCESSOR_NOT_CONFIGURED');
  return cascade;
}

/** The key, the CVC session or the order was taken while we were looking. */
async function afterConflict(context: PayContext, call: SaleCall, { claim, sale }: Charging): Promise<CardSaleData> {
  const known = await findChargeByKey(context.db, claim);
  if (known !== undefined) return replay(context, call, claim, known);
  if (await isCvcClaimed(context.db, claim)) throw new Refusal('CVC_SESSION_ALREADY_USED');
  if (sale.orderId !== undefined && (await isOrderOpen(context.db, claim.merchantId, sale.orderId))) {
    throw new Refusal('ORDER_IN_DOUBT');
  }
  // Whoever was in the way has just ended: nothing was written, and the same call may succeed now.
  throw new Refusal('OVERLOADED', retryAfter);
}

/** The first call's outcome, as far as it is known now. Another body under its key is refused before anything else. */
async function replay(context: PayContext, call: SaleCall, claim: Claim, known: Charge): Promise<CardSaleData> {
  // A charge that was given up before it arrived has no request to be the same as.
  if (known.state === 'dead' || known.fingerprint !== claim.fingerprint) {
    throw new Refusal('IDEMPOTENCY_KEY_PAYLOAD_MISMATCH');
  }
  const attempt = await findLastAttempt(context.db, known.chargeId);
  if (attempt === undefined || isRunning(attempt)) throw new Refusal('IDEMPOTENCY_KEY_IN_PROGRESS', retryAfter);
  call.reply.header('Idempotent-Replayed', 'true');
  return saleAnswer(known.sale, attempt);
}
