// Amounts: integer minor units inside, decimal text at the edges (contract 0.6). No float takes part in a calculation.
import { exponentOf } from './currencies.ts';

const GRAMMAR = /^[0-9]{1,12}(\.[0-9]{1,6})?$/;

/** Whether a text is an amount of some currency. */
export const isMoneyText = (text: string): boolean => GRAMMAR.test(text);

export type MoneyParse = { readonly minor: bigint } | { readonly reason: string };

/** Largest single amount of a currency, in minor units: 99,999,999, or 999,999,999 with three decimals. */
export const maxMinor = (currency: string): bigint => (exponentOf(currency) === 3 ? 999_999_999n : 99_999_999n);

/** The most a total can come to: subtotal, tax and tip at their largest, and the surcharge. */
export const maxTotalMinor = (currency: string): bigint => 4n * maxMinor(currency);

/** A decimal string or a JSON number, zero or more, at most the currency's maximum. */
export function parseMoney(value: unknown, currency: string, max: bigint = maxMinor(currency)): MoneyParse {
  const text = decimalText(value);
  if (text === undefined) return { reason: 'must be a decimal number such as "25.00"' };
  const exponent = exponentOf(currency);
  const [whole = '', decimals = ''] = text.split('.');
  // Decimals beyond the exponent are accepted only as zeros: "1000.00" is a whole number of yen.
  if (/[1-9]/.test(decimals.slice(exponent))) {
    return { reason: `${currency} allows at most ${exponent} decimals` };
  }
  const minor = BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'));
  if (minor > max) return { reason: `must be at most ${formatMoney(max, currency)} ${currency}` };
  return { minor };
}

/** As `parseMoney`, and at least one minor unit. */
export function parsePositiveMoney(value: unknown, currency: string, max?: bigint): MoneyParse {
  const parsed = parseMoney(value, currency, max);
  return 'minor' in parsed && parsed.minor === 0n ? { reason: 'must be greater than 0' } : parsed;
}

/** The decimal text a caller meant: trimmed, a JSON number in its shortest form. `undefined` when it is not one. */
function decimalText(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return isMoneyText(text) ? text : undefined;
}

/** Exactly the currency's decimals: 1895n USD is `18.95`, 1000n JPY is `1000`. */
export function formatMoney(minor: bigint, currency: string): string {
  if (minor < 0n) return `-${formatMoney(-minor, currency)}`;
  const exponent = exponentOf(currency);
  if (exponent === 0) return minor.toString();
  const digits = minor.toString().padStart(exponent + 1, '0');
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** The JSON number of `pricing` and `items`, compared by value: the double nearest to the decimal text. */
export const moneyNumber = (minor: bigint, currency: string): number => Number(formatMoney(minor, currency));

/** `numerator / denominator` of non-negative integers, half up. The only rounding in the system. */
export const divideHalfUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator * 2n + denominator) / (denominator * 2n);
