// Debits of bank accounts over ACH (contract 8.6).

/** How the account's owner has agreed: the standard entry class of NACHA's rules. */
export const SEC_CODES = ['WEB', 'PPD', 'CCD', 'TEL'] as const;
export type SecCode = (typeof SEC_CODES)[number];

export const ACCOUNT_TYPES = ['checking', 'savings'] as const;

/** What may be known of an account, and of a debit of it. */
export interface BankAccount {
  readonly routingNumber: string;
  readonly accountLastFour: string;
  readonly accountType: (typeof ACCOUNT_TYPES)[number];
  readonly secCode: SecCode;
}

/** What became of a debit that was accepted. The code of a return is NACHA's, such as `R01`. */
export type BankOutcome =
  | { readonly status: 'pending' }
  | { readonly status: 'paid' }
  | { readonly status: 'returned'; readonly returnCode: string };

const hourMs = 60 * 60 * 1000;
/** Banks have two days to return a debit, and the news takes its time: asked about every six hours. */
const askEveryMs = 6 * hourMs;

/** The next time to ask, counted from the debit, so that whole days are among them. */
export const nextBankCheckAt = (debitedAtMs: number, nowMs: number): number =>
  debitedAtMs + (Math.floor((nowMs - debitedAtMs) / askEveryMs) + 1) * askEveryMs;
