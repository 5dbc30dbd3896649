// A simulated processor that speaks Access Worldpay instead of the sandbox's wire format: the same books behind other
// documents, so that stories are told with the adapter of a real processor.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import { meaningOf } from '@ozura/core/attempt-decline';
import { type Booking, type Books, isSettled, isVisible } from './processor-books.ts';
import { inquire, list } from './processor-questions.ts';
import { sell } from './processor-sales.ts';
import { giveBack, undo } from './processor-undoing.ts';
import { answered } from './processor-wire.ts';
import { merchantId } from './programs.ts';

type Json = Readonly<Record<string, unknown>>;

interface Value {
  readonly currency: string;
  readonly amount: number;
}

interface Payment {
  readonly transactionReference: string;
  readonly instruction: {
    readonly value: Value;
    readonly customerAgreement?: { readonly storedCardUsage: string };
  };
  /** From the Vault. */
  readonly card: { readonly number: string };
}

const error = (status: number, errorName: string): IncomingAnswer => answered(status, { errorName, message: 'no' });
const notFound = error(404, 'resourceNotFound');

/** `nameOfVoid`: a reversal bears no name here, so whose it is is known to our own books only. */
export async function answerWorldpay(
  books: Books,
  { method, url, body = '{}' }: OutgoingRequest,
  nameOfVoid: (saleReference: string) => string,
): Promise<IncomingAnswer> {
  const { pathname, searchParams, origin } = new URL(url);
  const [, service, , id, action] = pathname.split('/');
  if (method === 'POST' && id === undefined) return pay(books, origin, JSON.parse(body) as Payment);
  if (method === 'GET' && pathname.startsWith('/payments/events')) {
    return recovered(books, searchParams.get('transactionRef') ?? '');
  }
  const reference = searchParams.get('transactionReference');
  if (reference !== null) return byReference(books, reference);
  if (searchParams.has('startDate')) return day(books, (searchParams.get('startDate') ?? '').slice(0, 10));
  const sale = books.bookings.find(({ transactionId }) => transactionId === id);
  if (sale === undefined) return notFound;
  if (action === 'partialRefunds') return refund(books, sale, JSON.parse(body) as Json);
  if (action === 'reversals') return reverse(books, sale, nameOfVoid(sale.reference));
  return service === 'api' ? state(books, origin, sale) : details(books, origin, sale);
}

/** What is no answer, or none of the processor's own, stays as it is. */
function inWords(answer: IncomingAnswer, words: (body: Json) => IncomingAnswer): IncomingAnswer {
  if (answer.status === 401) return error(401, 'accessDenied');
  if (answer.status !== 200) return answer;
  try {
    return words(JSON.parse(answer.text) as Json);
  } catch {
    return answer;
  }
}

const linkOf = (origin: string, id: unknown): string => `${origin}/api/payments/${String(id)}`;

async function pay(books: Books, origin: string, payment: Payment): Promise<IncomingAnswer> {
  const { transactionReference: reference, instruction, card } = payment;
  const { value, customerAgreement } = instruction;
  const initiator = customerAgreement?.storedCardUsage === 'subsequent' ? 'merchant' : 'customer';
  const asked = { reference, merchant: merchantId, ...value, initiator, card };
  return inWords(await sell(books, asked), (body) => paid(origin, value, body));
}

function paid(origin: string, value: Value, body: Json): IncomingAnswer {
  const { status, reference: transactionReference, transactionId: paymentId } = body;
  const common = { transactionReference, paymentId };
  if (status === 'not_processed') return error(400, 'entityIsNotConfigured');
  if (status === 'duplicate') return answered(400, { errorName: 'duplicate', jsonPath: '$.transactionReference' });
  if (status === 'review') return answered(201, { outcome: '3dsDeviceDataRequired', ...common });
  if (status === 'declined') return answered(201, { outcome: 'refused', ...common, refusalCode: codeOf(body) });
  const isOther = body.amount !== value.amount || body.currency !== value.currency;
  return answered(202, {
    outcome: 'sentForSettlement',
    ...common,
    schemeReference: body.networkReference,
    issuer: { authorizationCode: body.authCode },
    riskFactors: [
      ...(body.cvvResult === 'M' ? [] : [{ type: 'cvc', risk: 'notMatched' }]),
      ...(body.avsResult === 'Y' ? [] : [{ type: 'avs', risk: 'notMatched' }]),
    ],
    ...(isOther ? { amounts: { requested: value.amount, totalAuthorized: body.amount, currency: body.currency } } : {}),
    _links: { self: { href: linkOf(origin, paymentId) } },
  });
}

