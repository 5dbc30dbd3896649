// Converge's XML interface, simulated: one address for every call (contract 9.4).
import { decide } from '@ozura/core/sandbox-decision';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Delivery, deliver, write } from '../delivery.ts';
import type { Frame } from '../frame.ts';
import { answerFields, entryFields, writeDuplicate, writeOtherReference, writeUnexpected } from './answers.ts';
import { type Called, giveBack, query, sell, undo } from './calls.ts';
import { type Fields, readRequest, writeFault, writeTxn, writeTxnList } from './documents.ts';
import { faultOf } from './rules.ts';

const path = '/VirtualMerchantDemo/processxml.do';

export const elavonAddress = (url: string): string => url + path;

export function serveElavon(app: FastifyInstance, frame: Frame): void {
  app.post(path, (request, reply) => {
    const fields = readRequest(request.body, request.headers['content-type']);
    if (fields === undefined) return write(reply, writeFault(3003));
    const fault = faultOf(fields, frame.now());
    if (fault !== undefined) return write(reply, writeFault(fault));
    return answer(frame, reply, fields);
  });
}

const CALLS: Readonly<Record<string, (frame: Frame, fields: Fields) => Called>> = {
  ccsale: sell,
  ccreturn: giveBack,
  ccvoid: undo,
};

function answer(frame: Frame, reply: FastifyReply, fields: Fields): FastifyReply | Promise<FastifyReply> {
  const call = CALLS[fields.ssl_transaction_type?.toLowerCase() ?? ''];
  if (call === undefined) return answerQuery(frame, reply, fields);
  const called = call(frame, fields);
  if ('fault' in called) return write(reply, writeFault(called.fault));
  const told = called.booking === undefined ? {} : answerFields(called.booking);
  // What is refused without a word on the card.
  const outcome = called.booking === undefined ? writeFault(4002) : writeTxn(told);
  return deliver(reply, { ...wordsOf(frame, told), answer: called.answer, outcome });
}

function answerQuery(frame: Frame, reply: FastifyReply, fields: Fields): FastifyReply | Promise<FastifyReply> {
  const found = query(frame, fields);
  if (found === undefined) return write(reply, writeFault(4009));
  const asked = { amountMinor: 0, currency: 'USD', cvc: '', initiator: 'merchant' };
  const entries = found.map(entryFields);
  return deliver(reply, {
    ...wordsOf(frame, entries[0] ?? {}),
    answer: decide(asked, frame.steps.next('inquiry')).answer,
    outcome: writeTxnList(entries),
  });
}

const wordsOf = ({ stopping }: Frame, told: Fields): Omit<Delivery, 'answer' | 'outcome'> => ({
  otherReference: writeOtherReference(told),
  duplicate: writeDuplicate(told),
  unexpected: writeUnexpected(told),
  wrongCredentials: writeFault(4025),
  stopping,
});
