// `POST /cardVoid` (contract 8.4).
import type { InputOf } from '@ozura/contract/endpoint';
import type { cardVoid } from '@ozura/contract/pay/card-void';
import { formatMoney } from '@ozura/core/money';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../authentication.ts';
import type { PayContext } from '../context.ts';
import { answerRefund } from '../refund-request.ts';
import type { Refund } from '../store/refunds.ts';

type Input = InputOf<typeof cardVoid>;

export async function answerCardVoid(context: PayContext, call: Call<Input, Caller>): Promise<unknown> {
  const refund = await answerRefund(context, call, {
    operation: 'cardVoid',
    reason: undefined,
    named: call.input,
    amountOf: () => undefined,
  });
  return { success: true, data: voidAnswer(refund) };
}

const voidAnswer = ({ refundId, saleId, amountMinor, currency, endedAtMs }: Refund) => ({
  transactionId: refundId,
  originalTransactionId: saleId,
  amount: formatMoney(amountMinor, currency),
  currency,
  transDate: new Date(endedAtMs ?? 0).toISOString(),
  transactionType: 'CreditCardVoid',
});
