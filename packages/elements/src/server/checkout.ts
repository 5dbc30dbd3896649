// Answers of the Checkout API and of plans (contract 1.1, 1.2, 5, 8.4 and 8.7). Field names of requests are the wire's.
import type { CardSaleResponseData } from './card-sale.ts';
import type { Pagination } from './transactions.ts';

export interface Pricing {
  readonly subtotal: number;
  readonly tax: number;
  readonly shipping: number;
  readonly surcharge?: number;
  readonly tip?: number;
  readonly total: number;
  readonly currency: string;
}

/** Members of `POST /api/sessions/create`; `merchantId` defaults to the configured one. */
export type CheckoutSessionFields = Readonly<Record<string, unknown>> & {
  readonly merchantName: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly errorUrl: string;
  /** With it the call may be repeated without making a second session. */
  readonly idempotencyKey?: string;
};

export interface CheckoutSessionCreated {
  readonly sessionId: string;
  readonly checkoutUrl: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** HTML for the merchant's page. */
  readonly embedCode: string;
  readonly pricing: Pricing;
  readonly warnings?: readonly string[];
  /** A repeated call: nothing new was made. */
  readonly cached?: true;
}

/** Of a completed session. */
export interface CheckoutPayment {
  readonly transactionId: string;
  readonly transactionType: 'sale';
  /** The total charged. */
  readonly amount: string;
  readonly currency: string;
  /** The three only when not zero. */
  readonly salesTaxAmount?: string;
  readonly surchargeAmount?: string;
  readonly tipAmount?: string;
  readonly cardBrand: string;
  readonly cardLastFour: string;
  readonly cardExpMonth: string;
  readonly cardExpYear: string;
  /** ISO 8601. */
  readonly transDate: string;
  /** Of a plan that it started. */
  readonly planId?: string;
}

export interface CheckoutSession {
  readonly session: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly status: 'pending' | 'completed' | 'cancelled' | 'expired' | 'failed';
    readonly paymentState: 'processing' | 'review' | null;
    readonly merchantId: string;
    readonly amount: string | null;
    readonly currency: string;
    /** Once it is completed. */
    readonly payment?: CheckoutPayment;
  };
  readonly pricing: Pricing;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** Members of `POST /api/payment-links/create`. */
export type PaymentLinkFields = CheckoutSessionFields;

export interface PaymentLinkCreated {
  readonly paymentLinkId: string;
  readonly url: string;
  readonly expiresAt: string;
  readonly warnings?: readonly string[];
  readonly cached?: true;
}

export interface PaymentLinkAvailability {
  readonly available: boolean;
  readonly message?: string;
  readonly error?: string;
  readonly errorCode?: string;
}

export interface CardRefundInput {
  readonly transactionId: string;
  /** Decimal string; default: all that is left. */
  readonly amount?: string | undefined;
  readonly reason?: string | undefined;
  /** Sent as `Idempotency-Key`. Without one two calls are two refunds. */
  readonly idempotencyKey?: string | undefined;
}

export interface CardRefundData {
  readonly transactionId: string;
  readonly originalTransactionId: string;
  readonly amount: string;
  readonly currency: string;
  readonly surchargeAmount?: string;
  readonly transDate: string;
  readonly transactionType: 'CreditCardReturn' | 'CreditCardVoid';
  readonly status: 'approved' | 'pending';
  readonly remainingAmount: string;
}

export interface CardVoidData {
  readonly transactionId: string;
  readonly originalTransactionId: string;
  readonly amount: string;
  readonly currency: string;
  readonly transDate: string;
  readonly transactionType: 'CreditCardVoid';
}

/** Members of `POST /recurring/plans`; `idempotencyKey` goes into the header. */
export type PlanFields = Readonly<Record<string, unknown>> & { readonly idempotencyKey?: string };

export interface Plan {
  readonly planId: string;
  readonly status: 'incomplete' | 'active' | 'paused' | 'past_due' | 'cancelled' | 'completed';
  readonly planName: string;
  readonly amount: string;
  readonly currency: string;
  readonly interval: 'daily' | 'weekly' | 'monthly' | 'yearly';
  readonly intervalCount: number;
  readonly nextChargeDate?: string;
  readonly cyclesCharged: number;
  readonly maxCycles?: number;
  readonly endDate?: string;
  readonly merchantRecurringReference?: string;
  readonly createdAt: string;
  readonly firstTransaction?: CardSaleResponseData;
}

export interface ListPlansInput {
  readonly planId?: string | undefined;
  readonly status?: Plan['status'] | undefined;
  readonly page?: number | undefined;
  readonly limit?: number | undefined;
}

export interface ListPlansResult {
  readonly plans: Plan[];
  readonly pagination: Pagination;
}
