// A simulated processor that speaks Converge instead of the sandbox's wire format: the same books behind other documents,
// so that stories are told with the adapter of a real processor.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import { meaningOf } from '@ozura/core/attempt-decline';
import { formatMoney } from '@ozura/core/money';
import { minorOf } from '@ozura/simulators/elavon/answers';
import {
  type Fault,
  type Fields,
  readRequest,
  writeFault,
  writeTxn,
  writeTxnList,
} from '@ozura/simulators/elavon/documents';
import { type Booking, type Books, isSettled } from './processor-books.ts';
import { inquire, list } from './processor-questions.ts';
import { sell } from './processor-sales.ts';
import { giveBack, undo } from './processor-undoing.ts';
import { merchantId } from './programs.ts';

type Json = Readonly<Record<string, unknown>>;
type Written = { readonly status: number; readonly text: string };

const answered = ({ status, text }: Written): IncomingAnswer => ({ status, headers: {}, text });
const fault = (code: Fault): IncomingAnswer => answered(writeFault(code));
const type = 'application/x-www-form-urlencoded';

/** `nameOfVoid`: a void bears no name here, so whose it is is known to our own books only. */
export async function answerConverge(
  books: Books,
  { body = '' }: OutgoingRequest,
  nameOfVoid: (saleReference: string) => string,
): Promise<IncomingAnswer> {
  const fields = readRequest(Buffer.from(body), type) ?? {};
  switch (fields.ssl_transaction_type) {
    case 'ccsale':
      return sale(books, fields);
    case 'ccreturn':
      return refund(books, fields);
    case 'ccvoid':
      return voided(books, fields.ssl_txn_id ?? '', nameOfVoid);
    default:
      return fields.ssl_merchant_txn_id === undefined ? day(books, fields) : query(books, fields.ssl_merchant_txn_id);
  }
}

/** What is no answer, or none of the processor's own, stays as it is. */
function inWords(answer: IncomingAnswer, words: (body: Json) => IncomingAnswer): IncomingAnswer {
  if (answer.status === 401) return fault(4025);
  if (answer.status !== 200) return answer;
  try {
    return words(JSON.parse(answer.text) as Json);
  } catch {
    return answer;
  }
}

async function sale(books: Books, fields: Fields): Promise<IncomingAnswer> {
  const { ssl_merchant_txn_id: reference = '', ssl_card_number: number = '' } = fields;
  const currency = fields.ssl_transaction_currency ?? 'USD';
  const amount = Number(minorOf(fields.ssl_amount ?? '', currency));
  const initiator = fields.ssl_recurring_flag === '1' ? 'merchant' : 'customer';
  const asked = { reference, merchant: merchantId, amount, currency, initiator, card: { number: number.slice(-4) } };
  return inWords(await sell(books, asked), (body) => inAnswer(body, number));
}

function inAnswer(body: Json, number = ''): IncomingAnswer {
  if (body.status === 'not_processed') return fault(4002);
  if (body.status === 'refused') return fault(5040);
  const isNo = body.status === 'declined' || body.status === 'duplicate';
  const [issuer = '05'] = body.status === 'duplicate' ? ['94'] : meaningOf(String(body.declineCode)).networkCodes;
  return answered(
    writeTxn({
      ssl_result: isNo ? '1' : '0',
      ssl_issuer_response: isNo ? issuer : '00',
      ...common(body),
      ...(number === '' ? {} : { ssl_card_number: `42**********${number.slice(-4)}` }),
    }),
  );
}

const MESSAGES: Readonly<Record<string, string>> = {
  approved: 'APPROVAL',
  review: 'PENDING REVIEW',
  duplicate: 'DUPLICATE TRAN',
};

