// What a processor is to us (contract 9.1): pure translations. None of them opens a connection.

import type { BankAccount } from '@ozura/core/ach';
import type { EvidenceRules } from '@ozura/core/attempt-evidence';
import type { Inquiry, Listing, Outcome, VoidOutcome } from '@ozura/core/attempt-outcome';
import type { Billing } from '@ozura/core/billing';
import type { Secret } from '@ozura/core/secret';

export interface ProcessorRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON. In a sale it may hold the placeholders of contract 7.4. */
  readonly body?: Readonly<Record<string, unknown>> | string;
}

export interface ProcessorAnswer {
  readonly status: number;
  /** The value of a JSON answer, the text of any other. */
  readonly body: unknown;
}

export type Step<Done> = { readonly send: ProcessorRequest } | { readonly done: Done };

/** What a call is made with, besides what it is about. */
export interface Access {
  /** By what the processor knows the merchant; every field that it needs is there. */
  readonly credentials: Readonly<Record<string, Secret<string>>>;
  readonly nowMs: number;
}

/** A call that may take several requests: asked again with each answer. */
export type Translation<Input, Done> = (
  input: Input,
  answers: readonly ProcessorAnswer[],
  access: Access,
) => Step<Done>;

/** Our name for one try at one account of a merchant. */
export interface Referred {
  readonly reference: string;
  readonly account: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Where it is known: some processors undo by it only. */
  readonly processorTransactionId?: string;
  /** The one that came with the approval. */
  readonly processorLink?: string;
  /** Of a refund: the processor's own id of its sale. */
  readonly saleTransactionId?: string;
}

export interface AccountDay {
  readonly account: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface SaleInput extends Referred {
  /** Empty for a bank account. */
  readonly bin: string;
  readonly lastFour: string;
  readonly billing: Billing;
  readonly channel: 'ecommerce' | 'moto';
  /** Of what a merchant initiates, and of some telephone sales, none is known. */
  readonly hasSecurityCode: boolean;
  /** In place of a card. */
  readonly bank?: BankAccount;
  readonly initiator: 'customer' | 'merchant';
  /** The customer's own charge that later ones of the merchant follow. */
  readonly startsPlan?: true;
  /** What the card network calls the customer's own charge that a merchant's one follows. */
  readonly networkReference?: string;
  readonly orderId?: string;
  /** Of the customer's browser, where there is one. */
  readonly clientIpAddress?: string;
  /** Parts of the amount, in minor units; zero when there is none. */
  readonly taxMinor: bigint;
  readonly surchargeMinor: bigint;
  /** What the customer's statement calls the merchant. */
  readonly descriptor: string;
}

/** Reference and amount are those of the refund. */
export interface RefundInput extends Omit<Referred, 'processorTransactionId' | 'processorLink'> {
  readonly saleReference: string;
  /** The processor's own id of the sale. */
  readonly saleTransactionId: string;
  /** Its link, where one came with it. */
  readonly saleLink?: string;
}

/** Reference and amount are those of what is undone. */
export interface VoidInput extends Referred {
  /** Of a void that a merchant asked for: its own. Such a one goes by the processor's id of the sale. */
  readonly voidReference?: string;
}

/** Whether a processor takes a merchant's credentials. `reason`: in its own words or codes. */
export type Check =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unanswered'; readonly reason: string };

export interface Processor {
  readonly name: string;
  readonly evidence: EvidenceRules;
  /** It debits bank accounts, too. */
  readonly debitsBanks?: true;
  /** Goes through the Vault's proxy. */
  readonly sale: Translation<SaleInput, Outcome>;
  /** `refused` with the cause `not_settled` where only settled sales can be refunded in part. */
  readonly refund: Translation<RefundInput, Outcome>;
  /** By our reference of a sale or a refund. Repeating it is harmless: a second one answers that it is voided. */
  readonly void: Translation<VoidInput, VoidOutcome>;
  /** By our reference of a sale or a refund. */
  readonly inquire: Translation<Referred, Inquiry>;
  /** What it booked for an account on a day. */
  readonly list: Translation<AccountDay, Listing>;
  /** Learns whether the credentials are good by asking for something that moves nothing. */
  readonly check?: Translation<{ readonly account: string }, Check>;
}
