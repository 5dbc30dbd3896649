// `pricing` in answers: JSON numbers, compared by value (contract 0.6).
import { type Static, Type } from 'typebox';

const amount = Type.Number();

/** `surcharge` and `tip` only when not zero. */
export const pricing = Type.Object({
  subtotal: amount,
  tax: amount,
  shipping: amount,
  surcharge: Type.Optional(amount),
  tip: Type.Optional(amount),
  total: amount,
  currency: Type.String(),
});

export type Pricing = Static<typeof pricing>;
