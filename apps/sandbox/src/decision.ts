// What the sandbox does with a sale: what it books, and what its client gets to see of that.
import type { SaleRequest } from './sale-request.ts';
import type { Step } from './step.ts';

export interface Booking {
  readonly status: 'approved' | 'declined' | 'review';
  readonly amountMinor: number;
  readonly currency: string;
  readonly declineCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
}

export type Answer =
  /** The booking as it stands, or the explicit statement that there is none. */
  | { readonly kind: 'outcome'; readonly delayMs?: number }
  | { readonly kind: 'other_reference' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused_credentials' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'server_error' }
  /** The connection breaks after that many bytes of the answer. */
  | { readonly kind: 'cut'; readonly bytes: number };

export interface Decision {
  /** Absent: nothing is booked. */
  readonly booking?: Booking;
  readonly answer: Answer;
}

const outcome: Answer = { kind: 'outcome' };
const silence: Answer = { kind: 'cut', bytes: 0 };
/** By how much `wrong_amount` is off. */
const wrongByMinor = 100;

export function decide(sale: SaleRequest, step: Step): Decision {
  const approval: Booking = {
    status: 'approved',
    amountMinor: sale.amount,
    currency: sale.currency,
    avsResult: 'Y',
    cvvResult: sale.card.cvc === '' ? 'P' : 'M',
  };
  const approved = (changes: Partial<Booking>): Decision => ({ booking: { ...approval, ...changes }, answer: outcome });
  const booked = (answer: Answer): Decision => ({ booking: approval, answer });
  switch (step.kind) {
    case 'approve':
      return approved({});
    case 'approve_first_cycle':
      return sale.initiator === 'customer' ? approved({}) : declined(sale, 'generic_decline');
    case 'decline':
      return declined(sale, step.declineCode);
    case 'review':
      return approved({ status: 'review' });
    case 'avs':
      return approved({ avsResult: step.result });
    case 'cvv':
      return approved({ cvvResult: step.result });
    case 'wrong_amount':
      return approved({ amountMinor: sale.amount + wrongByMinor });
    case 'wrong_currency':
      return approved({ currency: sale.currency === 'EUR' ? 'USD' : 'EUR' });
    case 'not_processed':
      return { answer: outcome };
    case 'refuse_credentials':
      return { answer: { kind: 'refused_credentials' } };
    // A program cannot refuse a connection that it has; its client sends the card of that name to a closed port.
    case 'unreachable':
    case 'timeout_before_accept':
      return { answer: silence };
    case 'timeout_after_accept':
      return booked(silence);
    case 'cut_after':
      return booked({ kind: 'cut', bytes: step.bytes });
    case 'slow':
      return booked({ kind: 'outcome', delayMs: step.seconds * 1000 });
    case 'garbage':
      return booked({ kind: 'garbage' });
    case 'http_500_after_accept':
      return booked({ kind: 'server_error' });
    case 'wrong_reference':
      return booked({ kind: 'other_reference' });
    case 'duplicate_answer':
      return booked({ kind: 'duplicate' });
  }
}

const declined = ({ amount, currency }: SaleRequest, declineCode: string): Decision => ({
  booking: { status: 'declined', amountMinor: amount, currency, declineCode },
  answer: outcome,
});
