// The credit card surcharge (contract 1.1 and 6.5). A percentage is hundredths of a percent: 3.00 % is 300n.
import type { Funding } from './card/funding.ts';
import { divideHalfUp } from './money.ts';
import type { Reader } from './validation.ts';

/** 3.00 %, the most that card networks allow. */
const surchargeMaxHundredths = 300n;

/** Reads `"3.00"`, `"3"` or `3`. */
export const surchargePercent: Reader<bigint> = (value, path, intake) => {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const [whole = '', decimals = ''] = text.split('.');
  if (!/^[0-9]{1,12}(\.[0-9]{1,6})?$/.test(text)) return intake.fail(path, 'must be between 0 and 3.00');
  if (/[1-9]/.test(decimals.slice(2))) return intake.fail(path, 'at most 2 decimals');
  const hundredths = BigInt(whole + decimals.slice(0, 2).padEnd(2, '0'));
  return hundredths > surchargeMaxHundredths ? intake.fail(path, 'must be between 0 and 3.00') : hundredths;
};

/** As it is stored and returned: 250n is `2.50`. */
export const formatSurchargePercent = (hundredths: bigint): string =>
  `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;

/** Only a card known to be a credit card bears a surcharge; it is taken on the subtotal, without tax and tip. */
export const surchargeOn = (subtotalMinor: bigint, hundredths: bigint, funding: Funding): bigint =>
  funding === 'credit' ? divideHalfUp(subtotalMinor * hundredths, 10_000n) : 0n;
