// A debit of a bank account (contract 8.6): the same charge and attempt as a card sale, without the checks of a card.
import { type AchSale, achCurrency } from '@ozura/contract/pay/ach-sale-fields';
import type { ChecksPolicy } from '@ozura/core/attempt-checks';
import { Refusal } from '@ozura/core/errors';
import type { Charging } from './attempt.ts';
import type { PayContext } from './context.ts';
import { prepareBankSale } from './prepared-sale.ts';
import { priceCharge } from './price.ts';
import { cascadeOf, type Sold, sellOnce } from './sale.ts';
import type { Claim } from './store/charges.ts';
import type { Merchant } from './store/merchants.ts';

export interface DebitRequest {
  readonly sale: AchSale;
  readonly merchant: Merchant;
  readonly claim: Claim;
  /** On the program's clock. */
  readonly answerByMs: number;
}

/** A bank account has neither a security code nor an address to compare. */
const noChecks: ChecksPolicy = { avsPolicy: 'off', cvvPolicy: 'off' };

export const debitBank = (context: PayContext, request: DebitRequest): Promise<Sold> =>
  sellOnce(context, request.claim, () => prepareDebit(context, request));

/** Everything that can refuse the sale before a row is written. */
async function prepareDebit(
  context: PayContext,
  { sale, merchant, claim, answerByMs }: DebitRequest,
): Promise<Charging> {
  const cascade = cascadeOf(context, merchant, sale.processor).filter(({ debitsBanks }) => debitsBanks);
  if (cascade.length === 0) throw new Refusal('PROCESSOR_NOT_CONFIGURED');
  const account = await context.vault.bankFacts(claim.merchantId, sale.token);
  if (account === undefined) throw new Refusal('TOKEN_NOT_FOUND');
  const price = await priceCharge(context, {
    merchantId: claim.merchantId,
    currency: achCurrency,
    subtotalMinor: sale.subtotalMinor,
    surchargeHundredths: 0n,
    salesTaxExempt: sale.salesTaxExempt,
    funding: 'unknown',
    place: sale.billing.address,
  });
  if (sale.expectedTotalMinor !== undefined && price.totalMinor > sale.expectedTotalMinor) {
    throw new Refusal('PRICE_CHANGED');
  }
  const prepared = prepareBankSale(sale, account, price);
  const { name: descriptor } = merchant;
  return { claim, sale: prepared, totalMinor: price.totalMinor, cascade, checks: noChecks, descriptor, answerByMs };
}
