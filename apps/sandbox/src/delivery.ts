// How an answer reaches the client, or fails to: whole, late, broken off, or as something else.
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from '@ozura/core/sandbox-decision';
import type { FastifyReply } from 'fastify';

/** How a call is refused that the class of a merchant's processor does not have. */
export const notOffered = 501;

export interface Delivery {
  readonly answer: Answer;
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly stopping: AbortSignal;
}

export async function deliver(reply: FastifyReply, { answer, outcome, stopping }: Delivery): Promise<unknown> {
  switch (answer.kind) {
    case 'outcome':
      if (answer.delayMs === undefined) return outcome;
      return (await isWorthWaiting(answer.delayMs, stopping)) ? outcome : breakOff(reply, '');
    case 'not_offered':
      return reply.code(notOffered).send({ message: 'NOT OFFERED' });
    case 'other_reference':
      return { ...outcome, reference: `${outcome.reference}X` };
    case 'duplicate':
      return { reference: outcome.reference, status: 'duplicate', message: 'DUPLICATE TRANSACTION' };
    case 'unexpected':
      return { reference: outcome.reference, status: 'undocumented', message: 'UNDOCUMENTED' };
    case 'refused_credentials':
      return reply.code(401).send({ message: 'INVALID CREDENTIALS' });
    case 'garbage':
      return reply.type('application/json').serializer(String).send('{"status":"appro\u0000');
    case 'server_error':
      return reply.code(500).type('text/html').send('<html><body><h1>Internal Server Error</h1></body></html>');
    case 'cut':
      return breakOff(reply, wholeAnswer(outcome).slice(0, answer.bytes));
  }
}

/** `false` when the program stops before the time is over. */
const isWorthWaiting = (delayMs: number, stopping: AbortSignal): Promise<boolean> =>
  wait(delayMs, true, { signal: stopping }).catch(() => false);

function wholeAnswer(outcome: Delivery['outcome']): string {
  const body = JSON.stringify(outcome);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function breakOff(reply: FastifyReply, sent: string): FastifyReply {
  reply.hijack();
  const { socket } = reply.request.raw;
  socket.write(sent, () => socket.destroy());
  return reply;
}
