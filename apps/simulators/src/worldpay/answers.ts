// How the simulated Worldpay puts a booking into words.
import { meaningOf } from '@ozura/core/attempt-decline';
import type { Booking } from '../books.ts';
import type { Frame } from '../frame.ts';
import { isReversible } from './calls.ts';

/** What is asked for is told by the address that was asked. */
export interface Speaking extends Frame {
  readonly baseUrl: string;
}

/** `k` and `linkVersion` of the examples, and the payment in some form of its own. */
const linkOf = (paymentId: string): string =>
  `${encodeURIComponent(Buffer.from('{"k":"k3ab632","linkVersion":"5.0.0"}').toString('base64'))}.sN%3A${Buffer.from(paymentId).toString('hex')}`;

/** Of a decoded link. */
export const paymentIdOf = (linkData: string): string => Buffer.from(linkData.split('.sN:')[1] ?? '', 'hex').toString();

const CODES: Readonly<Record<string, string>> = {
  expired_card: '33',
  fraudulent: '34',
  invalid_cvv: '55',
  authentication_required: '65',
};

const refusalCodeOf = ({ declineCode = '' }: Booking): string =>
  CODES[declineCode] ?? (meaningOf(declineCode).networkCodes[0] ?? '5').replace(/^0/, '');

const factor = (type: string, risk: string, detail?: string) => ({ type, ...(detail && { detail }), risk });

/** Empty: nothing was sent that could be checked. */
function riskFactorsOf({ avsResult = '', cvvResult = '' }: Booking) {
  const cvc = { M: [], N: ['notMatched'], S: ['notMatched'], '': ['notSupplied'] }[cvvResult] ?? ['notChecked'];
  const [street, code] = { Y: ['', ''], A: ['', 'notMatched'], Z: ['notMatched', ''], N: ['notMatched', 'notMatched'] }[
    avsResult
  ] ?? [avsResult === '' ? 'notSupplied' : 'notChecked', avsResult === '' ? 'notSupplied' : 'notChecked'];
  return [
    ...cvc.map((risk) => factor('cvc', risk)),
    ...(street ? [factor('avs', street, 'address')] : []),
    ...(code ? [factor('avs', code, 'postcode')] : []),
  ];
}

const actionsOf = (frame: Speaking, sale: Booking): readonly (readonly [string, string])[] => {
  if (sale.status !== 'approved' || frame.books.isVoided(sale.transactionId)) return [];
  return [
    ['refundPayment', 'refunds'],
    ['partiallyRefundPayment', 'partialRefunds'],
    ...(isReversible(frame, sale) ? ([['reversePayment', 'reversals']] as const) : []),
  ];
};

function actionMembers(frame: Speaking, sale: Booking) {
  const href = `${frame.baseUrl}/api/payments/${linkOf(sale.transactionId)}`;
  const actions = actionsOf(frame, sale).map(([name, path]) => [name, { href: `${href}/${path}`, method: 'POST' }]);
  return { _links: { self: { href } }, _actions: Object.fromEntries(actions) };
}

/** To `POST /api/payments`. */
export function paymentAnswer(frame: Speaking, sale: Booking): { readonly status: number; readonly body: object } {
  const common = {
    transactionReference: sale.reference,
    paymentId: sale.transactionId,
    paymentInstrument: { type: 'card/plain+masked', cardBin: sale.bin, lastFour: sale.lastFour },
  };
  if (sale.status === 'review') return { status: 201, body: { outcome: '3dsDeviceDataRequired', ...common } };
  if (sale.status === 'declined') {
    const refusal = { refusalCode: refusalCodeOf(sale), refusalDescription: 'REFUSED' };
    return { status: 201, body: { outcome: 'refused', ...common, ...refusal } };
  }
  const riskFactors = riskFactorsOf(sale);
  const body = {
    outcome: 'sentForSettlement',
    ...common,
    schemeReference: sale.networkReference,
    issuer: { authorizationCode: sale.authCode },
    ...(riskFactors.length === 0 ? {} : { riskFactors }),
    ...actionMembers(frame, sale),
  };
  return { status: 202, body };
}

