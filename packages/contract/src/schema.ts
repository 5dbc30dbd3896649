// Small schemas that many answers share.
import { type TUnsafe, Type } from 'typebox';

/** A string that is one of `values`. */
export const textOf = <const T extends string>(...values: readonly T[]): TUnsafe<T> =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] });
