// A simulated processor that speaks Nuvei's REST 1.0 instead of the sandbox's wire format: the same books behind other
// documents, so that stories are told with the adapter of a real processor.
import type { IncomingAnswer, OutgoingRequest } from '@ozura/contract/client';
import { meaningOf } from '@ozura/core/attempt-decline';
import { formatMoney } from '@ozura/core/money';
import { FAULTS, type Fault, type Json } from '@ozura/simulators/nuvei/faults';
import { minorOf } from '@ozura/simulators/nuvei/rules';
import { type Books, isVisible, isVoidVisible } from './processor-books.ts';
import { inquire } from './processor-questions.ts';
import { sell } from './processor-sales.ts';
import { giveBack, undo } from './processor-undoing.ts';
import { answered, told } from './processor-wire.ts';
import { merchantId } from './programs.ts';

type Call = Readonly<Record<string, string>>;

/** The card is from the Vault. */
type Payment = Call & { readonly card: { readonly number: string } };

/** It refuses a call whose `clientRequestId` it has seen: nothing is done twice under one. */
export function openNuveiWire(books: Books): (request: OutgoingRequest) => Promise<IncomingAnswer> {
  const seen = new Set<string>();
  return async ({ url, body = '{}' }) => {
    const call = JSON.parse(body) as Call;
    const { clientRequestId } = call;
    if (clientRequestId !== undefined && seen.has(clientRequestId)) return fault(call, 1012);
    if (clientRequestId !== undefined) seen.add(clientRequestId);
    switch (new URL(url).pathname) {
      case '/getSessionToken.do':
        return succeeded(call, { sessionToken: `token-${clientRequestId}` });
      case '/payment.do':
        return pay(books, call as unknown as Payment);
      case '/refundTransaction.do':
        return refund(books, call);
      case '/voidTransaction.do':
        return voided(books, call);
      default:
        return lookUp(books, call);
    }
  };
}

const succeeded = ({ clientRequestId, clientUniqueId }: Call, more: Json): IncomingAnswer =>
  answered(200, { status: 'SUCCESS', errCode: 0, reason: '', clientRequestId, clientUniqueId, ...more });

const fault = (call: Call, errCode: Fault): IncomingAnswer =>
  succeeded(call, { status: 'ERROR', errCode, reason: FAULTS[errCode] });

const filtered = (call: Call, gwExtendedErrorCode: number): IncomingAnswer =>
  succeeded(call, {
    transactionStatus: 'ERROR',
    gwErrorCode: -1100,
    gwErrorReason: 'filter error',
    gwExtendedErrorCode,
  });

/** What is no answer, or none of the processor's own, stays as it is. */
function inWords(call: Call, answer: IncomingAnswer, words: (body: Json) => IncomingAnswer): IncomingAnswer {
  if (answer.status === 401) return fault(call, 1001);
  if (answer.status !== 200) return answer;
  try {
    return words(JSON.parse(answer.text) as Json);
  } catch {
    return answer;
  }
}

async function pay(books: Books, call: Payment): Promise<IncomingAnswer> {
  const { clientUniqueId: reference = '', amount = '', currency = '', card } = call;
  const initiator = call.isRebilling === '1' ? 'merchant' : 'customer';
  const asked = {
    reference,
    merchant: merchantId,
    amount: Number(minorOf(amount, currency)),
    currency,
    initiator,
    card,
  };
  return inWords(call, await sell(books, asked), (body) => {
    if (body.status === 'not_processed') return fault(call, 1068);
    if (body.status === 'duplicate') return fault(call, 1012);
    const { processedAmount, processedCurrency, clientUniqueId, ...transaction } = transactionOf(body, 'Sale');
    const isOther = processedAmount !== amount || processedCurrency !== currency;
    return succeeded(call, {
      ...transaction,
      clientUniqueId,
      paymentOption: checksOf(body),
      // It tells no amount, unless it is not the one that was asked for.
      ...(isOther ? { partialApproval: { requestedAmount: amount, processedAmount, processedCurrency } } : {}),
    });
  });
}