/** To what is done with a payment. */
export function commandAnswer(frame: Speaking, command: Booking): { readonly status: number; readonly body: object } {
  const refused = { outcome: 'refused', refusalCode: refusalCodeOf(command), refusalDescription: 'REFUSED' };
  const accepted = { outcome: command.kind === 'void' ? 'sentForReversal' : 'sentForPartialRefund' };
  const self = { href: `${frame.baseUrl}/api/payments/${linkOf(command.original ?? '')}` };
  return {
    status: 202,
    body: {
      ...(command.status === 'declined' ? refused : accepted),
      paymentId: command.original,
      commandId: command.transactionId,
      _links: { self },
    },
  };
}

function lastEventOf({ books }: Frame, { transactionId, status }: Booking): string {
  if (status === 'review') return 'authorizationRequested';
  if (status === 'declined') return 'authorizationRefused';
  if (books.isVoided(transactionId)) return 'reversalRequestSubmitted';
  return books.refundedMinor(transactionId) > 0n ? 'refundRequestSubmitted' : 'settlementRequestSubmitted';
}

/** To `GET /api/payments/{linkData}`. */
export const stateAnswer = (frame: Speaking, sale: Booking): object => ({
  lastEvent: lastEventOf(frame, sale),
  ...actionMembers(frame, sale),
});

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

/** A payment among others. */
export const paymentSummary = (frame: Frame, sale: Booking) => ({
  timestamp: timeOf(sale.bookedAtMs),
  paymentId: sale.transactionId,
  transactionReference: sale.reference,
  entity: 'default',
  transactionType: 'oneTime',
  authorizationType: 'authorization',
  lastEvent: lastEventOf(frame, sale),
  ...(sale.networkReference === undefined ? {} : { scheme: { reference: sale.networkReference } }),
  ...(sale.authCode === undefined ? {} : { issuer: { authorizationCode: sale.authCode } }),
  paymentInstrument: { type: 'card/plain+masked', card: { number: { last4Digits: sale.lastFour } } },
  value: { currency: sale.currency, amount: Number(sale.amountMinor) },
  _links: { self: { href: `/paymentQueries/payments/${sale.transactionId}` } },
});

function eventsOf({ books }: Frame, sale: Booking) {
  const at = (eventName: string, more: object = {}) => ({ eventName, timestamp: timeOf(sale.bookedAtMs), ...more });
  const first = at('authorizationRequested');
  if (sale.status === 'review') return [first];
  if (sale.status === 'declined') return [first, at('authorizationRefused', { code: refusalCodeOf(sale) })];
  const later = books.all.filter(({ original, status }) => original === sale.transactionId && status === 'approved');
  return [
    first,
    at('authorizationSucceeded', { outcome: 'authorized' }),
    at('settlementRequestSubmitted'),
    ...later.map(({ kind, reference, amountMinor, currency, transactionId: commandId }) =>
      kind === 'void'
        ? at('reversalRequestSubmitted', { commandId })
        : at('refundRequested', {
            type: 'partialRefund',
            refundReference: reference,
            value: { amount: Number(amountMinor), currency },
            commandId,
          }),
    ),
  ];
}

/** A payment alone; its links lead to Card Payments. */
export function paymentDetails(frame: Speaking, sale: Booking): object {
  const link = linkOf(sale.transactionId);
  const hrefs: Readonly<Record<string, readonly [string, string]>> = {
    refundPayment: ['cardPayments:refund', `/payments/settlements/refunds/full/${link}`],
    partiallyRefundPayment: ['cardPayments:partialRefund', `/payments/settlements/refunds/partials/${link}`],
    reversePayment: ['cardPayments:reverse', `/payments/authorizations/reversals/${link}`],
  };
  const links = actionsOf(frame, sale).flatMap(([action]) => {
    const [name, path] = hrefs[action] ?? [];
    return name === undefined ? [] : [[name, { href: `${frame.baseUrl}${path}` }]];
  });
  const summary = paymentSummary(frame, sale);
  return { ...summary, events: eventsOf(frame, sale), _links: { ...summary._links, ...Object.fromEntries(links) } };
}