function common({ reference, transactionId, amount, currency = 'USD', status, ...rest }: Json): Record<string, string> {
  return {
    ssl_txn_id: String(transactionId ?? ''),
    ...(amount === undefined ? {} : { ssl_amount: formatMoney(BigInt(Number(amount)), String(currency)) }),
    ...(currency === 'USD' ? {} : { ssl_transaction_currency: String(currency) }),
    ssl_merchant_txn_id: String(reference),
    ssl_invoice_number: String(reference).slice(-25),
    ssl_result_message: MESSAGES[String(status)] ?? 'DECLINED',
    ssl_approval_code: '000000',
    ssl_avs_response: String(rest.avsResult ?? ''),
    ssl_cvv2_response: String(rest.cvvResult ?? ''),
    ssl_ps2000_data: String(rest.networkReference ?? '')
      .replace(/\W/g, '')
      .slice(0, 22),
  };
}

async function refund(books: Books, fields: Fields): Promise<IncomingAnswer> {
  const { ssl_merchant_txn_id: reference = '', ssl_txn_id: transactionId = '', ssl_amount: text = '' } = fields;
  const { currency = 'USD' } = books.bookings.find((booking) => booking.transactionId === transactionId) ?? {};
  const asked = { reference, transactionId, amount: Number(minorOf(text, currency)), currency };
  return inWords(await giveBack(books, asked), (body) => inAnswer(body));
}

function voided(books: Books, transactionId: string, nameOfVoid: (saleReference: string) => string): IncomingAnswer {
  const sold = books.bookings.find((booking) => booking.transactionId === transactionId);
  if (sold === undefined) return fault(5040);
  const answer = undo(books, { reference: nameOfVoid(sold.reference), transactionId });
  return inWords(answer, ({ status }) =>
    status === 'voided'
      ? answered(writeTxn({ ssl_result: '0', ssl_result_message: 'APPROVAL', ssl_txn_id: `${transactionId}-V` }))
      : fault(5040),
  );
}

const query = (books: Books, reference: string): IncomingAnswer =>
  inWords(inquire(books, reference), ({ transaction }) =>
    answered(writeTxnList(transaction === undefined ? [] : entriesOf(books, transaction as Json))),
  );

/** A sale, with its void beside it; or a return. */
function entriesOf({ bookings, options, world }: Books, told: Json): Fields[] {
  const sold = bookings.find(({ transactionId }) => transactionId === told.transactionId);
  const settled = sold !== undefined && isSettled(sold, options, world.nowMs());
  const entry = {
    ...common(told),
    ssl_transaction_type: sold === undefined ? 'RETURN' : 'SALE',
    ssl_trans_status: told.status === 'review' ? 'REV' : settled ? 'STL' : 'OPN',
    ...(sold === undefined ? {} : placeOf(sold)),
  };
  const undone = { ...entry, ssl_transaction_type: 'VOID', ssl_txn_id: `${String(told.transactionId)}-V` };
  return told.voided === true ? [entry, undone] : [entry];
}

const placeOf = ({ lastFour, bookedAtMs }: Booking): Fields => ({
  ssl_card_number: `42**********${lastFour}`,
  ssl_txn_time: usTime(bookedAtMs),
});

function usTime(atMs: number): string {
  const [year, month, day = '', hour = '', ...rest] = new Date(atMs).toISOString().split(/[-T:.]/);
  const half = Number(hour) < 12 ? 'AM' : 'PM';
  return `${month}/${day}/${year} ${String(Number(hour) % 12 || 12).padStart(2, '0')}:${rest[0]}:${rest[1]} ${half}`;
}

function day(
  books: Books,
  { ssl_search_start_date: from = '', ssl_search_end_date: until = '' }: Fields,
): IncomingAnswer {
  const days = [from, until].map((text) => text.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, '$3-$1-$2'));
  const told = days.flatMap(
    (one) => (JSON.parse(list(books, merchantId, one).text) as { transactions: Json[] }).transactions,
  );
  return answered(writeTxnList(told.flatMap((sold) => entriesOf(books, sold))));
}
