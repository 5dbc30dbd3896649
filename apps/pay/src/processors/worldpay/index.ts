// Worldpay by the Payments API of Access Worldpay (contract 9.6).
import type { Outcome } from '@ozura/core/attempt-outcome';
import { isObject } from '@ozura/core/validation';
import type { Access, Processor, ProcessorAnswer, RefundInput, Step } from '../port.ts';
import { isPaymentLink } from './links.ts';
import { inquireRefund, inquireSale, listSteps, readCheck } from './query.ts';
import {
  type Account,
  paymentQuery,
  recoveredRefundRequest,
  referenceQuery,
  refundRequest,
  saleRequest,
  unsendable,
} from './request.ts';
import { readRefund, readSale } from './response.ts';
import { refundLink, voidSteps } from './void.ts';

/** "It can take up to 15 minutes for a payment event to update" ("Query a payment"), and a margin. */
const graceMs = 20 * 60 * 1000;

export function openWorldpay(url: string): Processor {
  const accountOf = ({ credentials }: Access): Account => ({ url: url.replace(/\/+$/, ''), credentials });
  return {
    name: 'worldpay',
    // Class 2. The test environment refuses a reference that was there before; of the live one nothing is said. What its
    // queries do not know has no link by which it could be undone.
    evidence: { class: 2, voidByReference: false, graceMs },
    sale: (input, [answer], access) => {
      const reason = unsendable(input);
      if (reason !== undefined) return { done: { kind: 'refused', cause: 'unavailable', reason } };
      const account = accountOf(access);
      return answer === undefined ? { send: saleRequest(account, input) } : { done: readSale(account, input, answer) };
    },
    refund: (input, answers, access) => refundSteps(accountOf(access), input, answers),
    void: (input, answers, access) => voidSteps(accountOf(access), input, answers),
    inquire: (input, answers, access) => {
      const { saleTransactionId } = input;
      const account = accountOf(access);
      return saleTransactionId === undefined
        ? inquireSale(account, input, answers)
        : inquireRefund(account, { ...input, saleTransactionId }, answers);
    },
    // About a reference that no payment has.
    check: (_about, [answer], access) =>
      answer === undefined ? { send: referenceQuery(accountOf(access), 'OZURA-CHECK') } : { done: readCheck(answer) },
    list: (about, answers, access) => listSteps(accountOf(access), about, answers),
  };
}

/** By the link that came with the sale; a sale that was found by asking has its links asked for. */
function refundSteps(account: Account, input: RefundInput, answers: readonly ProcessorAnswer[]): Step<Outcome> {
  const { saleLink, saleTransactionId } = input;
  const [first, second] = answers;
  if (saleLink !== undefined && isPaymentLink(saleLink)) {
    return first === undefined ? { send: refundRequest(account, saleLink, input) } : { done: readRefund(input, first) };
  }
  if (first === undefined) return { send: paymentQuery(account, saleTransactionId) };
  if (second !== undefined) return { done: readRefund(input, second) };
  const isIt = first.status === 200 && isObject(first.body) && first.body.paymentId === saleTransactionId;
  const path = isIt ? refundLink(account, first.body) : undefined;
  return path === undefined
    ? { done: { kind: 'refused', cause: 'unavailable', reason: 'no link by which it could be given back' } }
    : { send: recoveredRefundRequest(account, path, input) };
}
