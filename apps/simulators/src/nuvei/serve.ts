// Nuvei's REST API 1.0, simulated: one address for each call (contract 9.5).
import { randomText } from '@ozura/core/ids';
import { decide } from '@ozura/core/sandbox-decision';
import { isObject } from '@ozura/core/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Delivery, deliver, type Written, write } from '../delivery.ts';
import type { Frame } from '../frame.ts';
import {
  bookingAnswer,
  detailsAnswer,
  writeFault,
  writeFiltered,
  writeJson,
  writeOther,
  writeSession,
  writeUnexpected,
} from './answers.ts';
import { type Called, find, giveBack, sell, undo } from './calls.ts';
import type { Json } from './faults.ts';
import { type Call, faultOf } from './rules.ts';

const path = '/ppp/api/v1';

export const nuveiAddress = (url: string): string => url + path;

type Answered = FastifyReply | Promise<FastifyReply>;

/** What it has seen: tokens that are still good for a payment, and names of requests. */
interface Seen {
  readonly tokens: Map<string, 'open' | 'used'>;
  readonly requests: Set<string>;
}

export function serveNuvei(app: FastifyInstance, frame: Frame): void {
  const seen: Seen = { tokens: new Map(), requests: new Set() };
  const serve = (call: Call, answer: (reply: FastifyReply, body: Json) => Answered): void => {
    app.post(`${path}/${call}.do`, (request, reply) => {
      const body = readJson(request);
      if (body === undefined) return write(reply, unsupported);
      const fault = faultOf(call, body) ?? repeatFault(seen, body);
      return fault === undefined ? answer(reply, body) : write(reply, writeFault(fault, body));
    });
  };
  serve('getSessionToken', (reply, body) => {
    const token = [8, 4, 4, 4, 12].map((length) => randomText(frame.random, length, '0123456789abcdef')).join('-');
    seen.tokens.set(token, 'open');
    return write(reply, writeSession(token, body));
  });
  serve('payment', (reply, body) => {
    const token = String(body.sessionToken);
    const state = seen.tokens.get(token);
    if (state !== 'open') return write(reply, writeFault(state === 'used' ? 1064 : 1065, body));
    seen.tokens.set(token, 'used');
    return tell(frame, reply, { type: 'sale', body, called: sell(frame, body) });
  });
  serve('refundTransaction', (reply, body) =>
    tell(frame, reply, { type: 'refund', body, called: giveBack(frame, body) }),
  );
  serve('voidTransaction', (reply, body) => tell(frame, reply, { type: 'void', body, called: undo(frame, body) }));
  serve('getTransactionDetails', (reply, body) => lookUp(frame, reply, body));
}

const unsupported: Written = {
  status: 415,
  type: 'text/html',
  text: '<html><body>HTTP Status 415 - Unsupported Media Type</body></html>',
};

function readJson({ body, headers }: FastifyRequest): Json | undefined {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '') || !(body instanceof Uint8Array)) {
    return undefined;
  }
  try {
    const read: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** "If our system receives two calls with the same clientRequestId, it refuses the second call." */
function repeatFault({ requests }: Seen, { clientRequestId }: Json): 1012 | undefined {
  if (typeof clientRequestId !== 'string') return undefined;
  if (requests.has(clientRequestId)) return 1012;
  requests.add(clientRequestId);
  return undefined;
}

interface Told {
  readonly type: 'sale' | 'refund' | 'void';
  readonly body: Json;
  readonly called: Called;
}

function tell(frame: Frame, reply: FastifyReply, { type, body, called }: Told): Answered {
  if ('fault' in called) return write(reply, writeFault(called.fault, body));
  if ('filter' in called) return write(reply, writeFiltered(called.filter, type, body));
  const { booking, answer } = called;
  const told = booking === undefined ? {} : bookingAnswer(booking, body);
  // What is refused without a word on the card.
  const outcome = booking === undefined ? writeFault(type === 'sale' ? 1068 : 1066, body) : writeJson(told);
  return deliver(reply, { ...wordsOf(frame, told, body), answer, outcome });
}

function lookUp(frame: Frame, reply: FastifyReply, body: Json): Answered {
  const found = find(frame, body);
  // A void looks first; what it is told to do is for the void itself.
  const step = body.transactionId ? undefined : frame.steps.next('inquiry');
  const asked = { amountMinor: 0, currency: 'USD', cvc: '', initiator: 'merchant' };
  const told = found === undefined ? {} : detailsAnswer(frame.books, found, body);
  return deliver(reply, {
    ...wordsOf(frame, told, body),
    answer: step === undefined ? { kind: 'outcome' } : decide(asked, step).answer,
    outcome: found === undefined ? writeFault(9146, body) : writeJson(told),
  });
}

const wordsOf = ({ stopping }: Frame, told: Json, body: Json): Omit<Delivery, 'answer' | 'outcome'> => ({
  otherReference: writeOther(told),
  duplicate: writeFault(1012, body),
  unexpected: writeUnexpected(told),
  wrongCredentials: writeFault(1001, body),
  stopping,
});
