// Requests and answers of the description. Each is sent to a running system by a test, with samples replaced by the
// real thing, and the answer must have the members that are shown here.

export interface Example {
  /** In a few words. */
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Another status than the endpoint's own. */
  readonly status?: number;
  readonly answer: object;
}

/** By the name of the endpoint. */
export type Examples = Readonly<Record<string, readonly Example[]>>;

/** Stand for what an installation makes up: the test that sends the examples knows how to get each of them. */
export const SAMPLE = {
  merchantId: 'ozu_bluekettle',
  sessionId: 'session_1qP4Zt8K9vJ2mQxZ81kLpT4cWd0aBs',
  paymentLinkId: 'pl_5f0c3be2a9d14476b8e01c7d9a62f3e8',
  token: 'tok_1qP4Zt8K7hQ2mZx0LrV9cYp4TnB1Ks',
  bankToken: 'tok_1qP4Zt8Kb4nK7hQ2mZx0LrV9cYp4Tn',
  cvcSession: 'cvc_Jm0f3qk2sYxX7b1eKp9aTnVh5cLw8RzUd4GiQo6NtEy',
  sessionKey: 'vs_4nQ8vK2mZx0LrV9cYp4TnB1KsWd0aBs7hQ2mZx0LrV9',
  applicationId: 'app_7hQ2mZx0LrV9cYp4TnB1Ks',
  transactionId: '2603049F2K7Q0ZC3W8M5T1XR6B',
  planId: 'plan_7hQ2mZx0LrV9cYp4TnB1Ks',
  endpointId: 'we_7hQ2mZx0LrV9cYp4TnB1Ks',
  requestId: 'req_7hQ2mZx0LrV9cYp4TnB1Ks',
} as const;

export const BILLING = {
  firstName: 'Ines',
  lastName: 'Duarte',
  email: 'ines@example.com',
  phone: '+14155550134',
  address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
} as const;
