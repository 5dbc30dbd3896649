// The URLs that bring a customer back to the merchant with a signed result (contract 2.3 and 2.4).
import {
  ERROR_PARAMETERS,
  listedParameters,
  type Parameter,
  percentEncode,
  redirectMessage,
  SUCCESS_PARAMETERS,
} from './redirect-message.ts';

/** Browsers and proxies cut longer ones. */
const redirectUrlMax = 4000;

/** Texts of the results that end at `errorUrl`. */
export const REDIRECT_ERRORS = {
  SESSION_FAILED: 'This checkout session has failed',
  SYSTEM_ERROR: 'Payment processing failed',
  AUTH_ERROR: 'Payment service authentication failed',
  MANUAL_REVIEW: 'Your payment is being reviewed',
  FORBIDDEN: 'Too many failed payment attempts',
} as const;

export type RedirectErrorCode = keyof typeof REDIRECT_ERRORS;

/** A paid session, under the names of its parameters. What has no value is absent. */
export interface SuccessFacts {
  readonly sessionId: string;
  readonly checkoutMode: 'payment' | 'donation' | 'recurring';
  readonly transactionId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly ozuraMerchantId?: string;
  readonly surchargeAmount?: string;
  readonly tipAmount?: string;
  readonly transDate?: string;
  readonly cardLastFour?: string;
  readonly cardExpMonth?: string;
  readonly cardExpYear?: string;
  readonly cardBrand?: string;
  readonly planId?: string;
  /** The merchant's own members, and `paymentLinkId` of a session that came from a link. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface ErrorFacts {
  readonly errorCode: RedirectErrorCode;
  readonly cancelUrl?: string;
  readonly sessionId: string;
}

/** A signing key at a moment. The message names both, so they are known before it is signed. */
export interface Signer {
  readonly keyId: string;
  readonly signedAtSeconds: number;
  /** Base64url without padding. */
  readonly sign: (message: string) => string;
}

/** `successUrl` with the result. Metadata that would make it too long is left out, and said to be. */
export function successRedirect(url: string, facts: SuccessFacts, signer: Signer): string {
  const whole = signedUrl(url, successParameters(facts), signer);
  if (whole.length <= redirectUrlMax) return whole;
  const { metadata: _metadata, ...rest } = facts;
  return signedUrl(url, [...successParameters(rest), ['metadataTruncated', 'true']], signer);
}

/** `errorUrl` with the result. A `cancelUrl` that would make it too long is left out. */
export function errorRedirect(url: string, facts: ErrorFacts, signer: Signer): string {
  const whole = signedUrl(url, errorParameters(facts), signer);
  if (whole.length <= redirectUrlMax) return whole;
  const { cancelUrl: _cancelUrl, ...rest } = facts;
  return signedUrl(url, errorParameters(rest), signer);
}

/** Unsigned, in table order; also the members of `paymentData`. */
function successParameters(facts: SuccessFacts): Parameter[] {
  const { metadata = {}, ...rest } = facts;
  return inOrder(SUCCESS_PARAMETERS, {
    ...rest,
    surchargeAmount: unlessZero(facts.surchargeAmount),
    tipAmount: unlessZero(facts.tipAmount),
    success: 'true',
    transactionType: 'sale',
    metadata: Object.keys(metadata).length === 0 ? undefined : JSON.stringify(metadata),
  });
}

/** Unsigned, in table order. */
const errorParameters = (facts: ErrorFacts): Parameter[] =>
  inOrder(ERROR_PARAMETERS, { ...facts, success: 'false', error: REDIRECT_ERRORS[facts.errorCode] });

/** Adds them after the merchant's own query and before its fragment. Names of ours already there are removed first. */
function appendParameters(url: string, parameters: readonly Parameter[]): string {
  const [, base = '', query, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  const ours = listedParameters(parameters);
  const theirs = (query ? query.split('&') : []).filter((pair) => !ours.includes(nameOf(pair)));
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`);
  return `${base}?${[...theirs, ...added].join('&')}${fragment}`;
}

function signedUrl(url: string, parameters: readonly Parameter[], signer: Signer): string {
  const unsigned: Parameter[] = [...parameters, ['keyId', signer.keyId], ['signedAt', String(signer.signedAtSeconds)]];
  return appendParameters(url, [...unsigned, ['signature', signer.sign(redirectMessage(unsigned))]]);
}

const inOrder = (names: readonly string[], values: Readonly<Record<string, string | undefined>>): Parameter[] =>
  names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));

const unlessZero = (amount: string | undefined): string | undefined =>
  amount !== undefined && /[1-9]/.test(amount) ? amount : undefined;

/** Decoded as a browser would, so that `%73uccess` does not slip through. The `&` keeps a leading `?` in the name. */
const nameOf = (pair: string): string => new URLSearchParams(`&${pair}`).keys().next().value ?? '';
