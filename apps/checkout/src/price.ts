// What a session costs with this card, this address and this donor's choice (contract 6.2 to 6.5). Pay computes it, as it
// computes the charge.
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import { quoteCharge } from '@ozura/contract/pay/quotes';
import type { Place } from '@ozura/core/billing';
import type { Funding } from '@ozura/core/card/funding';
import { Refusal } from '@ozura/core/errors';
import { formatMoney, type MoneyParse, maxTotalMinor, parseMoney, parsePositiveMoney } from '@ozura/core/money';
import { type Price, price } from '@ozura/core/pricing';
import { formatSurchargePercent } from '@ozura/core/surcharge';
import type { Intake } from '@ozura/core/validation';
import { actingFor, type CheckoutContext } from './context.ts';
import { paidPriceOf } from './paid-sale.ts';
import { asked, unavailable } from './upstream.ts';

/** An amount as it was written; the session knows its currency. */
export type WrittenAmount = string | number;

/** For a page that is being opened: as for a credit card, before an address is known. */
export const openingPrice = ({ currency, surchargeHundredths = 0n }: SessionRequest, subtotalMinor: bigint): Price =>
  price({ currency, subtotalMinor, surchargeHundredths, funding: 'credit' });

export interface QuotedPrice extends Price {
  /** What the rules of the billing address leave of the percentage, such as `2.50`. */
  readonly surchargePercent: string;
}

/** Longer than Pay waits for a tax provider. */
const quoteTimeoutMs = 5_000;

/** As it would be charged now. Throws `TAX_UNAVAILABLE` when the tax is not known. */
export async function quotedPrice(
  { pay }: CheckoutContext,
  request: SessionRequest,
  by: { readonly subtotalMinor: bigint; readonly funding: Funding; readonly place: Place },
): Promise<QuotedPrice> {
  const answer = await asked(
    pay.call(quoteCharge, {
      headers: actingFor(request.merchantId),
      timeoutMs: quoteTimeoutMs,
      body: {
        amount: formatMoney(by.subtotalMinor, request.currency),
        currency: request.currency,
        surchargePercent: formatSurchargePercent(request.surchargeHundredths ?? 0n),
        salesTaxExempt: isTaxExempt(request),
        funding: by.funding,
        billing: by.place,
      },
    }),
  );
  if (answer.ok) return { ...paidPriceOf(answer.body.data), surchargePercent: answer.body.data.surchargePercent };
  throw answer.body.errorCode === 'TAX_UNAVAILABLE' ? new Refusal('TAX_UNAVAILABLE') : unavailable();
}

/** Donations carry no sales tax (contract 6.2). */
export const isTaxExempt = ({ taxExempt, checkoutMode }: SessionRequest): boolean =>
  taxExempt || checkoutMode === 'donation';

/** The base of the charge: fixed by the merchant, or chosen by a donor within the merchant's limits. */
export function subtotalOf(request: SessionRequest, chosen: WrittenAmount | undefined, intake: Intake): bigint {
  const { checkoutMode, subtotalMinor } = request;
  if (checkoutMode !== 'donation') return subtotalMinor;
  if (chosen === undefined) return failed(intake, 'donationAmount', 'is required');
  const donated = readAmount(parsePositiveMoney(chosen, request.currency), 'donationAmount', intake);
  const problem = donated === undefined ? undefined : donationProblem(request, donated);
  return problem === undefined ? (donated ?? 0n) : failed(intake, 'donationAmount', problem);
}

/** Of a body with other faults: what is wrong with its amounts. One that is no amount at all has been told already. */
export function noteAmountFaults(
  request: SessionRequest,
  { expectedTotal, donationAmount }: Readonly<Record<string, unknown>>,
  intake: Intake,
): void {
  if (isWritten(expectedTotal)) expectedTotalOf(request, expectedTotal, intake);
  if (donationAmount == null) subtotalOf(request, undefined, intake);
  else if (isWritten(donationAmount)) subtotalOf(request, donationAmount, intake);
}

const isWritten = (value: unknown): value is WrittenAmount => typeof value === 'string' || typeof value === 'number';

/** What the customer saw. */
export const expectedTotalOf = (request: SessionRequest, seen: WrittenAmount, intake: Intake): bigint =>
  readAmount(parseMoney(seen, request.currency, maxTotalMinor(request.currency)), 'expectedTotal', intake) ?? 0n;

function donationProblem({ donationConfig, currency }: SessionRequest, donatedMinor: bigint): string | undefined {
  if (donationConfig === undefined) return undefined;
  const { presetsMinor, allowCustomAmount, minAmountMinor: min, maxAmountMinor: max } = donationConfig;
  if (donatedMinor < min || donatedMinor > max) {
    return `must be between ${formatMoney(min, currency)} and ${formatMoney(max, currency)}`;
  }
  const isOffered = allowCustomAmount || presetsMinor.includes(donatedMinor);
  return isOffered ? undefined : 'must be one of the offered amounts';
}

function readAmount(parsed: MoneyParse, path: string, intake: Intake): bigint | undefined {
  return 'minor' in parsed ? parsed.minor : intake.fail(path, parsed.reason);
}

/** Stands in for an amount; nobody sees it, because the failures are thrown first. */
function failed(intake: Intake, path: string, reason: string): bigint {
  intake.fail(path, reason);
  return 0n;
}
