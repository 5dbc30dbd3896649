// Access Worldpay, simulated (contract 9.6): the Payments API, Payment Queries, and as much of Card Payments as their links
// lead to. Like the test environment it refuses a reference that was there before.
import { decide } from '@ozura/core/sandbox-decision';
import { isObject } from '@ozura/core/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Booking } from '../books.ts';
import { SIMULATED_CREDENTIALS } from '../credentials.ts';
import { type Delivery, deliver, type Written, write } from '../delivery.ts';
import type { Frame } from '../frame.ts';
import {
  commandAnswer,
  paymentAnswer,
  paymentDetails,
  paymentIdOf,
  paymentSummary,
  type Speaking,
  stateAnswer,
} from './answers.ts';
import { type Called, giveBack, pay, reverse } from './calls.ts';
import { json, violation, writeError, writeReplayed, writeViolations } from './errors.ts';
import { type PartialRefundBody, type PaymentBody, violationsOf } from './schema.ts';

export const worldpayAddress = (url: string): string => url;

const known = SIMULATED_CREDENTIALS.worldpay;
const credentials = `Basic ${Buffer.from(`${known.username}:${known.password}`).toString('base64')}`;

const JSON_TYPE = 'application/json';
const CARD_PAYMENTS_TYPE = 'application/vnd.worldpay.payments-v7+json';
const QUERIES_TYPE = 'application/vnd.worldpay.payment-queries-v1.hal+json';

type Answering = (request: FastifyRequest, reply: FastifyReply) => Written | undefined;

export function serveWorldpay(app: FastifyInstance, frame: Frame): void {
  /** Who asks, and for which version. */
  const guarded =
    (head: Answering, answer: (speaking: Speaking, request: FastifyRequest) => Answer) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const wrong = request.headers.authorization === credentials ? head(request, reply) : writeError('accessDenied');
      if (wrong !== undefined) return write(reply, wrong);
      const answered = answer({ ...frame, baseUrl: `http://${request.headers.host}` }, request);
      return 'text' in answered ? write(reply, answered) : deliver(reply, { ...answered, stopping: frame.stopping });
    };
  app.post(
    '/api/payments',
    guarded(paymentsHead, (speaking, request) => answerPayment(speaking, request)),
  );
  app.get(
    '/api/payments/:link',
    guarded(paymentsHead, (speaking, request) => answerState(speaking, request)),
  );
  for (const [path, head] of [
    ['/api/payments/:link/partialRefunds', paymentsHead],
    ['/payments/settlements/refunds/partials/:link', cardPaymentsHead],
  ] as const) {
    app.post(path, guarded(head, answerRefund));
  }
  for (const [path, head] of [
    ['/api/payments/:link/reversals', paymentsHead],
    ['/payments/authorizations/reversals/:link', cardPaymentsHead],
  ] as const) {
    app.post(path, guarded(head, answerReversal));
  }
  app.get('/paymentQueries/payments', guarded(queriesHead, answerQuery));
  app.get('/paymentQueries/payments/:id', guarded(queriesHead, answerDetails));
  app.get('/payments/events', guarded(cardPaymentsHead, answerRecovery));
}

/** A document as it is, or one that instructions may spoil on its way. */
type Answer = Written | Omit<Delivery, 'stopping'>;

const hasBody = ({ body }: FastifyRequest): boolean => body instanceof Uint8Array && body.length > 0;

const paymentsHead: Answering = ({ headers, method }) => {
  const version = headers['wp-api-version'];
  if (version === undefined) return writeError('headerIsMissing', { headerName: 'WP-Api-Version' });
  if (version !== '2024-06-01') return writeError('headerHasInvalidValue', { headerName: 'WP-Api-Version' });
  return method === 'GET' || headers['content-type'] === JSON_TYPE ? undefined : writeError('unsupportedContentType');
};

const cardPaymentsHead: Answering = (request) => {
  const { accept, 'content-type': type } = request.headers;
  if (accept !== CARD_PAYMENTS_TYPE) return writeError('headerHasInvalidValue', { headerName: 'Accept' });
  return hasBody(request) && type !== CARD_PAYMENTS_TYPE ? writeError('unsupportedContentType') : undefined;
};

const queriesHead: Answering = ({ headers }) =>
  headers.accept === QUERIES_TYPE ? undefined : writeError('headerHasInvalidValue', { headerName: 'Accept' });

function parsed({ body }: FastifyRequest): { readonly value: unknown } | Written {
  if (!(body instanceof Uint8Array) || body.length === 0) return writeError('bodyIsEmpty');
  try {
    return { value: JSON.parse(Buffer.from(body).toString('utf8')) };
  } catch {
    return writeError('bodyIsNotJson');
  }
}

function checked<Body>(request: FastifyRequest, what: 'payment' | 'partialRefund'): { readonly body: Body } | Written {
  const read = parsed(request);
  if (!('value' in read)) return read;
  const violations = violationsOf(what, read.value);
  return violations.length > 0 ? writeViolations(violations) : { body: read.value as Body };
}

/** `said`: what the answer would be, were it not for instructions. */
function told(
  answer: Called['answer'],
  said: { readonly status: number; readonly body: object } | undefined,
): Omit<Delivery, 'stopping'> {
  const { status, body } = said ?? { status: 202, body: {} };
  return {
    answer,
    outcome: said === undefined ? writeError('entityIsNotConfigured') : json(status, body),
    otherReference: json(status, elsewhere(body)),
    duplicate: writeReplayed(),
    unexpected: json(status, { ...body, outcome: 'sentForInspection', lastEvent: 'inspectionRequested' }),
    wrongCredentials: writeError('accessDenied'),
  };
}

