// Fields of a create request that need no file of their own (contract 1.1).
import { pattern, type Reader } from '@ozura/core/validation';

export const idempotencyKey = pattern(/^[\x20-\x7e]{1,255}$/, 'must be 1-255 printable ASCII characters');

/** Accepted and without effect: the caller is told. */
export const ignored =
  (why: string): Reader<never> =>
  (_value, path, intake) => {
    intake.warn(path, why);
    return undefined;
  };

export const notAllowed =
  <T>(why: string): Reader<T> =>
  (_value, path, intake) =>
    intake.fail(path, why);

/** BCP 47, in canonical form, or `auto`. */
export const languageTag: Reader<string> = (value, path, intake) => {
  const tag = typeof value === 'string' ? value.trim() : '';
  if (tag === 'auto') return tag;
  try {
    const [canonical] = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}$/.test(tag) ? Intl.getCanonicalLocales(tag) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Well formed, but not a tag.
  }
  return intake.fail(path, 'must be a language tag such as "de" or "pt-BR"');
};

/** `taxRate`: checked as it always was, then ignored. */
export const deprecatedPercent: Reader<never> = (value, path, intake) => {
  const percent = decimal(value);
  if (percent === undefined || percent < 0 || percent > 100) return intake.fail(path, 'must be between 0 and 100');
  intake.warn(path, 'deprecated and ignored');
  return undefined;
};

/** `shippingCost`. */
export const deprecatedPrice: Reader<never> = (value, path, intake) => {
  const price = decimal(value);
  if (price === undefined || price < 0) return intake.fail(path, 'must be 0 or more');
  intake.warn(path, 'deprecated and ignored');
  return undefined;
};

/** Only compared with a bound, never calculated with. */
function decimal(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return /^-?[0-9]{1,12}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : undefined;
}
