// A sale after its price is known and before anything is sent: what the ledger keeps of it and every answer repeats.
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { CardSale, TransactionChannel } from '@ozura/contract/pay/card-sale-fields';
import type { Billing } from '@ozura/core/billing';
import type { PlanCycle } from './plan-opening.ts';
import { type ChargePrice, moneyMembers } from './price.ts';
import type { CardFacts } from './vault.ts';

/** Members of the answer that only the outcome can tell. */
type OutcomeMember =
  | 'transactionId'
  | 'transDate'
  | 'processor'
  | 'processorTransactionId'
  | 'authCode'
  | 'avsResult'
  | 'cvvResult';

export interface PreparedSale {
  readonly token: string;
  /** The Vault's fingerprint of the card, under a key of this merchant; absent: the token stands for it. */
  readonly cardFingerprint?: string;
  readonly channel: TransactionChannel;
  readonly billing: Billing;
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cartId?: string;
  /** The cycle of a plan that it is. */
  readonly plan?: PlanCycle;
  /** The answer, as far as it is known now. */
  readonly known: Omit<CardSaleData, OutcomeMember>;
}

type Asked = Pick<CardSale, 'merchantId' | 'token' | 'channel' | 'billing' | 'orderId' | 'clientIpAddress'>;

export function prepareSale(sale: Asked, card: CardFacts, price: ChargePrice): PreparedSale {
  const orderId = sale.orderId ?? card.orderId;
  const order = orderId === undefined ? {} : { orderId };
  return {
    token: sale.token,
    ...(card.fingerprint === undefined ? {} : { cardFingerprint: card.fingerprint }),
    channel: sale.channel,
    billing: sale.billing,
    ...order,
    ...(card.customerId === undefined ? {} : { customerId: card.customerId }),
    ...(card.cartId === undefined ? {} : { cartId: card.cartId }),
    known: {
      ...moneyMembers(price),
      ...cardMembers(card),
      ozuraMerchantId: sale.merchantId,
      ...(sale.clientIpAddress === undefined ? {} : { clientIpAddress: sale.clientIpAddress }),
      ...billingMembers(sale.billing),
      ...order,
    },
  };
}

const cardMembers = (card: CardFacts) => ({
  cardLastFour: card.lastFour,
  cardBin: card.bin,
  cardExpMonth: card.expMonth,
  cardExpYear: card.expYear.slice(-2),
  cardBrand: card.brand,
  ...(card.funding === 'unknown' ? {} : { isCreditCard: card.funding === 'credit' }),
});

const billingMembers = ({ firstName, lastName, email, phone, address }: Billing) => ({
  billingFirstName: firstName,
  billingLastName: lastName,
  billingEmail: email,
  billingPhone: phone,
  billingAddress1: address.line1,
  ...(address.line2 === undefined ? {} : { billingAddress2: address.line2 }),
  billingCity: address.city,
  billingState: address.state,
  billingZipcode: address.zip,
  billingCountry: address.country,
});
