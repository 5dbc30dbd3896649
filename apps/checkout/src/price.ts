// What a session costs with this card and this donor's choice (contract 6.2 and 6.5).
import type { SessionRequest } from '@ozura/contract/checkout/session-request';
import type { Funding } from '@ozura/core/card/funding';
import { formatMoney, type MoneyParse, maxTotalMinor, parseMoney, parsePositiveMoney } from '@ozura/core/money';
import { type Price, price } from '@ozura/core/pricing';
import type { Intake } from '@ozura/core/validation';

/** An amount as it was written; the session knows its currency. */
export type WrittenAmount = string | number;

export const priceOf = (request: SessionRequest, subtotalMinor: bigint, funding: Funding): Price =>
  price({
    currency: request.currency,
    subtotalMinor,
    surchargeHundredths: request.surchargeHundredths ?? 0n,
    funding,
  });

/** The base of the charge: fixed by the merchant, or chosen by a donor within the merchant's limits. */
export function subtotalOf(request: SessionRequest, chosen: WrittenAmount | undefined, intake: Intake): bigint {
  const { checkoutMode, subtotalMinor } = request;
  if (checkoutMode !== 'donation') return subtotalMinor;
  if (chosen === undefined) return failed(intake, 'donationAmount', 'is required');
  const donated = readAmount(parsePositiveMoney(chosen, request.currency), 'donationAmount', intake);
  const problem = donated === undefined ? undefined : donationProblem(request, donated);
  return problem === undefined ? (donated ?? 0n) : failed(intake, 'donationAmount', problem);
}

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
