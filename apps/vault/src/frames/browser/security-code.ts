// The field for the security code. How long it is depends on the brand, which the number field tells.
import { securityCodeLength } from '@ozura/core/card/brand';
import { digitsOf } from './caret.ts';
import { empty, type FieldKind, right, type Situation, wrong } from './kind.ts';

export const cvv: FieldKind = {
  format: (typed, situation) => digitsOf(typed).slice(0, lengths(situation).at(-1)),
  judge: (text, situation) => {
    const digits = digitsOf(text);
    if (digits === '') return empty;
    if (lengths(situation).includes(digits.length)) return right;
    return digits.length < 3 || situation.brand === 'AMEX'
      ? wrong('Security code is incomplete', false)
      : wrong('Invalid security code');
  },
  values: (text) => ({ cvv: digitsOf(text) }),
};

/** Before a number is typed a code of either length is welcome. */
const lengths = ({ brand }: Situation): readonly number[] =>
  brand === undefined ? [3, 4] : [securityCodeLength(brand)];
