// A create request for a payment link after reading: what its sessions are opened with, and how long and how often.
import type { SessionRequest } from './session-request.ts';

export interface PaymentLinkRequest {
  /** As the merchant sent it: `embedMode` and `parentOrigin` are kept for information only. */
  readonly session: SessionRequest;
  readonly expiresInDays: number;
  /** Absent: unlimited. Counts successful payments. */
  readonly usageLimit?: number | undefined;
}
