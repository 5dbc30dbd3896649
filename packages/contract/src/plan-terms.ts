// Fields of a recurring plan that a session and Pay read alike (contract 6.3 and 8.7).
import { plainlyCardless } from '@ozura/core/cardless';
import { INTERVALS } from '@ozura/core/plan-schedule';
import { accepting, integer, oneOf, optional, type Reader, required, text, withDefault } from '@ozura/core/validation';
import { isDay } from './moment.ts';

/** Numbers may come as numeric strings. */
function numeric(min: number, max: number): Reader<number> {
  const read = integer(min, max);
  return accepting<number>(
    (value, path, intake) => {
      const isNumeric = typeof value === 'string' && /^[0-9]{1,9}$/.test(value.trim());
      return read(isNumeric ? Number(value) : value, path, intake);
    },
    { schema: { type: ['integer', 'string'], minimum: min, maximum: max } },
  );
}

export const planName = required(plainlyCardless(text(1, 50)));
export const interval = required(oneOf(...INTERVALS));
export const intervalCount = withDefault(numeric(1, 365), 1);
export const maxCycles = optional(numeric(1, 1000));
export const initialCycles = optional(numeric(1, 100));
export const merchantRecurringReference = optional(plainlyCardless(text(1, 50)));

const readDate: Reader<string> = (value, path, intake) => {
  if (typeof value !== 'string') return intake.fail(path, 'must be a string');
  const written = value.trim();
  return isDay(written) ? written : intake.fail(path, 'must be a date such as 2026-03-04');
};

/** `YYYY-MM-DD`, a day that exists. */
export const calendarDate = accepting(readDate, { schema: { type: 'string', format: 'date' } });