const codeOf = ({ declineCode }: Json): string => meaningOf(String(declineCode)).networkCodes[0] ?? '05';

function lastEventOf({ status, voidedBy }: Booking): string {
  if (status === 'review') return 'authorizationRequested';
  if (status === 'declined') return 'authorizationRefused';
  return voidedBy === undefined ? 'settlementRequestSubmitted' : 'reversalRequestSubmitted';
}

function actionsOf({ options, world }: Books, origin: string, sale: Booking): Json {
  const { status, voidedBy, transactionId } = sale;
  if (status !== 'approved' || voidedBy !== undefined) return {};
  const action = (name: string) => ({ href: `${linkOf(origin, transactionId)}/${name}` });
  return {
    partiallyRefundPayment: action('partialRefunds'),
    ...(isSettled(sale, options, world.nowMs()) ? {} : { reversePayment: action('reversals') }),
  };
}

function state(books: Books, origin: string, sale: Booking): IncomingAnswer {
  if (books.world.chance.happens(books.options.inquiriesFail)) return answered(503, '<html>later</html>');
  return answered(200, { lastEvent: lastEventOf(sale), _actions: actionsOf(books, origin, sale) });
}

async function refund(books: Books, sale: Booking, { reference, value }: Json): Promise<IncomingAnswer> {
  const { amount, currency } = value as Value;
  const asked = { reference: String(reference), transactionId: sale.transactionId, amount, currency };
  return inWords(await giveBack(books, asked), (body) => {
    const { status, transactionId: commandId } = body;
    if (status === 'not_processed' || status === 'refused') return error(400, 'actionNotAllowed');
    const outcome = status === 'declined' ? { outcome: 'refused', refusalCode: codeOf(body) } : undefined;
    return answered(202, {
      ...(outcome ?? { outcome: 'sentForPartialRefund', commandId }),
      paymentId: sale.transactionId,
    });
  });
}

const reverse = (books: Books, { transactionId }: Booking, reference: string): IncomingAnswer =>
  inWords(undo(books, { reference, transactionId }), ({ status }) =>
    status === 'voided'
      ? answered(202, { outcome: 'sentForReversal', paymentId: transactionId, commandId: `${transactionId}-V` })
      : error(400, 'actionNotAllowed'),
  );

const summaryOf = (sale: Booking): Json => ({
  timestamp: new Date(sale.bookedAtMs).toISOString(),
  paymentId: sale.transactionId,
  transactionReference: sale.reference,
  lastEvent: lastEventOf(sale),
  scheme: { reference: `network-${sale.transactionId}` },
  issuer: { authorizationCode: '000000' },
  paymentInstrument: { card: { number: { last4Digits: sale.lastFour } } },
  value: { currency: sale.currency, amount: sale.amount },
});

const page = (sales: readonly Booking[]): IncomingAnswer =>
  answered(200, { _links: {}, ...(sales.length > 0 ? { _embedded: { payments: sales.map(summaryOf) } } : {}) });

const meantBy = (books: Books, body: Json): Booking | undefined =>
  books.bookings.find(({ transactionId }) => transactionId === (body.transaction as Json | undefined)?.transactionId);

const byReference = (books: Books, reference: string): IncomingAnswer =>
  inWords(inquire(books, reference), (body) => {
    const sale = meantBy(books, body);
    return page(sale === undefined ? [] : [sale]);
  });

const recovered = (books: Books, reference: string): IncomingAnswer =>
  inWords(inquire(books, reference), ({ found }) =>
    found === true ? answered(200, { lastEvent: 'Authorized' }) : notFound,
  );

function details(books: Books, origin: string, sale: Booking): IncomingAnswer {
  if (books.world.chance.happens(books.options.inquiriesFail)) return answered(503, '<html>later</html>');
  if (!isVisible(books, sale)) return notFound;
  const told = sale.refunds.filter((one) => isVisible(books, one));
  return answered(200, {
    ...summaryOf(sale),
    events: [
      ...(sale.status === 'declined' ? [{ eventName: 'authorizationRefused', code: codeOf({ ...sale }) }] : []),
      ...told.map(({ reference: refundReference, transactionId: commandId, amount }) => ({
        eventName: 'refundRequested',
        refundReference,
        commandId,
        value: { amount, currency: sale.currency },
      })),
    ],
    _actions: actionsOf(books, origin, sale),
  });
}

function day(books: Books, date: string): IncomingAnswer {
  const { transactions } = JSON.parse(list(books, merchantId, date).text) as { transactions: Json[] };
  return page(
    books.bookings.filter(({ transactionId }) => transactions.some((one) => one.transactionId === transactionId)),
  );
}
