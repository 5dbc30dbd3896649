// What a played processor, the sandbox or a simulator, does with a sale, refund or void: what it books, and what its client gets to see of that.
import type { Step } from './sandbox-step.ts';

/** Of the call, what a step may change or depend on. */
export interface Asked {
  readonly amountMinor: number;
  readonly currency: string;
  /** Empty when none was sent. */
  readonly cvc: string;
  readonly initiator: string;
}

export interface Booking {
  readonly status: 'approved' | 'declined' | 'review';
  readonly amountMinor: number;
  readonly currency: string;
  readonly declineCode?: string;
  readonly avsResult?: string;
  readonly cvvResult?: string;
  /** Settled with its booking. */
  readonly settled?: true;
}

export type Answer =
  /** The booking as it stands, or the explicit statement that there is none. */
  | { readonly kind: 'outcome'; readonly delayMs?: number }
  | { readonly kind: 'other_reference' }
  | { readonly kind: 'duplicate' }
  /** A code that the processor's reference does not have. */
  | { readonly kind: 'unexpected' }
  /** The class that is played does not have this call. */
  | { readonly kind: 'not_offered' }
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

export function decide(asked: Asked, step: Step): Decision {
  const approval: Booking = {
    status: 'approved',
    amountMinor: asked.amountMinor,
    currency: asked.currency,
    avsResult: 'Y',
    cvvResult: asked.cvc === '' ? 'P' : 'M',
  };
  const approved = (changes: Partial<Booking>): Decision => ({ booking: { ...approval, ...changes }, answer: outcome });
  const booked = (answer: Answer): Decision => ({ booking: approval, answer });
  switch (step.kind) {
    case 'approve':
    // Of a refund only, which looks at it before it comes here.
    case 'not_settled':
      return approved({});
    case 'approve_first_cycle':
      return asked.initiator === 'customer' ? approved({}) : declined(asked, 'generic_decline');
    case 'settled':
      return approved({ settled: true });
    case 'decline':
      return declined(asked, step.declineCode);
    case 'review':
      return approved({ status: 'review' });
    case 'avs':
      return approved({ avsResult: step.result });
    case 'cvv':
      return approved({ cvvResult: step.result });
    case 'wrong_amount':
      return approved({ amountMinor: asked.amountMinor + wrongByMinor });
    case 'wrong_currency':
      return approved({ currency: asked.currency === 'EUR' ? 'USD' : 'EUR' });
    // A program cannot refuse a connection that it has. It says that it did nothing, which is as much as the client of a
    // closed port learns; the card of that name does go to a closed port.
    case 'unreachable':
    case 'not_processed':
      return { answer: outcome };
    case 'refuse_credentials':
      return { answer: { kind: 'refused_credentials' } };
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
    case 'unexpected_code':
      return booked({ kind: 'unexpected' });
  }
}

const declined = ({ amountMinor, currency }: Asked, declineCode: string): Decision => ({
  booking: { status: 'declined', amountMinor, currency, declineCode },
  answer: outcome,
});
