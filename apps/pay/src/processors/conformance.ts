// What every processor passes, as adapter and program that speaks its wire format (contract 9.1). Each case is a row of the
// table in `docs/adding-a-processor.md`; `npm run conformance` runs them through the Vault's proxy and over real HTTP.
import type { Billing } from '@ozura/core/billing';
import type { Act, ConformanceCase, Expected } from './conformance-case.ts';
import { placeholder } from './placeholders.ts';

const approved = { kind: 'approved' };
const unknown = { kind: 'unknown' };
const refused = { kind: 'refused' };

// Rows of the tables of contract 8.9.
const full = /^[YXDMF]$/;
const unchecked = /^[BCEGIRSU]?$/;
const codeUnchecked = /^[PU]?$/;

type SaleAct = Extract<Act, { call: 'sale' }>;

const sale = (expect: Expected, more: Partial<SaleAct> = {}): Act => ({ call: 'sale', expect, ...more });
const paid = sale(approved);
const inquire = (expect: Expected, more: { of?: 'sale' | 'refund'; step?: string } = {}): Act => ({
  call: 'inquire',
  of: 'sale',
  expect,
  ...more,
});
const foundApproved = inquire({ kind: 'found', voided: false, 'outcome.kind': 'approved' });
const notFound = inquire({ kind: 'not_found' });

const whole = 1_840n;
const refund = (amountMinor: bigint, expect: Expected, step?: string): Act => ({
  call: 'refund',
  amountMinor,
  expect,
  ...(step === undefined ? {} : { step }),
});

const one = (name: string, act: Act, sales = 1): ConformanceCase => ({ name, acts: [act], booked: { sales } });

const inCurrency = (currency: string, amountMinor: bigint, what: string): ConformanceCase =>
  one(`approves ${what}`, sale(approved, { change: { currency, amountMinor } }));

/** By the card's own outcome (contract 14.5). */
const declines = (what: string, card: string, expect: Readonly<Record<string, unknown>>): ConformanceCase =>
  one(`declines ${what}`, sale({ kind: 'declined', ...expect }, { card }), 0);

/** Booked, and the answer does not say so: only the inquiry does. */
const lost = (what: string, step: string): ConformanceCase => ({
  name: `${what}: unknown, then found`,
  acts: [sale(unknown, { step }), foundApproved],
  booked: { sales: 1 },
});

const hostile: Billing = {
  firstName: '</ssl_first_name><ssl_amount>0.01</ssl_amount>","amount":1,"x":"',
  lastName: `${placeholder('cardNumber')} Größe 🎉 & Łódź <!--`,
  email: 'someone@bluekettle.test',
  phone: '+14155550134',
  address: {
    line1: `${'Very Long Street '.repeat(5)}${placeholder('cvc')}`,
    city: 'Москва',
    state: '',
    zip: '12345-6789',
    country: 'US',
  },
};

