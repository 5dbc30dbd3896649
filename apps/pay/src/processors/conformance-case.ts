// What a case of the conformance list consists of: calls, what each of them comes to, and what the processor has booked then.
import type { Billing } from '@ozura/core/billing';
import type { SaleInput } from './port.ts';

/** Of an outcome. A text is the same text, a pattern matches it, a list has one that fits. */
export type Expected = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/** What a sale is, where it is not the usual one: 18.40 USD by a customer with a security code. */
export type SaleChange = Partial<
  Pick<
    SaleInput,
    | 'amountMinor'
    | 'currency'
    | 'channel'
    | 'hasSecurityCode'
    | 'initiator'
    | 'orderId'
    | 'taxMinor'
    | 'surchargeMinor'
    | 'descriptor'
  >
> & { readonly billing?: Billing };

/** One call. `step` of contract 14.6 tells the processor's program what to do with it. */
export type Act =
  | {
      readonly call: 'sale';
      readonly card?: string;
      readonly step?: string;
      readonly change?: SaleChange;
      /** On the network reference of the sale before it. */
      readonly follows?: true;
      readonly credentials?: 'wrong';
      readonly expect: Expected;
    }
  | { readonly call: 'refund'; readonly amountMinor: bigint; readonly step?: string; readonly expect: Expected }
  /** `void`: as a merchant asks for it, by the processor's id. `undo`: by our reference of the sale, all that we have. */
  | { readonly call: 'void' | 'undo'; readonly step?: string; readonly expect: Expected }
  | { readonly call: 'inquire'; readonly of: 'sale' | 'refund'; readonly step?: string; readonly expect: Expected }
  /** The day's list has the sale, if there are lists. */
  | { readonly call: 'list'; readonly expect: 'the sale' | 'no sale' }
  /** Whether the credentials are good, asked of a processor that has credentials. */
  | { readonly call: 'check'; readonly credentials?: 'wrong'; readonly expect: Expected }
  /** Everything that was booked settles. */
  | { readonly call: 'settle' };

export interface ConformanceCase {
  readonly name: string;
  readonly acts: readonly Act[];
  /** What the processor has approved by the end. */
  readonly booked: { readonly sales: number; readonly refunds?: number; readonly voids?: number };
}
