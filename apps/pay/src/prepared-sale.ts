// A sale after its price is known and before anything is sent: what the ledger keeps of it and every answer repeats.
import type { AchSale } from '@ozura/contract/pay/ach-sale-fields';
import type { CardSaleData } from '@ozura/contract/pay/card-sale';
import type { CardSale, TransactionChannel } from '@ozura/contract/pay/card-sale-fields';
import type { BankAccount } from '@ozura/core/ach';
import type { Billing } from '@ozura/core/billing';
import { parseMoney } from '@ozura/core/money';
import type { PlanCycle } from './plan-opening.ts';
import { type ChargePrice, moneyMembers } from './price.ts';
import type { BankFacts, CardFacts } from './vault.ts';

/** Members of the answer that only the outcome can tell. */
type OutcomeMember =
  | 'transactionId'
  | 'transDate'
  | 'processor'
  | 'processorTransactionId'
  | 'authCode'
  | 'avsResult'
  | 'cvvResult';

/** Members that only a card has. */
type CardMember = 'cardLastFour' | 'cardBin' | 'cardExpMonth' | 'cardExpYear' | 'cardBrand' | 'isCreditCard';

export type KnownCardSale = Omit<CardSaleData, OutcomeMember>;

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
  /** In place of a card. */
  readonly bank?: BankAccount;
  /** The answer, as far as it is known now. */
  readonly known: Omit<KnownCardSale, CardMember> & Partial<Pick<KnownCardSale, CardMember>>;
}

/** Of the card, or of the bank account. */
export const lastFourOf = ({ bank, known }: PreparedSale): string => bank?.accountLastFour ?? known.cardLastFour ?? '';

/** Which of its amount is tax and which is surcharge. */
export const partsOf = ({ known }: PreparedSale) => ({
  taxMinor: minorOf(known.salesTaxAmount, known.currency),
  surchargeMinor: minorOf(known.surchargeAmount, known.currency),
});

function minorOf(amount: string | undefined, currency: string): bigint {
  const parsed = parseMoney(amount ?? '0', currency);
  return 'minor' in parsed ? parsed.minor : 0n;
}

export const prepareSale = (sale: AskedSale, card: CardFacts, price: ChargePrice): PreparedSale => ({
  ...prepared(sale, card, { ...moneyMembers(price), ...cardMembers(card) }),
  ...(card.fingerprint === undefined ? {} : { cardFingerprint: card.fingerprint }),
});

export const prepareBankSale = (sale: AchSale, account: BankFacts, price: ChargePrice): PreparedSale => ({
  ...prepared(sale, account, moneyMembers(price)),
  bank: {
    routingNumber: account.routingNumber,
    accountLastFour: account.lastFour,
    accountType: account.accountType,
    secCode: sale.secCode,
  },
});

type AskedSale = Pick<CardSale, 'token' | 'channel' | 'billing' | 'orderId' | 'merchantId' | 'clientIpAddress'>;
type TokenFacts = Pick<CardFacts, 'orderId' | 'customerId' | 'cartId'>;
type MoneyAndCard = ReturnType<typeof moneyMembers> & Partial<ReturnType<typeof cardMembers>>;

function prepared(sale: AskedSale, token: TokenFacts, members: MoneyAndCard): PreparedSale {
  const orderId = sale.orderId ?? token.orderId;
  const order = orderId === undefined ? {} : { orderId };
  return {
    token: sale.token,
    channel: sale.channel,
    billing: sale.billing,
    ...order,
    ...(token.customerId === undefined ? {} : { customerId: token.customerId }),
    ...(token.cartId === undefined ? {} : { cartId: token.cartId }),
    known: {
      ...members,
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
