// Readers of texts that are kept in clear, and so may hold no card number. Its value is never part of the failure.
import { holdsCardNumber, showsCardNumber } from './card/number-in-text.ts';
import { accepting, isObject, type Reader } from './validation.ts';

export const noCardNumber = 'must not contain a card number';

const without =
  (holds: (text: string) => boolean) =>
  <T extends string>(read: Reader<T>): Reader<T> =>
    accepting<T>(
      (value, path, intake) => {
        const found = read(value, path, intake);
        return found !== undefined && holds(found) ? intake.fail(path, noCardNumber) : found;
      },
      { as: () => read },
    );

/** For what people type, and for all that the Vault keeps. */
export const cardless = without(holdsCardNumber);

/** For what merchants' programs send: their order numbers are not taken for cards more than they must be. */
export const plainlyCardless = without(showsCardNumber);

/** Where in a JSON value, its names included, a text or number holds one. Names are not told: they may be it. */
export function cardNumberIn(value: unknown, path: string, holds: (text: string) => boolean): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return holds(String(value)) ? path : undefined;
  if (!Array.isArray(value) && !isObject(value)) return undefined;
  for (const [name, child] of Object.entries(value)) {
    if (holds(name)) return path;
    const found = cardNumberIn(child, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, holds);
    if (found !== undefined) return found;
  }
  return undefined;
}
