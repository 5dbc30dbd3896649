// The wish of a caller for how a card number is masked: `maskingConfig` of contract 7.1.
import { hasControlCharacter, isObject } from '../validation.ts';
import type { Masking } from './mask.ts';

/** The members of `maskingConfig.cardNumber` over the default, or `undefined` when one is not allowed. */
export function parseMasking(config: unknown, fallback: Masking): Masking | undefined {
  if (config == null) return fallback;
  if (!isObject(config)) return undefined;
  const card = config.cardNumber ?? {};
  if (!isObject(card)) return undefined;
  const showFirst = card.showFirst ?? fallback.showFirst;
  const showLast = card.showLast ?? fallback.showLast;
  const maskChar = card.maskChar ?? fallback.maskChar;
  if (!isCount(showFirst, 6) || !isCount(showLast, 4) || !isMaskCharacter(maskChar)) return undefined;
  return { showFirst, showLast, maskChar };
}

const isCount = (value: unknown, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** One visible character, and no digit: a mask must not read as a number. */
const isMaskCharacter = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\s\p{Nd}]$/u.test(value) && !hasControlCharacter(value);
