// Requests to the sandbox processor: JSON, amounts in minor units.

import type { BankAccount } from '@ozura/core/ach';
import { placeholder, withoutPlaceholders } from '../placeholders.ts';
import type { AccountDay, ProcessorRequest, Referred, RefundInput, SaleInput, VoidInput } from '../port.ts';

export interface SandboxAddress {
  readonly url: string;
  /** Nothing listens there: where the sale of one test card goes. */
  readonly unreachableUrl: string;
}

/** `3528000700000000` of contract 14.5. */
const isUnreachable = ({ bin, lastFour }: SaleInput): boolean => bin === '352800' && lastFour === '0000';

export const saleRequest = ({ url, unreachableUrl }: SandboxAddress, input: SaleInput): ProcessorRequest => ({
  method: 'POST',
  url: `${isUnreachable(input) ? unreachableUrl : url}/sales`,
  body: {
    reference: input.reference,
    merchant: input.account,
    amount: Number(input.amountMinor),
    currency: input.currency,
    ...(input.orderId === undefined ? {} : { orderId: withoutPlaceholders(input.orderId) }),
    ...(input.bank === undefined ? { card: cardOf(input) } : { bank: bankOf(input.bank) }),
    billing: {
      firstName: withoutPlaceholders(input.billing.firstName),
      lastName: withoutPlaceholders(input.billing.lastName),
      line1: withoutPlaceholders(input.billing.address.line1),
      zip: withoutPlaceholders(input.billing.address.zip),
      country: input.billing.address.country,
    },
    channel: input.channel,
    initiator: input.initiator,
    ...(input.networkReference === undefined ? {} : { networkReference: input.networkReference }),
  },
});

const cardOf = ({ hasSecurityCode }: SaleInput) => ({
  number: placeholder('cardNumber'),
  expMonth: placeholder('expirationMonth'),
  expYear: placeholder('expirationYear'),
  ...(hasSecurityCode ? { cvc: placeholder('cvc') } : {}),
});

const bankOf = ({ accountType, secCode }: BankAccount) => ({
  accountNumber: placeholder('accountNumber'),
  routingNumber: placeholder('routingNumber'),
  accountType,
  secCode,
});

export const refundRequest = ({ url }: SandboxAddress, input: RefundInput): ProcessorRequest => ({
  method: 'POST',
  url: `${url}/refunds`,
  body: {
    reference: input.reference,
    merchant: input.account,
    transactionId: input.saleTransactionId,
    amount: Number(input.amountMinor),
    currency: input.currency,
  },
});

export const voidRequest = ({ url }: SandboxAddress, input: VoidInput): ProcessorRequest => ({
  method: 'POST',
  url: `${url}/voids`,
  body: { merchant: input.account, ...namesOf(input) },
});

const namesOf = ({ reference, processorTransactionId, voidReference }: VoidInput) =>
  voidReference === undefined ? { reference } : { reference: voidReference, transactionId: processorTransactionId };

export const inquiryRequest = ({ url }: SandboxAddress, { reference, account }: Referred): ProcessorRequest => ({
  method: 'GET',
  url: `${url}/transactions?${new URLSearchParams({ reference, merchant: account })}`,
});

export const listRequest = ({ url }: SandboxAddress, { account, day }: AccountDay): ProcessorRequest => ({
  method: 'GET',
  url: `${url}/transactions?date=${day}&merchant=${encodeURIComponent(account)}`,
});
