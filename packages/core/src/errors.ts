// The one table of public errors (contract section 15). `docs/errors.md` and every service are tested against it.

/** How a caller may try again. `key`: only with the same idempotency key. `new`: with corrected or new input. */
export type Retry = 'no' | 'yes' | 'key' | 'new' | 'new key' | 'after Retry-After';

export type Service = 'checkout' | 'vault' | 'pay';

export interface ErrorEntry {
  readonly status: number;
  readonly message: string;
  readonly retry: Retry;
  /** Who answers it: C Checkout, V Vault, P Pay, R redirects and page events. */
  readonly where: string;
  /** A service whose status or text differs from the common one. */
  readonly in?: Partial<Record<Service, { readonly status?: number; readonly message?: string }>>;
}

const entry = (status: number, message: string, retry: Retry, where: string): ErrorEntry => ({
  status,
  message,
  retry,
  where,
});

export const ERRORS = {
  VALIDATION_FAILED: entry(400, 'Validation failed', 'new', 'CVP'),
  INVALID_JSON: entry(400, 'Request body must be a JSON object', 'new', 'CVP'),
  SECRET_IN_BODY: entry(400, 'Credentials must be sent as headers', 'new', 'CVP'),
  CARD_DATA_REFUSED: entry(400, 'Card data must be sent to the Vault only', 'new', 'CP'),
  INVALID_CARD_NUMBER: { ...entry(402, 'Invalid card number', 'new', 'VP'), in: { vault: { status: 400 } } },
  EXPIRED_CARD: { ...entry(402, 'Card has expired', 'new', 'VP'), in: { vault: { status: 400 } } },
  INVALID_CVV: {
    ...entry(402, 'Security code does not match', 'new', 'VP'),
    in: { vault: { status: 400, message: 'Invalid value for cvv' } },
  },
  INVALID_EXPIRY: entry(400, 'Invalid value for expirationMonth', 'new', 'V'),
  INVALID_ACCOUNT_NUMBER: entry(400, 'Invalid account number', 'new', 'V'),
  INVALID_ROUTING_NUMBER: entry(400, 'Invalid routing number', 'new', 'V'),
  TEST_CARD_REQUIRED: entry(400, 'Test mode accepts test cards only', 'new', 'V'),
  TEST_CARD_REFUSED: entry(400, 'Test cards are not accepted in live mode', 'new', 'V'),
  CVC_SESSION_EXPIRED: entry(400, 'CVC session expired or not found', 'new', 'CVP'),
  PROCESSOR_NOT_CONFIGURED: entry(400, 'This processor is not configured for this merchant', 'new', 'P'),
  MISSING_CREDENTIALS: entry(401, 'Missing API credentials', 'new', 'CVP'),
  INVALID_CREDENTIALS: {
    ...entry(401, 'Invalid API credentials', 'new', 'CVP'),
    in: { vault: { message: 'Invalid API key' } },
  },
  MERCHANT_MISMATCH: entry(401, 'API credentials do not belong to this merchant', 'new', 'CVP'),
  PAGE_CREDENTIAL_REQUIRED: entry(401, 'This endpoint is only for the checkout page', 'new', 'C'),
  SESSION_KEY_EXPIRED: entry(401, 'Session expired', 'new key', 'V'),
  SESSION_KEY_CONSUMED: entry(401, 'Session consumed', 'new key', 'V'),
  SESSION_KEY_REVOKED: entry(401, 'Session revoked', 'new key', 'V'),
  SESSION_KEY_INVALID: entry(401, 'Invalid session key', 'new key', 'V'),
  ADMIN_TOKEN_EXPIRED: entry(401, 'Token expired', 'new', 'V'),
  CARD_DECLINED: entry(402, 'Card declined', 'new', 'PCR'),
  INSUFFICIENT_FUNDS: entry(402, 'Insufficient funds', 'new', 'PCR'),
  AVS_MISMATCH: entry(402, 'Address verification failed', 'new', 'PCR'),
  CARD_NOT_SUPPORTED: entry(402, 'This card is not supported', 'new', 'PCR'),
  LIMIT_EXCEEDED: entry(402, 'Card limit exceeded', 'new', 'PCR'),
  AUTHENTICATION_REQUIRED: entry(402, 'The bank requires authentication that is not available', 'new', 'PCR'),
  PERMISSION_DENIED: entry(403, 'This API key does not have permission for this operation', 'no', 'VP'),
  KEY_NOT_ALLOWED: entry(403, 'This endpoint does not accept API keys', 'no', 'C'),
  FORBIDDEN: entry(403, 'Too many failed payment attempts', 'no', 'CR'),
  DESTINATION_NOT_ALLOWED: entry(403, 'Invalid proxy URL', 'no', 'V'),
  PROXY_LIMIT: entry(403, 'Proxy call limit reached', 'no', 'V'),
  NOT_FOUND: entry(404, 'Not found', 'no', 'CVP'),
  SESSION_NOT_FOUND: entry(404, 'Session not found', 'no', 'C'),
  PAYMENT_LINK_NOT_FOUND: entry(404, 'Payment link not found', 'no', 'C'),
  TOKEN_NOT_FOUND: entry(404, 'Token not found', 'new', 'CVP'),
  TRANSACTION_NOT_FOUND: entry(404, 'Transaction not found', 'no', 'P'),
  PLAN_NOT_FOUND: entry(404, 'Plan not found', 'no', 'P'),
  METHOD_NOT_ALLOWED: entry(405, 'Method not allowed', 'no', 'CVP'),
  SESSION_COMPLETED: entry(409, 'Session already completed', 'no', 'C'),
  SESSION_CANCELLED: entry(409, 'Session already cancelled', 'no', 'C'),
  SESSION_FAILED: entry(409, 'Session has failed', 'no', 'CR'),
  PAYMENT_IN_PROGRESS: entry(409, 'A payment is being processed', 'yes', 'C'),
  PRICE_CHANGED: entry(409, 'The total has changed', 'new', 'CP'),
  EXTENSION_LIMIT: entry(409, 'This session cannot be extended again', 'no', 'C'),
  PAYMENT_LINK_LIMIT_REACHED: entry(409, 'Payment link usage limit reached', 'yes', 'C'),
  PAYMENT_LINK_EXPIRED: entry(200, 'Payment link has expired', 'no', 'C'),
  PAYMENT_LINK_INACTIVE: entry(200, 'Payment link is not active', 'no', 'C'),
  IDEMPOTENCY_KEY_EXPIRED_SESSION: entry(
    409,
    'The session for this idempotencyKey has expired; use a new key',
    'new key',
    'C',
  ),
  IDEMPOTENCY_KEY_TERMINAL_SESSION: entry(
    409,
    'The session for this idempotencyKey has ended; use a new key',
    'new key',
    'C',
  ),
  IDEMPOTENCY_KEY_PAYLOAD_MISMATCH: entry(409, 'This idempotency key was used with another request', 'new key', 'CP'),
  IDEMPOTENCY_KEY_IN_PROGRESS: entry(409, 'A request with this idempotency key is still running', 'key', 'P'),
  CVC_SESSION_ALREADY_USED: entry(409, 'This CVC session belongs to another payment', 'new', 'P'),
  ORDER_IN_DOUBT: entry(409, 'Another payment of this order is not decided yet', 'yes', 'P'),
  REFUND_EXCEEDS_BALANCE: entry(409, 'Refund exceeds the remaining amount', 'new', 'P'),
  NOT_REFUNDABLE: entry(409, 'This transaction cannot be refunded', 'no', 'P'),
  NOT_SETTLED: entry(409, 'This transaction is not settled yet', 'yes', 'P'),
  ALREADY_SETTLED: entry(409, 'This transaction is already settled', 'no', 'P'),
  PLAN_STATE_CONFLICT: entry(409, 'The plan cannot change from {a} to {b}', 'no', 'P'),
  TOKEN_IN_USE: entry(409, 'Token is used by an active plan', 'no', 'V'),
  SESSION_EXPIRED: entry(410, 'Session expired', 'no', 'C'),
  BODY_TOO_LARGE: entry(413, 'Request body is too large', 'no', 'CVP'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'Content-Type must be application/json', 'new', 'CVP'),
  RATE_LIMITED: {
    ...entry(429, 'Too many requests', 'after Retry-After', 'CVP'),
    in: { vault: { message: 'Rate limit exceeded' } },
  },
  TOO_MANY_FAILED_ATTEMPTS: entry(429, 'Too many failed attempts', 'no', 'V'),
  INTERNAL_ERROR: entry(500, 'Internal server error', 'key', 'CVP'),
  SYSTEM_ERROR: entry(500, 'Payment processing failed', 'no', 'CR'),
  AUTH_ERROR: entry(502, 'Payment service authentication failed', 'no', 'CR'),
  MANUAL_REVIEW: entry(200, 'Your payment is being reviewed', 'no', 'R'),
  PROCESSOR_AUTH_FAILED: entry(502, "The processor did not accept the merchant's credentials", 'no', 'P'),
  PROXY_NOT_SENT: entry(502, 'Failed to proxy request', 'no', 'V'),
  PROXY_INTERRUPTED: entry(502, 'Failed to proxy request', 'no', 'V'),
  PROCESSOR_UNAVAILABLE: entry(503, 'Payment processor unavailable', 'new', 'P'),
  TAX_UNAVAILABLE: entry(503, 'Tax could not be calculated', 'yes', 'CP'),
  OVERLOADED: entry(503, 'Service temporarily unavailable', 'after Retry-After', 'CVP'),
  PROXY_TIMEOUT: entry(504, 'Failed to proxy request', 'no', 'V'),
  PAYMENT_UNKNOWN: entry(504, 'The outcome of this payment is not known yet', 'key', 'P'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERRORS, value);

/** Status and text of a code as `service` answers it. */
export function errorAnswer(code: ErrorCode, service: Service): { status: number; message: string } {
  const { status, message, in: own }: ErrorEntry = ERRORS[code];
  return { status: own?.[service]?.status ?? status, message: own?.[service]?.message ?? message };
}

export interface RefusalOptions {
  /** Replaces the table's text (validation failures name their field). */
  readonly message?: string;
  /** Two or more validation failures. */
  readonly details?: readonly string[];
  /** Declared additional body members, such as `attemptsLeft` or `attemptId`. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Additional headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The only error a handler throws on purpose: a public code of the table. Everything else is an `INTERNAL_ERROR`. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly options: RefusalOptions;

  constructor(code: ErrorCode, options: RefusalOptions = {}) {
    super(options.message ?? ERRORS[code].message);
    this.name = 'Refusal';
    this.code = code;
    this.options = options;
  }
}
