// What a processor's answer amounts to (contract 9.2). Anything that is not proven is `unknown`.
import type { BankOutcome } from './ach.ts';

/**
 * Why nothing was done: our side of the wire, the merchant's credentials, or the Vault no longer has the card. Of a void,
 * that it came after settlement; of a refund, that it came before.
 */
export type RefusalCause = 'unavailable' | 'credentials' | 'cvc_gone' | 'token_gone' | 'settled' | 'not_settled';

/** Our reference, our amount, our currency, an explicit success code. Results of checks are normalised letters. */
export interface Approval {
  readonly kind: 'approved';
  readonly processorTransactionId: string;
  /** Where the processor wants to be told what is to become of it, if that is not said by the id. */
  readonly processorLink?: string;
  readonly authCode?: string;
  /** Empty: not checked. */
  readonly avsResult: string;
  readonly cvvResult: string;
  /** What later merchant-initiated charges of the same card refer to. */
  readonly networkReference?: string;
}

/** An explicit final no. */
export interface Decline {
  readonly kind: 'declined';
  /** Of our taxonomy. */
  readonly declineCode: string;
  /** The processor's own. */
  readonly processorCode?: string;
  /** A test asked for it: it says nothing about the card. */
  readonly staged?: true;
}

/** Proven: no charge. Another processor may be tried. */
export interface Refused {
  readonly kind: 'refused';
  readonly cause: RefusalCause;
  /** For the log. */
  readonly reason: string;
}

export interface Unknown {
  readonly kind: 'unknown';
  /** For the log and the person who reviews it. */
  readonly reason: string;
  /** Set when our reference was booked over another amount or currency: an alarm, and to be undone. */
  readonly wronglyBooked?: true;
  /** Of what was booked wrongly. */
  readonly processorTransactionId?: string;
  /** What was booked in place of ours, in minor units. */
  readonly booked?: { readonly amountMinor: number; readonly currency: string };
}

export type Outcome = Approval | Decline | Refused | Unknown;

export const OUTCOME_KINDS = [
  'approved',
  'declined',
  'refused',
  'unknown',
] as const satisfies readonly Outcome['kind'][];

/** It has no such call: weaker evidence has to do. */
interface Unsupported {
  readonly kind: 'unsupported';
}

/** What the processor says when asked about our reference. */
export type Inquiry =
  | {
      readonly kind: 'found';
      readonly outcome: Outcome;
      readonly voided: boolean;
      /** Of an approved bank debit. */
      readonly bank?: BankOutcome;
    }
  | { readonly kind: 'not_found' }
  | Unsupported
  | { readonly kind: 'unanswered'; readonly reason: string };

/** `settled`: too late, only a refund can undo it. */
export type VoidOutcome =
  | { readonly kind: 'voided'; readonly processorTransactionId?: string }
  | { readonly kind: 'settled' }
  | { readonly kind: 'not_found' }
  /** An explicit no: it was not undone. */
  | { readonly kind: 'refused'; readonly cause: RefusalCause; readonly reason: string }
  | Unsupported
  | { readonly kind: 'unanswered'; readonly reason: string };

/** A sale in the processor's list of a day. */
export interface ListedSale {
  /** Ours; processors of class 3 do not repeat it. */
  readonly reference?: string;
  readonly processorTransactionId: string;
  readonly lastFour: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookedAtMs: number;
  /** Undone, or given back as a whole. */
  readonly voided: boolean;
  /** Given back by refunds until now; absent where the list does not say so. */
  readonly refundedMinor?: bigint;
  /** Over the amount of this entry, which need not be ours. */
  readonly outcome: Outcome;
}

export type Listing =
  | { readonly kind: 'listed'; readonly sales: readonly ListedSale[] }
  | Unsupported
  | { readonly kind: 'unanswered'; readonly reason: string };
