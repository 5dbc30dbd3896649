// `POST /api/sessions/{sessionId}/pay` (contract 1.4 and 12.2): one click of the customer is one attempt, and one attempt
// is at most one charge, however often the page asks about it.
import type { PayRequest } from '@ozura/contract/checkout/pay-session';
import { getToken } from '@ozura/contract/vault/tokens';
import type { Billing } from '@ozura/core/billing';
import type { Funding } from '@ozura/core/card/funding';
import { Refusal } from '@ozura/core/errors';
import { newChargeId } from '@ozura/core/ids';
import type { Price } from '@ozura/core/pricing';
import { whyNotPayable } from '@ozura/core/session';
import { Intake, refuseFailures } from '@ozura/core/validation';
import type { Call } from '@ozura/kit/http/route';
import type { FastifyReply } from 'fastify';
import { chargeAnswer } from '../../charge-answer.ts';
import type { ChargeOrder } from '../../charge-request.ts';
import type { Charges } from '../../charges.ts';
import { actingFor, type CheckoutContext } from '../../context.ts';
import { readPhone } from '../../phone.ts';
import { expectedTotalOf, quotedPrice, subtotalOf } from '../../price.ts';
import { pricingOf } from '../../session-answer.ts';
import { type Charge, findChargeByAttempt } from '../../store/charges.ts';
import { findSession, type Session } from '../../store/sessions.ts';
import { asked, unavailable } from '../../upstream.ts';

export const paySession =
  (context: CheckoutContext, charges: Charges) =>
  async ({ input, who: session, request, reply }: Call<PayRequest, Session>): Promise<object> => {
    const { db, limits } = context;
    const known = await findChargeByAttempt(db, session.id, input.attemptKey);
    if (known !== undefined) {
      await charges.settle(known);
      return answer(context, session, input, reply);
    }
    const refusal = whyNotPayable(session.state, await db.now());
    if (refusal !== undefined) throw refusal;
    const { billing, ...amounts } = readOf(session, input);
    await limits.count('payPerAddress', request.ip, reply);
    await limits.count('payPerSession', session.id, reply);
    const order = await orderOf(context, session, { ...input, billing }, amounts);
    try {
      await charges.make({ ...order, clientIpAddress: request.ip });
    } catch (error) {
      // The same click may have come twice at once: then both hear of the one charge.
      const twin = await findChargeByAttempt(db, session.id, input.attemptKey);
      if (twin === undefined) throw error;
    }
    return answer(context, session, input, reply);
  };

interface Amounts {
  readonly subtotalMinor: bigint;
  /** What the customer saw. */
  readonly expectedMinor: bigint;
}

/** What depends on the session, or on the country of the address. */
function readOf({ request }: Session, input: PayRequest): Amounts & { readonly billing: Billing } {
  const intake = new Intake();
  const { billing } = input;
  const phone = readPhone(billing.phone, billing.address.country, intake) ?? '';
  const expectedMinor = expectedTotalOf(request, input.expectedTotal, intake);
  const subtotalMinor = subtotalOf(request, input.donationAmount, intake);
  refuseFailures(intake);
  return { subtotalMinor, expectedMinor, billing: { ...billing, phone } };
}

/** Nothing is written and nothing is charged until the token and the price are known to be right. */
async function orderOf(
  context: CheckoutContext,
  session: Session,
  input: PayRequest,
  { subtotalMinor, expectedMinor }: Amounts,
): Promise<Omit<ChargeOrder, 'clientIpAddress'>> {
  const { price, cardKey } = await priceNow(context, session, input, subtotalMinor);
  if (price.totalMinor > expectedMinor) throw priceChanged(price);
  return {
    chargeId: newChargeId(context.random),
    attemptKey: input.attemptKey,
    session,
    token: input.token,
    cardKey,
    cvcSession: input.cvcSession,
    billing: input.billing,
    subtotalMinor,
    totalMinor: price.totalMinor,
  };
}

async function priceNow(
  context: CheckoutContext,
  session: Session,
  input: PayRequest,
  subtotalMinor: bigint,
): Promise<{ readonly price: Price; readonly cardKey: string }> {
  const { funding, cardKey } = await cardOfToken(context, session, input.token);
  const price = await quotedPrice(context, session.request, { subtotalMinor, funding, place: input.billing.address });
  return { price, cardKey };
}

const priceChanged = (price: Price): Refusal => new Refusal('PRICE_CHANGED', { body: { pricing: pricingOf(price) } });

/** A token counts only when the card fields of this very session made it. */
async function cardOfToken(
  { vault }: CheckoutContext,
  session: Session,
  token: string,
): Promise<{ readonly funding: Funding; readonly cardKey: string }> {
  const found = await asked(
    vault.call(getToken, { params: { token }, headers: actingFor(session.request.merchantId) }),
  );
  if (!found.ok) throw found.status === 404 ? new Refusal('TOKEN_NOT_FOUND') : unavailable();
  const { order_id, card, fingerprint } = found.body.data;
  if (order_id !== session.id || card === undefined) {
    throw new Refusal('VALIDATION_FAILED', { message: 'token: does not belong to this session' });
  }
  return { funding: card.funding, cardKey: fingerprint ?? token };
}

async function answer(
  context: CheckoutContext,
  session: Session,
  input: PayRequest,
  reply: FastifyReply,
): Promise<object> {
  // The session first: one that another charge has paid meanwhile must not speak for this one.
  const now = (await findSession(context.db, session.id)) ?? session;
  const charge: Charge | undefined = await findChargeByAttempt(context.db, session.id, input.attemptKey);
  if (charge === undefined) throw new Error('a charge was made and is not there');
  // The price rose between our question and the charge: the customer is asked again, with the price of this moment.
  if (charge.answerCode === 'PRICE_CHANGED') {
    const { price } = await priceNow(context, session, input, readOf(session, input).subtotalMinor);
    throw priceChanged(price);
  }
  const data = chargeAnswer(context, now, charge);
  reply.code(data.status === 'pending' ? 202 : 200);
  return { success: true, data };
}
