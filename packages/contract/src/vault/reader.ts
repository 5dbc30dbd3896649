// How the Vault words a validation failure: the first one only, in the order of the field table (contract 7.1, 7.5).
import { noCardNumber } from '@ozura/core/cardless';
import { Refusal } from '@ozura/core/errors';
import { accepting, hasControlCharacter, Intake, type Reader } from '@ozura/core/validation';

/** Reads like `reader`, but refuses in the Vault's words. */
export const inVaultWords = <T>(reader: Reader<T>): Reader<T> =>
  accepting<T>(
    (value, path) => {
      const intake = new Intake();
      const result = reader(value, path, intake);
      const [first] = intake.failures;
      if (first !== undefined) throw firstFailure(first);
      return result;
    },
    { as: () => reader },
  );

export const inexactNumber = 'must not have numbers beyond 9007199254740991; send the JSON as a string';

/** Reasons that nobody would guess from the field's description. */
const TOLD: ReadonlySet<string> = new Set([noCardNumber, inexactNumber]);

function firstFailure(failure: string): Refusal {
  const end = failure.indexOf(': ');
  const field = failure.slice(0, end);
  const reason = failure.slice(end + 2);
  if (reason === 'is required') return missingField(field);
  return TOLD.has(reason) ? invalidValue(`${field}: ${reason}`) : invalidValue(field);
}

export const missingField = (name: string): Refusal =>
  new Refusal('VALIDATION_FAILED', { message: `Missing required field: ${name}` });

export const invalidValue = (name: string): Refusal =>
  new Refusal('VALIDATION_FAILED', { message: `Invalid value for ${name}` });

/** An opaque identifier or handle: any text of at most `max` characters. Whether it exists is another question. */
export const opaque = (max: number): Reader<string> =>
  accepting<string>(
    (value, path, intake) =>
      typeof value === 'string' && value !== '' && value.length <= max && !hasControlCharacter(value)
        ? value
        : intake.fail(path, 'is not valid'),
    { schema: { type: 'string', minLength: 1, maxLength: max } },
  );
