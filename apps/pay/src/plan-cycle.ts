// One cycle of a plan (contract 8.7): the steps of any charge, begun by the merchant, without a security code and with
// the network's name for the first charge.
import { newChargeId } from '@ozura/core/ids';
import { type Due, onDeclined, onDue } from '@ozura/core/plan';
import { type Charging, reserveCharge, runCharge } from './attempt.ts';
import type { PayContext } from './context.ts';
import { PlanMovedMeanwhile, writePlan } from './plan-ledger.ts';
import { prepareSale } from './prepared-sale.ts';
import { priceCharge } from './price.ts';
import { answerWithinMs, cascadeOf } from './sale.ts';
import { findLastAttempt } from './store/attempts.ts';
import { type Claim, findCycleCharge, type OpenCharge } from './store/charges.ts';
import { findMerchant } from './store/merchants.ts';
import { findPlan, type StoredPlan } from './store/plans.ts';
import type { CardFacts } from './vault.ts';

type DueCharge = Extract<Due, { kind: 'charge' }>;

/** Does what is due on a plan now. Whoever moves it meanwhile has the last word; then nothing is done. */
export async function advancePlan(context: PayContext, planId: string): Promise<void> {
  const before = await findPlan(context.db, planId);
  if (before === undefined) return;
  const due = onDue(before.plan, await context.db.now());
  try {
    if (due.kind === 'move') {
      await context.db.transact(async (tx) =>
        writePlan(context, tx, { before, move: due.move, cause: { nowMs: await tx.now() } }),
      );
    }
    if (due.kind === 'charge') await chargeCycle(context, before, due);
  } catch (error) {
    if (!(error instanceof PlanMovedMeanwhile)) throw error;
  }
}

async function chargeCycle(context: PayContext, before: StoredPlan, due: DueCharge): Promise<void> {
  const card = await context.vault.cardFacts(before.merchantId, before.sale.token);
  if (card === undefined) return giveUp(context, before, due);
  const known = await findCycleCharge(context.db, before.planId, due.cycle);
  const charging =
    known === undefined ? await newCycle(context, { before, due, card }) : await nextTry(context, before, known);
  const attempt = await reserveCharge(context, charging, async (tx) =>
    writePlan(context, tx, { before, move: { plan: due.plan, events: [] }, cause: { nowMs: await tx.now() } }),
  );
  if (attempt === undefined) throw new Error(`cycle ${due.cycle} of ${before.planId} is charged already`);
  await runCharge(context, charging, attempt);
}

interface NewCycle {
  readonly before: StoredPlan;
  readonly due: DueCharge;
  readonly card: CardFacts;
}

async function newCycle(context: PayContext, { before, due, card }: NewCycle): Promise<Charging> {
  const { planId, merchantId, plan, sale: first, networkReference } = before;
  const { terms } = plan;
  const price = await priceCharge(context, {
    ...terms,
    merchantId,
    subtotalMinor: due.subtotalMinor,
    funding: card.funding,
    place: first.billing.address,
  });
  const cycle = { planId, cycle: due.cycle, ...(networkReference === undefined ? {} : { networkReference }) };
  const { token, channel, billing } = first;
  // An order is paid once, by the first charge.
  const { orderId: _first, ...laterCard } = card;
  const claim: Claim = {
    chargeId: newChargeId(context.random),
    merchantId,
    idempotencyKey: `cycle\t${planId}\t${due.cycle}`,
    fingerprint: '',
    cvcHash: undefined,
  };
  const sale = { ...prepareSale({ merchantId, token, channel, billing }, laterCard, price), plan: cycle };
  return { ...(await common(context, before)), claim, sale, totalMinor: price.totalMinor };
}

/** A cycle is priced once, however often it is tried. */
async function nextTry(context: PayContext, before: StoredPlan, known: OpenCharge): Promise<Charging> {
  const last = await findLastAttempt(context.db, known.chargeId);
  if (last === undefined) throw new Error(`charge ${known.chargeId} was never tried`);
  const claim: Claim = { ...known, idempotencyKey: '', cvcHash: undefined };
  return {
    ...(await common(context, before)),
    claim,
    sale: known.sale,
    totalMinor: last.amountMinor,
    triesBefore: last.ordinal + 1,
  };
}

/** Nobody is there to be asked for another address or a security code. */
const checks = { avsPolicy: 'off', cvvPolicy: 'off' };

async function common(context: PayContext, { merchantId, opening }: StoredPlan) {
  const merchant = await findMerchant(context.db, merchantId);
  if (merchant === undefined) throw new Error(`no merchant ${merchantId}`);
  const cascade = cascadeOf(context, merchant, opening.processor);
  return { cascade, checks, descriptor: merchant.name, answerByMs: context.now() + answerWithinMs };
}

/** Without its card a plan cannot go on. */
async function giveUp(context: PayContext, before: StoredPlan, due: DueCharge): Promise<void> {
  context.log.warn({ planId: before.planId }, 'the card of a plan is gone');
  await context.db.transact(async (tx) => {
    const nowMs = await tx.now();
    await writePlan(context, tx, { before, move: onDeclined(due.plan, 'never', nowMs), cause: { nowMs } });
  });
}
