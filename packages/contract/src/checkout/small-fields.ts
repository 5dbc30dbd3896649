// Fields of a create request that need no file of their own (contract 1.1).
import { accepting, type Field, optional, pattern, type Reader, required } from '@ozura/core/validation';

export const merchantId = required(pattern(/^[A-Za-z0-9_-]{1,30}$/, 'must be 1-30 letters, digits, "_" or "-"'));

const key = pattern(/^[\x20-\x7e]{1,255}$/, 'must be 1-255 printable ASCII characters');

/** In the body, in the header `Idempotency-Key`, or in both when they agree (contract 0.8). */
const readKey: Reader<string> = (value, path, intake) => {
  const header = intake.headers['idempotency-key'];
  const inBody = value === undefined ? undefined : key(value, path, intake);
  if (typeof header !== 'string' || (value !== undefined && inBody === undefined)) return inBody;
  const inHeader = key(unquoted(header), path, intake);
  if (inHeader === undefined || inBody === undefined || inHeader === inBody) return inHeader;
  return intake.fail(path, 'differs from the Idempotency-Key header');
};

const unquoted = (header: string): string => /^"(.*)"$/.exec(header.trim())?.[1] ?? header;

export const idempotencyKey: Field<string, false> = {
  ...optional(accepting(readKey, { as: () => key })),
  readsAbsent: true,
};

export const IDEMPOTENCY_KEY_HEADER = 'In place of `idempotencyKey` in the body. Quotes around it are removed.';

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

const readTag: Reader<string> = (value, path, intake) => {
  const tag = typeof value === 'string' ? value.trim() : '';
  if (tag === 'auto') return tag;
  try {
    const [canonical] = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}$/.test(tag) ? Intl.getCanonicalLocales(tag) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Well formed, but not a tag.
  }
  return intake.fail(path, NOT_A_TAG);
};

const NOT_A_TAG = 'must be a language tag such as "de" or "pt-BR"';

/** BCP 47, in canonical form, or `auto`. */
export const languageTag = accepting(readTag, { schema: { type: 'string', description: NOT_A_TAG } });

/** A field of old: still checked, then ignored. */
const deprecated = (isRight: (amount: number) => boolean, reason: string): Reader<never> =>
  accepting<never>(
    (value, path, intake) => {
      const amount = decimal(value);
      if (amount === undefined || !isRight(amount)) return intake.fail(path, reason);
      intake.warn(path, 'deprecated and ignored');
      return undefined;
    },
    { schema: { type: ['string', 'number'], deprecated: true, description: reason } },
  );

/** `taxRate`. */
export const deprecatedPercent = deprecated((percent) => percent >= 0 && percent <= 100, 'must be between 0 and 100');
/** `shippingCost`. */
export const deprecatedPrice = deprecated((price) => price >= 0, 'must be 0 or more');

/** Only compared with a bound, never calculated with. */
function decimal(value: unknown): number | undefined {
  // Any number that JSON has: 7 % is 7.000000000000001 where somebody multiplies 0.07 by 100.
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  return /^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : undefined;
}
