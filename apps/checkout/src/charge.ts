// The steps of a charge on Checkout's side (contract 12.2). C1 reserves the session for it; then Pay is asked to charge,
// with no transaction open; C2 records what that proved. A crash in between leaves an open charge, which a job settles.

import { NoAnswer } from '@ozura/contract/client';
import { abandonCharge, type ChargeData, getCharge } from '@ozura/contract/pay/charges';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import { parseMoney } from '@ozura/core/money';
import { attemptsLeft, enterReview, recordOutcome, reserveCharge, type SessionState } from '@ozura/core/session';
import { nextCheckAtMs } from '@ozura/core/session-checks';
import {
  type ChargeOutcome,
  declinesToldMax,
  guessingWindowMs,
  outcomeOfCharge,
  outcomeOfSale,
  toldCode,
} from '@ozura/core/session-outcome';
import { raiseAlarm } from '@ozura/kit/alarm';
import { hashKey } from '@ozura/kit/auth';
import type { Handle } from '@ozura/kit/db/handle';
import { currentTrace } from '@ozura/kit/trace';
import { type ChargeOrder, requestCharge } from './charge-request.ts';
import { actingFor, type CheckoutContext, rulesOf } from './context.ts';
import { applyMove, moving, Overtaken } from './moves.ts';
import type { PaidSale } from './paid-sale.ts';
import { reserveLinkSlot, settleLinkSlot } from './payment-links.ts';
import { type Charge, countDeclines, endCharge, findCharge, insertCharge } from './store/charges.ts';
import { findSession, type Session } from './store/sessions.ts';

/** What is proven about a charge. An approval comes with its sale. */
export type ChargeResult =
  | { readonly outcome: ChargeOutcome & { readonly kind: 'approved' }; readonly sale: PaidSale }
  | { readonly outcome: Exclude<ChargeOutcome, { kind: 'approved' }> };

const askTimeoutMs = 5_000;

/** C1. Refuses when the session is not open any more, belongs to another charge, or comes from a link without a free slot. */
export const reserve = (context: CheckoutContext, order: ChargeOrder): Promise<void> =>
  moving(context, async (tx, nowMs) => {
    const session = (await findSession(tx, order.session.id)) ?? order.session;
    const state = reserveCharge(session.state, order.chargeId, nowMs, rulesOf(context));
    if (state instanceof Refusal) throw state;
    await applyMove(context, tx, session, { state });
    const written = await insertCharge(tx, {
      id: order.chargeId,
      sessionId: session.id,
      merchantId: session.request.merchantId,
      attemptKey: order.attemptKey,
      totalMinor: order.totalMinor,
      createdAtMs: nowMs,
      nextCheckAtMs: nextCheckAtMs(nowMs, 0),
      traceId: currentTrace()?.traceId,
      ...triedBy(context, order),
    });
    if (written === 0) throw new Refusal('PAYMENT_IN_PROGRESS');
    // Last: all sessions of a link queue for its one row.
    await reserveLinkSlot(tx, session);
  });

/** Whose guesses are counted together, as keyed hashes. A card counts at one merchant, an address at all of them. */
function triedBy({ config: { pepper } }: CheckoutContext, { session, clientIpAddress, cardKey }: ChargeOrder) {
  const addressHash = hashKey(pepper, `address\n${clientIpAddress}`);
  return { addressHash, cardHash: hashKey(pepper, `card\n${session.request.merchantId}\n${cardKey}`) };
}

/** Asks Pay to charge, once. `undefined`: what happened is not known. */
export async function send(context: CheckoutContext, order: ChargeOrder): Promise<ChargeResult | undefined> {
  const { pay, log } = context;
  const { merchantId } = order.session.request;
  try {
    const answer = await requestCharge(pay, order);
    if (answer.ok) return { outcome: { kind: 'approved' }, sale: answer.sale };
    // Said of a refusal and of a booking that was undone alike; only the charge itself tells them apart.
    if (answer.body.errorCode === 'PROCESSOR_UNAVAILABLE') {
      return ask(context, { id: order.chargeId, merchantId }, false);
    }
    const outcome = outcomeOfSale(answer.status, answer.body.errorCode);
    const isWritten = answer.body.attemptId !== undefined;
    if (outcome?.kind === 'not-sent' && !isWritten) return await giveUp(context, order, outcome);
    return proven(outcome, undefined);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    log.warn({ chargeId: order.chargeId, err: error }, 'Pay did not answer');
    // No byte left, so nobody was charged, and the customer may simply try again.
    return error.sent === 'no' ? { outcome: { kind: 'not-sent', errorCode: 'OVERLOADED' } } : undefined;
  }
}

