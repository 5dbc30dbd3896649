// Numbers in a query.
import { accepting, type Reader } from '@ozura/core/validation';

/** A whole number as a query carries it: text. */
export const wholeNumber = (min: number, max: number): Reader<number> =>
  accepting<number>(
    (value, path, intake) => {
      if (typeof value !== 'string' || !/^[0-9]{1,9}$/.test(value)) return intake.fail(path, 'must be an integer');
      const number = Number(value);
      return number < min || number > max ? intake.fail(path, `must be between ${min} and ${max}`) : number;
    },
    { schema: { type: 'integer', minimum: min, maximum: max } },
  );