const SALES: readonly ConformanceCase[] = [
  one('approves a sale', sale({ ...approved, processorTransactionId: /./, avsResult: full, cvvResult: 'M' })),
  inCurrency('JPY', 1_500n, 'an amount without decimals'),
  inCurrency('KWD', 12_345n, 'an amount with three decimals'),
  one('approves an order by telephone, without a code', {
    ...sale({ ...approved, cvvResult: codeUnchecked }, { change: { channel: 'moto', hasSecurityCode: false } }),
  }),
  one('approves tax, surcharge and a name for the statement', {
    ...sale(approved, {
      change: { taxMinor: 140n, surchargeMinor: 50n, descriptor: 'BLUE KETTLE', orderId: 'order <7> & "8"' },
    }),
  }),
  {
    name: 'approves a merchant’s charge on a customer’s',
    acts: [
      sale({ ...approved, networkReference: /./ }),
      sale(approved, { follows: true, change: { initiator: 'merchant', hasSecurityCode: false } }),
    ],
    booked: { sales: 2 },
  },
  one('approves whatever a customer is called', sale(approved, { change: { billing: hostile } })),
  declines('plainly', '4000000000000002', { errorCode: 'CARD_DECLINED' }),
  declines('for lack of funds', '4000000000009995', { errorCode: 'INSUFFICIENT_FUNDS', advice: 'retry_later' }),
  declines('over a limit', '4000000000006975', { errorCode: 'LIMIT_EXCEEDED' }),
  declines('a lost card for good', '4000000000009987', { errorCode: 'CARD_DECLINED', advice: 'never' }),
  declines('a stolen card for good', '4000000000009979', { errorCode: 'CARD_DECLINED', advice: 'never' }),
  declines('suspected fraud for good', '4100000000000019', { errorCode: 'CARD_DECLINED', advice: 'never' }),
  declines('an expired card', '4000000000000069', { errorCode: 'EXPIRED_CARD', advice: 'fix_data' }),
  declines('a wrong code', '4000000000000127', { errorCode: 'INVALID_CVV', advice: 'fix_data' }),
  declines('what needs authentication', '4000002760003184', { errorCode: 'AUTHENTICATION_REQUIRED' }),
  one('tells that the code is wrong', sale({ ...approved, cvvResult: /^[NS]$/ }, { step: 'cvv:N' })),
  one('tells that the code was not checked', sale({ ...approved, cvvResult: codeUnchecked }, { step: 'cvv:U' })),
  one('tells that street and postal code are wrong', sale({ ...approved, avsResult: 'N' }, { step: 'avs:N' })),
  one('tells that only the street is right', sale({ ...approved, avsResult: 'A' }, { step: 'avs:A' })),
  one('tells that only the postal code is right', sale({ ...approved, avsResult: /^[ZWP]$/ }, { step: 'avs:Z' })),
  one('tells that the address was not checked', sale({ ...approved, avsResult: unchecked }, { step: 'avs:U' })),
];

const REFUSALS: readonly ConformanceCase[] = [
  one('was not processed: refused', sale({ ...refused, cause: 'unavailable' }, { step: 'not_processed' }), 0),
  one('credentials refused', sale({ ...refused, cause: 'credentials' }, { step: 'refuse_credentials' }), 0),
  one('wrong credentials', sale({ ...refused, cause: 'credentials' }, { credentials: 'wrong' }), 0),
];

const CHECKS: readonly ConformanceCase[] = [
  {
    name: 'says whether credentials are good, and moves nothing',
    acts: [
      { call: 'check', expect: { kind: 'accepted' } },
      { call: 'check', credentials: 'wrong', expect: { kind: 'refused' } },
    ],
    booked: { sales: 0 },
  },
];

const DOUBTS: readonly ConformanceCase[] = [
  {
    name: 'broken off before acceptance: unknown, then not found',
    acts: [sale(unknown, { step: 'timeout_before_accept' }), notFound, { call: 'list', expect: 'no sale' }],
    booked: { sales: 0 },
  },
  lost('broken off after acceptance', 'timeout_after_accept'),
  lost('HTTP 500 after acceptance', 'http_500_after_accept'),
  lost('a malformed body', 'garbage'),
  lost('cut within the head', 'cut_after:20'),
  lost('cut within the body', 'cut_after:160'),
  lost('an undocumented code', 'unexpected_code'),
  lost('an answer about another transaction', 'wrong_reference'),
  lost('an answer about a duplicate', 'duplicate_answer'),
  one('another amount: an alarm', sale({ ...unknown, wronglyBooked: true }, { step: 'wrong_amount' })),
  one('another currency: an alarm', sale({ ...unknown, wronglyBooked: true }, { step: 'wrong_currency' })),
  {
    name: 'under review: unknown, and still when asked',
    acts: [
      sale(unknown, { step: 'review' }),
      inquire([{ kind: 'found', 'outcome.kind': 'unknown' }, { kind: 'unanswered' }]),
    ],
    booked: { sales: 0 },
  },
];