const STATUSES: Readonly<Record<string, string>> = { declined: 'DECLINED', review: 'PENDING' };

function transactionOf(body: Json, transactionType: 'Sale' | 'Credit'): Json {
  const { reference: clientUniqueId, transactionId, amount, currency, status, declineCode } = body;
  return {
    transactionType,
    transactionId,
    clientUniqueId,
    transactionStatus: STATUSES[String(status)] ?? 'APPROVED',
    gwErrorCode: status === 'declined' ? -1 : 0,
    gwExtendedErrorCode: 0,
    issuerDeclineCode: status === 'declined' ? meaningOf(String(declineCode)).networkCodes[0] : '',
    authCode: '000000',
    externalSchemeTransactionId: String(body.networkReference ?? '').replace(/\W/g, ''),
    ...(amount === undefined
      ? {}
      : { processedAmount: formatMoney(BigInt(Number(amount)), String(currency)), processedCurrency: currency }),
  };
}

const checksOf = ({ avsResult: avsCode, cvvResult: cvv2Reply }: Json): Json => ({ card: { avsCode, cvv2Reply } });

/** By a number of the gateway's filters: why it gives nothing back. */
const OBJECTIONS: Readonly<Record<string, number>> = { exceeds_balance: 1106, not_settled: 1131 };

async function refund(books: Books, call: Call): Promise<IncomingAnswer> {
  const { clientUniqueId: reference = '', relatedTransactionId: transactionId = '', amount = '', currency = '' } = call;
  const asked = { reference, transactionId, amount: Number(minorOf(amount, currency)), currency };
  return inWords(call, await giveBack(books, asked), (body) => {
    if (body.status === 'not_processed') return fault(call, 1066);
    if (body.status === 'refused') return filtered(call, OBJECTIONS[String(body.reason)] ?? 1105);
    return succeeded(call, transactionOf(body, 'Credit'));
  });
}

function voided(books: Books, call: Call): IncomingAnswer {
  const { clientUniqueId = '', relatedTransactionId: transactionId = '' } = call;
  // A void that no merchant asked for goes by the name of its sale.
  const reference = clientUniqueId.replace(/-V$/, '');
  return inWords(call, undo(books, { reference, transactionId }), ({ status }) => {
    if (status !== 'voided') return filtered(call, status === 'settled' ? 1131 : 1105);
    return succeeded(call, {
      transactionType: 'Void',
      transactionStatus: 'APPROVED',
      transactionId: `${transactionId}-V`,
      gwErrorCode: 0,
    });
  });
}

/** By its own id, or by our reference of a sale or a refund. */
function lookUp(books: Books, call: Call): IncomingAnswer {
  const { transactionId, clientUniqueId = '' } = call;
  const answer = transactionId === undefined ? inquire(books, clientUniqueId) : ofSale(books, transactionId);
  return inWords(call, answer, ({ transaction }) => {
    if (transaction === undefined) return fault(call, 9146);
    const found = transaction as Json;
    const sale = books.bookings.find(({ transactionId: id }) => id === found.transactionId);
    const isVoided = sale === undefined ? found.voided === true : isVoidVisible(books, sale);
    const type = sale === undefined ? 'Credit' : 'Sale';
    const transactionDetails = { ...transactionOf(found, type), isVoided: isVoided ? 'True' : 'False' };
    return succeeded({}, { transactionDetails, paymentOption: checksOf(found) });
  });
}

function ofSale(books: Books, id: string): IncomingAnswer {
  if (books.world.chance.happens(books.options.inquiriesFail)) return answered(503, '<html>later</html>');
  const sale = books.bookings.find(({ transactionId }) => transactionId === id);
  const isShown = sale !== undefined && isVisible(books, sale);
  return answered(200, isShown ? { transaction: told(sale) } : {});
}
