// The published test cards (contract 14.5): the only numbers a test installation accepts, and what the sandbox does.
import { type Brand, brandOf } from './brand.ts';
import type { Funding } from './funding.ts';

/** One step of a sandbox program (contract 14.6), or an approval whose later plan cycles are declined. */
export type TestOutcome =
  | 'approve'
  | 'approve_first_cycle'
  | 'not_processed'
  | 'unreachable'
  | 'timeout_after_accept'
  | 'timeout_before_accept'
  | 'http_500_after_accept'
  | 'wrong_amount'
  | 'review'
  | 'slow:40'
  | 'cvv:N'
  | 'avs:N'
  | 'avs:A'
  | 'avs:Z'
  | `decline:${TestDecline}`;

export type TestDecline =
  | 'generic_decline'
  | 'insufficient_funds'
  | 'limit_exceeded'
  | 'lost_card'
  | 'stolen_card'
  | 'fraudulent'
  | 'expired_card'
  | 'invalid_cvv'
  | 'authentication_required';

export interface TestCard {
  readonly number: string;
  readonly brand: Brand;
  readonly funding: Funding;
  readonly outcome: TestOutcome;
}

const card = (number: string, funding: Funding, outcome: TestOutcome): TestCard => ({
  number,
  brand: brandOf(number),
  funding,
  outcome,
});

export const TEST_CARDS: readonly TestCard[] = [
  card('4242424242424242', 'credit', 'approve'),
  card('4111111111111111', 'credit', 'approve'),
  card('4911830000000', 'credit', 'approve'),
  card('5555555555554444', 'credit', 'approve'),
  card('2223003122003222', 'credit', 'approve'),
  card('378282246310005', 'credit', 'approve'),
  card('371449635398431', 'credit', 'approve'),
  card('6011111111111117', 'credit', 'approve'),
  card('6011000990139424', 'credit', 'approve'),
  card('30569309025904', 'credit', 'approve'),
  card('36227206271667', 'credit', 'approve'),
  card('3566002020360505', 'credit', 'approve'),
  card('6200000000000005', 'credit', 'approve'),
  card('6205500000000000004', 'credit', 'approve'),
  card('4000056655665556', 'debit', 'approve'),
  card('4917610000000000003', 'debit', 'approve'),
  card('5200828282828210', 'debit', 'approve'),
  card('6011981111111113', 'debit', 'approve'),
  card('6759649826438453', 'debit', 'approve'),
  card('5105105105105100', 'prepaid', 'approve'),
  card('6555900000604105', 'unknown', 'approve'),
  card('4000000000000002', 'credit', 'decline:generic_decline'),
  card('4000000000009995', 'credit', 'decline:insufficient_funds'),
  card('4000000000006975', 'credit', 'decline:limit_exceeded'),
  card('4000000000009987', 'credit', 'decline:lost_card'),
  card('4000000000009979', 'credit', 'decline:stolen_card'),
  card('4100000000000019', 'credit', 'decline:fraudulent'),
  card('4000000000000069', 'credit', 'decline:expired_card'),
  card('4000000000000127', 'credit', 'decline:invalid_cvv'),
  card('4000000000000101', 'credit', 'cvv:N'),
  card('4000000000000010', 'credit', 'avs:N'),
  card('4000000000000036', 'credit', 'avs:A'),
  card('4000000000000028', 'credit', 'avs:Z'),
  card('4000002760003184', 'credit', 'decline:authentication_required'),
  card('4000000000000341', 'credit', 'approve_first_cycle'),
  card('4000000000000119', 'credit', 'not_processed'),
  card('3528000700000000', 'credit', 'unreachable'),
  card('4012888888881881', 'credit', 'timeout_after_accept'),
  card('4444333322221111', 'credit', 'timeout_before_accept'),
  card('4462030000000000', 'debit', 'slow:40'),
  card('6011000400000000', 'credit', 'http_500_after_accept'),
  card('5454545454545454', 'credit', 'wrong_amount'),
  card('5163613613613613', 'debit', 'review'),
];

const byNumber = new Map(TEST_CARDS.map((entry) => [entry.number, entry]));

export const findTestCard = (number: string): TestCard | undefined => byNumber.get(number);
