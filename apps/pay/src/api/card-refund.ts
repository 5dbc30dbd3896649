// `POST /cardRefund` (contract 8.4).
import type { InputOf } from '@ozura/contract/endpoint';
import type { cardRefund } from '@ozura/contract/pay/card-refund';
import { Refusal } from '@ozura/core/errors';
import { formatMoney, maxTotalMinor, parsePositiveMoney } from '@ozura/core/money';
import { capitals } from '@ozura/core/validation';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../authentication.ts';
import type { PayContext } from '../context.ts';
import { answerRefund } from '../refund-request.ts';
import type { Refund } from '../store/refunds.ts';
import type { Transaction } from '../store/transactions.ts';

type Input = InputOf<typeof cardRefund>;

export async function answerCardRefund(context: PayContext, call: Call<Input, Caller>): Promise<unknown> {
  const { reason } = call.input;
  const refund = await answerRefund(context, call, {
    operation: 'cardRefund',
    reason: reason === '' ? undefined : reason,
    named: call.input,
    amountOf: (sale) => readAmount(call.input, sale),
  });
  return { success: true, data: refundAnswer(refund) };
}

/** The decimals are those of the sale's currency. Whether it is too much is decided with the sale locked. */
function readAmount({ amount, currency }: Pick<Input, 'amount' | 'currency'>, sale: Transaction): bigint | undefined {
  if (currency !== undefined && capitals(currency) !== sale.currency) {
    throw invalid(`currency: must be ${sale.currency}, the currency of the sale`);
  }
  if (amount === undefined) return undefined;
  const parsed = parsePositiveMoney(amount, sale.currency, maxTotalMinor(sale.currency));
  if ('reason' in parsed) throw invalid(`amount: ${parsed.reason}`);
  return parsed.minor;
}

const invalid = (message: string): Refusal => new Refusal('VALIDATION_FAILED', { message });

const refundAnswer = ({ currency, surchargeMinor, ...refund }: Refund) => ({
  transactionId: refund.refundId,
  originalTransactionId: refund.saleId,
  amount: formatMoney(refund.amountMinor, currency),
  currency,
  ...(surchargeMinor === 0n ? {} : { surchargeAmount: formatMoney(surchargeMinor, currency) }),
  transDate: new Date(refund.endedAtMs ?? 0).toISOString(),
  transactionType: refund.means === 'void' ? 'CreditCardVoid' : 'CreditCardReturn',
  status: 'approved',
  remainingAmount: formatMoney(refund.remainingMinor, currency),
});
