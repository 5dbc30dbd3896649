// The outcome matrix: what a processor does with a sale, what fails on the way, and where that leads (contract 9.2, 12.3 and
// 12.5). `outcomes.test.ts` runs every cell; `docs/outcomes.md` is this, written out.

import type { Failure } from './simulation/outcome-cell.ts';
import type { Behaviour } from './simulation/processor-books.ts';

/** Attempt, session as the end of the charge leaves it, and what the page hears that repeats its call for 90 s. */
type Outcome = string;

interface Point {
  readonly name: string;
  readonly failure: Failure;
}

const dies = (program: 'checkout' | 'pay', label: string): Failure => ({ dies: { program, label } });
const notSent = '– · pending · 503 OVERLOADED';
const never = 'NOT_PROCESSED · failed · 202';
const refused = 'REFUSED · failed · 500 SYSTEM_ERROR';

/** Whatever the processor would have done: it is not asked, or nobody knows whether it was. */
export const BEFORE: readonly (Point & { readonly outcome: Outcome })[] = [
  { name: 'Checkout dies after C1', failure: dies('checkout', 'C1-after'), outcome: notSent },
  {
    name: 'Pay cannot be connected to',
    failure: { broken: { host: 'pay', path: '/cardSale', how: 'refused' } },
    outcome: notSent,
  },
  { name: 'Pay dies before P1', failure: dies('pay', 'P1-before'), outcome: notSent },
  { name: 'Pay dies after P1', failure: dies('pay', 'P1-after'), outcome: 'NOT_SENT · pending · 503 OVERLOADED' },
  { name: 'Pay dies after P2', failure: dies('pay', 'P2-after'), outcome: never },
  {
    name: 'the Vault cannot be connected to',
    failure: { broken: { host: 'vault', path: '/proxy', how: 'refused' } },
    outcome: refused,
  },
  {
    name: 'the processor cannot be connected to',
    failure: { broken: { host: 'sandbox', path: '/sales', how: 'refused' } },
    outcome: refused,
  },
  {
    name: 'the sale is lost on its way',
    failure: { broken: { host: 'sandbox', path: '/sales', how: 'lostBefore' } },
    outcome: never,
  },
];

/** The processor's answer comes to Pay, and is recorded. */
export const RECORDED: readonly Point[] = [
  { name: 'nothing fails', failure: {} },
  { name: 'Pay dies after P4', failure: dies('pay', 'P4-after') },
  { name: "Pay's answer is lost", failure: { broken: { host: 'pay', path: '/cardSale', how: 'lostAfter' } } },
  { name: 'Checkout dies before C2', failure: dies('checkout', 'C2-before') },
  { name: 'Checkout dies after C2', failure: dies('checkout', 'C2-after') },
];

/** It is lost: inquiries have to find out. */
export const LOST: readonly Point[] = [
  { name: 'the answer is lost', failure: { broken: { host: 'sandbox', path: '/sales', how: 'lostAfter' } } },
  { name: 'Pay dies before P4', failure: dies('pay', 'P3-after') },
];

export interface Answer {
  readonly behaviour: Behaviour;
  readonly does: string;
  readonly recorded: Outcome;
  readonly lost: Outcome;
}

const same = (behaviour: Behaviour, does: string, outcome: Outcome): Answer => ({
  behaviour,
  does,
  recorded: outcome,
  lost: outcome,
});
const paid = 'APPROVED · completed · 200';

export const ANSWERS: readonly Answer[] = [
  same('approve', 'approves', paid),
  same('decline', 'declines', 'DECLINED · pending · 402 CARD_DECLINED'),
  same('bad_cvv', 'approves, security code wrong', 'REVERSED · pending · 402 INVALID_CVV'),
  same('bad_avs', 'approves, address wrong', 'REVERSED · pending · 402 AVS_MISMATCH'),
  { behaviour: 'not_processed', does: 'says "not processed"', recorded: refused, lost: never },
  {
    behaviour: 'refuse_credentials',
    does: 'refuses the credentials',
    recorded: 'REFUSED · failed · 502 AUTH_ERROR',
    lost: never,
  },
  same('timeout_before_accept', 'books nothing, says nothing', never),
  same('timeout_after_accept', 'books, says nothing', paid),
  same('slow', 'books, answers after 40 s', paid),
  same('garbage', 'books, answers garbage', paid),
  same('http_500_after_accept', 'books, answers 500', paid),
  same('wrong_amount', 'books another amount', 'REVERSED · pending · 402 CARD_DECLINED'),
  same('wrong_currency', 'books another currency', 'REVERSED · pending · 402 CARD_DECLINED'),
  same('wrong_reference', 'books, answers with another reference', paid),
  same('duplicate_answer', 'books, answers "duplicate"', paid),
  same('review', 'reviews, and approves hours later', 'APPROVED · completed · 202'),
];

export function outcomesPage(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = (points: readonly Point[]): string => points.map(({ name }) => name).join('; ');
  return [
    '# Outcomes',
    'Where a payment ends, whatever a processor does and whatever fails on the way: state of the attempt, status of the session as the end of',
    'the charge leaves it, and what the page hears that repeats its call for 90 s. `202` at the end is the redirect with `MANUAL_REVIEW`; a',
    'session that was under review and was not paid is `failed`. Written from `e2e/outcomes.ts`, every cell of which runs in `npm test`.',
    '',
    '## Before the processor has answered',
    row(['What fails', 'Outcome']),
    row(['---', '---']),
    ...BEFORE.map(({ name, outcome }) => row([name, outcome])),
    '',
    '## By what the processor does',
    `Recorded: ${names(RECORDED)}.`,
    `Lost: ${names(LOST)}.`,
    '',
    row(['The processor', 'Its answer is recorded', 'Its answer is lost']),
    row(['---', '---', '---']),
    ...ANSWERS.map(({ does, recorded, lost }) => row([does, recorded, lost])),
    '',
  ].join('\n');
}
