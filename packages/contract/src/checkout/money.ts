// Amounts inside a request. Their currency is read first; it may itself have failed.
import { formatMoney, type MoneyParse } from '@ozura/core/money';
import { accepting, type Intake, type Reader } from '@ozura/core/validation';

type Parse = (value: unknown, currency: string) => MoneyParse;

/** With a currency that could not be read only those failures are reported that any currency would have. */
export function money(parse: Parse, currency: string | undefined): Reader<bigint> {
  const read: Reader<bigint> = (value, path, intake) => {
    const parsed = parse(value, currency ?? 'USD');
    if ('minor' in parsed) return parsed.minor;
    if (currency !== undefined || isAlways(parse, value, parsed.reason)) intake.fail(path, parsed.reason);
    return undefined;
  };
  return accepting(read, MONEY);
}

const NOT_MONEY = 'must be a decimal number such as "25.00"';
const MONEY = { schema: { type: ['string', 'number'], description: NOT_MONEY } } as const;

/** A reason that names the currency is another one in another currency. */
function isAlways(parse: Parse, value: unknown, reason: string): boolean {
  const other = parse(value, 'KWD');
  return 'reason' in other && other.reason === reason;
}

export interface MoneyRange {
  readonly minMinor: bigint;
  readonly maxMinor: bigint;
}

export function failOutside(range: MoneyRange, currency: string, at: { path: string; intake: Intake }): undefined {
  const [min, max] = [formatMoney(range.minMinor, currency), formatMoney(range.maxMinor, currency)];
  return at.intake.fail(at.path, `must be between ${min} and ${max}`);
}

export const isWithin = ({ minMinor, maxMinor }: MoneyRange, minor: bigint): boolean =>
  minor >= minMinor && minor <= maxMinor;
