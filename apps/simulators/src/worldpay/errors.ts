// Error documents of the simulated Worldpay ("Error responses"): a name, a sentence, and where in the request it is.
import type { Written } from '../delivery.ts';

export const json = (status: number, body: object): Written => ({
  status,
  type: 'application/json',
  text: JSON.stringify(body),
});

const ERRORS = {
  accessDenied: [401, 'Access to the requested resource has been denied'],
  bodyIsEmpty: [400, 'The body within the request is empty'],
  bodyIsNotJson: [400, 'The body within the request is not valid json'],
  entityIsNotConfigured: [400, 'The entity is not configured for this payment'],
  headerIsMissing: [400, 'A required header is missing'],
  headerHasInvalidValue: [406, 'A header has an invalid value'],
  unsupportedContentType: [415, 'Content-type header is not supported'],
  resourceNotFound: [404, 'Requested resource was not found'],
  queryParametersAreInvalid: [400, 'The query parameters are not valid'],
  actionNotAllowed: [400, 'The payment does not allow this action'],
} as const;

export type ErrorName = keyof typeof ERRORS;

export function writeError(errorName: ErrorName, more: object = {}): Written {
  const [status, message] = ERRORS[errorName];
  return json(status, { errorName, message, ...more });
}

export interface Violation {
  readonly errorName: string;
  readonly message: string;
  readonly jsonPath: string;
}

export const violation = (jsonPath: string, errorName: string): Violation => ({
  errorName,
  message: `${jsonPath}: ${errorName}`,
  jsonPath,
});

export const writeViolations = (validationErrors: readonly Violation[]): Written =>
  json(400, {
    errorName: 'bodyDoesNotMatchSchema',
    message: 'The json body provided does not match the expected schema',
    validationErrors,
  });

export const writeReplayed = (): Written => writeViolations([violation('$.transactionReference', 'fieldMustBeUnique')]);
