// What Pay is asked to charge: a sale, or a plan whose first charge is made at once (contract 6.1 and 6.3).
import type { Client, FailureBody } from '@ozura/contract/client';
import { cardSale } from '@ozura/contract/pay/card-sale';
import { createPlan } from '@ozura/contract/pay/plans';
import type { Billing } from '@ozura/core/billing';
import { formatMoney } from '@ozura/core/money';
import type { Secret } from '@ozura/core/secret';
import { formatSurchargePercent } from '@ozura/core/surcharge';
import { actingFor } from './context.ts';
import type { PaidSale } from './paid-sale.ts';
import { isTaxExempt } from './price.ts';
import type { Session } from './store/sessions.ts';

/** Everything that Pay needs to know. */
export interface ChargeOrder {
  readonly chargeId: string;
  readonly attemptKey: string;
  readonly session: Session;
  readonly token: string;
  /** Stands for the card, whichever token it has. */
  readonly cardKey: string;
  readonly cvcSession: Secret<string>;
  readonly billing: Billing;
  readonly subtotalMinor: bigint;
  readonly totalMinor: bigint;
  readonly clientIpAddress: string;
}

type ChargeAnswer =
  | { readonly ok: true; readonly sale: PaidSale }
  | { readonly ok: false; readonly status: number; readonly body: FailureBody };

/** Pay answers within 28 s. */
const chargeTimeoutMs = 30_000;

/** Asks once. The charge's id is the key under which it counts, of a plan as of a sale. */
export async function requestCharge(pay: Client, order: ChargeOrder): Promise<ChargeAnswer> {
  const { request } = order.session;
  const headers = { ...actingFor(request.merchantId), 'idempotency-key': order.chargeId };
  const options = { headers, timeoutMs: chargeTimeoutMs };
  if (request.recurringConfig === undefined) {
    const answer = await pay.call(cardSale, { ...options, body: saleOf(order) });
    return answer.ok ? { ok: true, sale: answer.body.data } : answer;
  }
  const answer = await pay.call(createPlan, { ...options, body: planOf(order) });
  if (!answer.ok) return answer;
  const { planId, firstTransaction } = answer.body.data;
  return { ok: true, sale: { ...firstTransaction, planId } };
}

function saleOf(order: ChargeOrder): object {
  const { request } = order.session;
  return {
    ...common(order),
    amount: formatMoney(order.subtotalMinor, request.currency),
    ozuraCardToken: order.token,
    transactionChannel: request.transactionChannel,
  };
}

/** The start date is for the customer to read: billing starts now. */
function planOf(order: ChargeOrder): object {
  const { amountMinor, currency, recurringConfig } = order.session.request;
  const {
    startDate: _startDate,
    setupFeeMinor,
    initialAmountMinor,
    surchargeHundredths: _same,
    ...plan
  } = recurringConfig ?? {};
  const money = (minor: bigint | undefined): string | undefined =>
    minor === undefined ? undefined : formatMoney(minor, currency);
  return {
    ...common(order),
    ...plan,
    amount: money(amountMinor),
    setupFee: money(setupFeeMinor),
    initialAmount: money(initialAmountMinor),
    ozuraVaultToken: order.token,
  };
}

function common({ session, billing, ...order }: ChargeOrder): object {
  const { request } = session;
  const { address } = billing;
  return {
    merchantId: request.merchantId,
    currency: request.currency,
    ozuraCvcSession: order.cvcSession.open(),
    billingFirstName: billing.firstName,
    billingLastName: billing.lastName,
    billingEmail: billing.email,
    billingPhone: billing.phone,
    billingAddress1: address.line1,
    billingAddress2: address.line2,
    billingCity: address.city,
    billingState: address.state,
    billingZipcode: address.zip,
    billingCountry: address.country,
    clientIpAddress: order.clientIpAddress,
    surchargePercent: formatSurchargePercent(request.surchargeHundredths ?? 0n),
    salesTaxExempt: isTaxExempt(request),
    orderId: session.id,
    expectedTotal: formatMoney(order.totalMinor, request.currency),
  };
}
