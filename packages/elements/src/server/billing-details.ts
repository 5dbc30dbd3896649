// Billing details as the browser SDK answers them with a token (contract 11.5).

export interface BillingDetails {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** E.164, such as `+14155550134`. */
  readonly phone: string;
  readonly address: {
    readonly line1: string;
    readonly line2?: string | undefined;
    readonly city: string;
    /** A two-letter code in the US and Canada. */
    readonly state: string;
    readonly zip: string;
    /** ISO 3166-1 alpha-2. */
    readonly country: string;
  };
}