const REFUNDS: readonly ConformanceCase[] = [
  {
    name: 'gives back the whole',
    acts: [paid, { call: 'settle' }, refund(whole, approved), refund(1n, [refused, { kind: 'declined' }])],
    booked: { sales: 1, refunds: 1 },
  },
  {
    name: 'gives back parts, and no more than the whole',
    acts: [
      paid,
      { call: 'settle' },
      refund(840n, approved),
      refund(1_000n, approved),
      refund(1n, [refused, { kind: 'declined' }]),
    ],
    booked: { sales: 1, refunds: 2 },
  },
  {
    name: 'a refund that is declined',
    acts: [paid, { call: 'settle' }, refund(whole, { kind: 'declined' }, 'decline:generic_decline')],
    booked: { sales: 1 },
  },
  {
    name: 'a refund broken off before acceptance: not found',
    acts: [
      paid,
      { call: 'settle' },
      refund(whole, [unknown, { kind: 'unanswered' }], 'timeout_before_accept'),
      inquire({ kind: /^(not_found|unsupported)$/ }, { of: 'refund' }),
    ],
    booked: { sales: 1 },
  },
  {
    name: 'a refund broken off after acceptance: found',
    acts: [
      paid,
      { call: 'settle' },
      refund(whole, [unknown, { kind: 'unanswered' }], 'timeout_after_accept'),
      inquire([{ kind: 'found', 'outcome.kind': 'approved' }, { kind: 'unsupported' }], { of: 'refund' }),
    ],
    booked: { sales: 1, refunds: 1 },
  },
  {
    name: 'HTTP 500 to a refund: unknown',
    acts: [paid, { call: 'settle' }, refund(whole, unknown, 'http_500_after_accept')],
    booked: { sales: 1, refunds: 1 },
  },
];

const VOIDS: readonly ConformanceCase[] = [
  {
    name: 'voids, and again, and says so when asked',
    acts: [
      paid,
      { call: 'void', expect: { kind: 'voided' } },
      { call: 'void', expect: { kind: 'voided' } },
      inquire({ kind: 'found', voided: true }),
    ],
    booked: { sales: 1, voids: 1 },
  },
  {
    name: 'undoes by our reference',
    acts: [paid, { call: 'undo', expect: { kind: 'voided' } }],
    booked: { sales: 1, voids: 1 },
  },
  {
    name: 'undoes nothing that was never booked',
    acts: [sale(unknown, { step: 'timeout_before_accept' }), { call: 'undo', expect: { kind: 'not_found' } }],
    booked: { sales: 0 },
  },
  {
    name: 'does not void what has settled',
    acts: [paid, { call: 'settle' }, { call: 'void', expect: { kind: 'settled' } }],
    booked: { sales: 1 },
  },
  {
    name: 'a void broken off after acceptance: voided when repeated',
    acts: [
      paid,
      { call: 'void', step: 'timeout_after_accept', expect: { kind: 'unanswered' } },
      { call: 'void', expect: { kind: 'voided' } },
    ],
    booked: { sales: 1, voids: 1 },
  },
  {
    name: 'a void broken off before acceptance: voided when repeated',
    acts: [
      paid,
      { call: 'void', step: 'timeout_before_accept', expect: { kind: 'unanswered' } },
      { call: 'void', expect: { kind: 'voided' } },
    ],
    booked: { sales: 1, voids: 1 },
  },
];

const INQUIRIES: readonly ConformanceCase[] = [
  {
    name: 'finds an approval, also on the list',
    acts: [paid, foundApproved, { call: 'list', expect: 'the sale' }],
    booked: { sales: 1 },
  },
  { name: 'finds an approval after settlement', acts: [paid, { call: 'settle' }, foundApproved], booked: { sales: 1 } },
  {
    name: 'finds a decline, or nothing',
    acts: [
      sale({ kind: 'declined' }, { card: '4000000000000002' }),
      inquire([{ kind: 'found', 'outcome.kind': 'declined' }, { kind: 'not_found' }]),
    ],
    booked: { sales: 0 },
  },
  {
    name: 'finds another amount: an alarm',
    acts: [
      sale(unknown, { step: 'wrong_amount' }),
      inquire({ kind: 'found', 'outcome.kind': 'unknown', 'outcome.wronglyBooked': true }),
    ],
    booked: { sales: 1 },
  },
  ...['http_500_after_accept', 'garbage', 'timeout_before_accept', 'unexpected_code', 'wrong_reference'].map(
    (step): ConformanceCase => ({
      name: `an inquiry that answers ${step.replaceAll('_', ' ')}: nothing is believed`,
      acts: [paid, inquire([{ kind: 'unanswered' }, { kind: 'found', 'outcome.kind': 'unknown' }], { step })],
      booked: { sales: 1 },
    }),
  ),
];

export const CONFORMANCE: readonly ConformanceCase[] = [
  ...SALES,
  ...REFUSALS,
  ...CHECKS,
  ...DOUBTS,
  ...REFUNDS,
  ...VOIDS,
  ...INQUIRIES,
];