/** The same about another payment. */
const elsewhere = (body: object): object => ({
  ...body,
  transactionReference: 'SOMEBODY-ELSE',
  paymentId: 'paySOMEBODYxELSExxxxxxxx0',
});

function answerPayment(frame: Speaking, request: FastifyRequest): Answer {
  const read = checked<PaymentBody>(request, 'payment');
  if (!('body' in read)) return read;
  const { merchant, transactionReference, instruction } = read.body;
  if (merchant.entity !== known.entity) return writeError('entityIsNotConfigured');
  if (frame.books.byReference(transactionReference).some(({ kind }) => kind === 'sale')) return writeReplayed();
  const { month, year } = instruction.paymentInstrument.expiryDate;
  if (Date.UTC(year, month, 1) <= frame.now()) {
    return writeViolations([violation('$.instruction.paymentInstrument.expiryDate', 'fieldHasInvalidValue')]);
  }
  const { answer, booking } = pay(frame, read.body);
  return told(answer, booking && paymentAnswer(frame, booking));
}

function saleAt(frame: Frame, { params }: FastifyRequest): Booking | undefined {
  const { link = '' } = params as { link?: string };
  const sale = frame.books.byId(paymentIdOf(link));
  return sale?.kind === 'sale' ? sale : undefined;
}

function answerState(frame: Speaking, request: FastifyRequest): Answer {
  const sale = saleAt(frame, request);
  return sale === undefined ? writeError('resourceNotFound') : json(200, stateAnswer(frame, sale));
}

function answerRefund(frame: Speaking, request: FastifyRequest): Answer {
  const read = checked<PartialRefundBody>(request, 'partialRefund');
  if (!('body' in read)) return read;
  const sale = saleAt(frame, request);
  if (sale === undefined) return writeError('resourceNotFound');
  const called = giveBack(frame, sale, read.body);
  return called === undefined ? writeError('actionNotAllowed') : commandTold(frame, request, called);
}

function answerReversal(frame: Speaking, request: FastifyRequest): Answer {
  const sale = saleAt(frame, request);
  if (sale === undefined) return writeError('resourceNotFound');
  const called = reverse(frame, sale);
  return called === undefined ? writeError('actionNotAllowed') : commandTold(frame, request, called);
}

/** Card Payments says nothing of an outcome. */
function commandTold(frame: Speaking, { url }: FastifyRequest, { answer, booking }: Called): Answer {
  if (booking === undefined) return told(answer, undefined);
  const { status, body } = commandAnswer(frame, booking);
  const { outcome: _outcome, ...bare } = body as { readonly outcome?: string };
  return told(answer, { status, body: url.startsWith('/api/') ? body : bare });
}

const inquiry = (frame: Frame) =>
  decide({ amountMinor: 0, currency: 'USD', cvc: '', initiator: 'merchant' }, frame.steps.next('inquiry')).answer;

const pageMax = 300;

function answerQuery(frame: Speaking, request: FastifyRequest): Answer {
  const asked = isObject(request.query) ? request.query : {};
  const { transactionReference, startDate, endDate, entityReferences, pageSize = '10', from = '0' } = asked;
  const sales = frame.books.all.filter(({ kind }) => kind === 'sale');
  if (typeof transactionReference === 'string') {
    return page(
      frame,
      request,
      sales.filter(({ reference }) => reference === transactionReference),
    );
  }
  const [startMs, endMs] = [Date.parse(String(startDate)), Date.parse(String(endDate))];
  const size = Number(pageSize);
  if (Number.isNaN(startMs) || Number.isNaN(endMs) || !(size >= 1 && size <= pageMax)) {
    return writeError('queryParametersAreInvalid');
  }
  const isAsked = entityReferences === undefined || entityReferences === known.entity;
  const within = sales.filter(({ bookedAtMs }) => isAsked && bookedAtMs >= startMs && bookedAtMs <= endMs);
  const rest = within.slice(Number(from));
  const next = new URL(request.url, frame.baseUrl);
  next.searchParams.set('from', String(Number(from) + size));
  const more = rest.length > size ? { next: { href: next.pathname + next.search } } : {};
  return page(frame, request, rest.slice(0, size), more);
}

function page(frame: Speaking, { url }: FastifyRequest, sales: readonly Booking[], more: object = {}): Answer {
  const embedding = (payments: readonly object[]) => ({
    _links: { self: { href: url }, ...more },
    ...(payments.length === 0 ? {} : { _embedded: { payments } }),
  });
  const payments = sales.map((sale) => paymentSummary(frame, sale));
  return {
    ...told(inquiry(frame), { status: 200, body: embedding(payments) }),
    otherReference: json(200, embedding(payments.map(elsewhere))),
    unexpected: json(200, embedding(payments.map((one) => ({ ...one, lastEvent: 'inspectionRequested' })))),
  };
}

function answerDetails(frame: Speaking, { params }: FastifyRequest): Answer {
  const sale = frame.books.byId((params as { id: string }).id);
  if (sale?.kind !== 'sale') return writeError('resourceNotFound');
  return told(inquiry(frame), { status: 200, body: paymentDetails(frame, sale) });
}

function answerRecovery(frame: Speaking, { query }: FastifyRequest): Answer {
  const { transactionRef = '', entity } = query as { transactionRef?: string; entity?: string };
  const sale = frame.books.byReference(transactionRef).find(({ kind }) => kind === 'sale');
  if (sale === undefined || entity !== known.entity) return writeError('resourceNotFound');
  const lastEvent = { approved: 'Authorized', declined: 'Refused', review: 'SentForAuthorization' }[sale.status];
  return told(inquiry(frame), { status: 200, body: { lastEvent, _links: {} } });
}