/** Pay refused before it wrote anything: another copy of the request, still on its way, must not charge later. */
async function giveUp(
  context: CheckoutContext,
  { chargeId: id, session }: ChargeOrder,
  outcome: ChargeOutcome & { readonly kind: 'not-sent' },
): Promise<ChargeResult | undefined> {
  const told = await ask(context, { id, merchantId: session.request.merchantId }, true);
  return told?.outcome.kind === 'not-sent' ? { outcome } : told;
}

/** Asks Pay what became of a charge. Giving it up proves that a request still on its way will be refused. */
export async function ask(
  context: CheckoutContext,
  charge: Pick<Charge, 'id' | 'merchantId'>,
  mayAbandon: boolean,
): Promise<ChargeResult | undefined> {
  const options = { params: { chargeId: charge.id }, headers: actingFor(charge.merchantId), timeoutMs: askTimeoutMs };
  try {
    let answer = await context.pay.call(getCharge, options);
    if (!answer.ok && answer.status === 404 && mayAbandon) {
      answer = await context.pay.call(abandonCharge, { ...options, body: {} });
    }
    return answer.ok ? resultOf(answer.body.data) : undefined;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return undefined;
  }
}

/** C2. Whoever comes first records; the others find it done. */
export const record = (context: CheckoutContext, chargeId: string, result: ChargeResult): Promise<void> =>
  moving(context, async (tx, nowMs) => {
    const charge = await findCharge(tx, chargeId);
    if (charge === undefined || charge.outcome !== 'open') return;
    const session = await findSession(tx, charge.sessionId);
    const state = session?.state;
    // An open charge whose session does not wait for it: somebody has recorded it between the two looks.
    if (session === undefined || state?.status !== 'pending' || state.paymentState === null) throw new Overtaken();
    if (state.chargeId !== chargeId) throw new Overtaken();
    if ('sale' in result && !fits(result.sale, charge, session)) {
      raiseAlarm(context, { chargeId }, 'Pay approved another amount than was asked for');
      return;
    }
    const { outcome } = result;
    const next = recordOutcome(state, outcome, nowMs, rulesOf(context));
    const ended = await endCharge(tx, chargeId, {
      outcome: outcome.kind,
      answerCode:
        outcome.kind === 'approved'
          ? undefined
          : await toldOf(context, tx, charge, { code: answerCode(outcome, next), nowMs }),
      attemptsLeft: next.status === 'pending' ? attemptsLeft(next.failedAttempts, rulesOf(context)) : 0,
      endedAtMs: nowMs,
    });
    if (ended === 0) throw new Overtaken();
    await applyMove(context, tx, session, { state: next, ...('sale' in result ? { payment: result.sale } : {}) });
    await settleLinkSlot(context, tx, session, { kind: outcome.kind, atMs: nowMs });
  });

async function toldOf(
  { config }: CheckoutContext,
  tx: Handle,
  charge: Charge,
  { code, nowMs }: { readonly code: ErrorCode; readonly nowMs: number },
): Promise<ErrorCode> {
  const before = await countDeclines(tx, charge, nowMs - guessingWindowMs);
  return toldCode(code, before, config.declinesToldMax ?? declinesToldMax);
}

/** A debit card may lower the total that the customer saw; nothing may raise it, or change its currency. */
function fits(sale: PaidSale, { totalMinor }: Charge, { request }: Session): boolean {
  if (sale.currency !== request.currency || sale.ozuraMerchantId !== request.merchantId) return false;
  const parsed = parseMoney(sale.amount, sale.currency, totalMinor);
  return 'minor' in parsed;
}

/** Sixty seconds without an outcome: the customer is sent away, and nobody pays meanwhile. */
export const review = (context: CheckoutContext, charge: Charge): Promise<void> =>
  moving(context, async (tx) => {
    const session = await findSession(tx, charge.sessionId);
    const state = session?.state;
    if (session === undefined || state?.status !== 'pending' || state.paymentState === null) return;
    if (state.chargeId === charge.id) await applyMove(context, tx, session, { state: enterReview(state) });
  });

/** A session that failed says why; else the customer hears what happened to the card. */
const answerCode = (outcome: ChargeOutcome & { readonly errorCode: ErrorCode }, next: SessionState): ErrorCode =>
  next.status === 'failed' && next.errorCode !== undefined ? next.errorCode : outcome.errorCode;

const resultOf = ({ state, failure, transaction, planId }: ChargeData): ChargeResult | undefined =>
  proven(outcomeOfCharge(state, failure?.errorCode), transaction && { ...transaction, ...(planId && { planId }) });

function proven(outcome: ChargeOutcome | undefined, sale: PaidSale | undefined): ChargeResult | undefined {
  if (outcome?.kind !== 'approved') return outcome && { outcome };
  return sale && { outcome, sale };
}
