// `POST /proxy/transaction`: a request to a processor, with card data put in by the Vault (contract 7.4).
import { accepting, isObject, oneOf, optional, record, required, withDefault } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { proxyBodyMaxBytes } from '../limits.ts';
import { inexactNumber, inVaultWords, opaque } from './reader.ts';

/** Another number would be sent than was asked for. */
const holdsInexactNumber = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some(holdsInexactNumber)
    : typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);

/** An object is sent as JSON; a text as it is, with the type that `http_headers` gives. */
const requestData = accepting<string | Readonly<Record<string, unknown>>>(
  (value, path, intake) => {
    if (typeof value === 'string') return value;
    if (!isObject(value)) return intake.fail(path, 'must be an object or a string');
    return holdsInexactNumber(value) ? intake.fail(path, inexactNumber) : value;
  },
  {
    schema: {
      type: ['object', 'string'],
      description: 'Card data goes where its placeholders stand.',
    },
  },
);

// RFC 9110 5.6.2 and 5.5: a token, and a value without line breaks, so that no header can smuggle in another.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

const httpHeaders = accepting<Readonly<Record<string, string>>>(
  (value, path, intake) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, member]) => HEADER_NAME.test(name) && typeof member === 'string' && HEADER_VALUE.test(member),
    )
      ? (value as Record<string, string>)
      : intake.fail(path, 'must be an object of header values'),
  { schema: { type: 'object', additionalProperties: { type: 'string' } } },
);

export const proxyTransaction = endpoint({
  name: 'proxyTransaction',
  summary: 'Sends a request to a processor, with the card data put in by the Vault.',
  service: 'vault',
  method: 'POST',
  path: '/proxy/transaction',
  mayCharge: true,
  auth: ['vault-key', 'service'],
  limit: 'proxy',
  bodyMaxBytes: proxyBodyMaxBytes,
  input: inVaultWords(
    record({
      token: required(opaque(100)),
      cvc_session_id: optional(opaque(255), 'cvcSessionId'),
      proxy_url: required(opaque(2048), 'proxyUrl'),
      request_data: required(requestData, 'requestData'),
      http_headers: withDefault(httpHeaders, {}, 'httpHeaders'),
      http_method: withDefault(oneOf('POST', 'PUT', 'PATCH'), 'POST', 'httpMethod'),
      /** Pay only: the charge that may use the security code more than once. */
      cvc_lease_id: optional(opaque(255), 'cvcLeaseId'),
    }),
  ),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    proxy_response: Type.Object({
      status_code: Type.Integer(),
      headers: Type.Record(Type.String(), Type.String()),
      /** The value of a JSON answer, the text of any other. */
      body: Type.Unknown(),
    }),
  }),
  errors: [
    'VALIDATION_FAILED',
    'PERMISSION_DENIED',
    'TOKEN_NOT_FOUND',
    'CVC_SESSION_EXPIRED',
    'DESTINATION_NOT_ALLOWED',
    'PROXY_LIMIT',
    'PROXY_NOT_SENT',
    'PROXY_INTERRUPTED',
    'PROXY_TIMEOUT',
  ],
});

/** In every failure body of this endpoint; whatever is in doubt is `unknown`. */
export type Sent = 'no' | 'unknown';
