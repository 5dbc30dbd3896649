// How an answer of a simulated processor reaches its client, or fails to: whole, late, broken off, or as something else.
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from '@ozura/core/sandbox-decision';
import type { FastifyReply } from 'fastify';

/** An answer in the processor's own format. */
export interface Written {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** The same call's other answers, in the processor's own words. */
export interface Delivery {
  readonly answer: Answer;
  /** The booking as it stands, or that there is none. */
  readonly outcome: Written;
  readonly otherReference: Written;
  readonly duplicate: Written;
  readonly unexpected: Written;
  readonly wrongCredentials: Written;
  readonly stopping: AbortSignal;
}

export async function deliver(reply: FastifyReply, delivery: Delivery): Promise<FastifyReply> {
  const { answer, outcome, stopping } = delivery;
  switch (answer.kind) {
    case 'outcome': {
      const isWorthIt = answer.delayMs === undefined || (await waited(answer.delayMs, stopping));
      return isWorthIt ? write(reply, outcome) : breakOff(reply, '');
    }
    case 'other_reference':
      return write(reply, delivery.otherReference);
    case 'duplicate':
      return write(reply, delivery.duplicate);
    case 'unexpected':
      return write(reply, delivery.unexpected);
    case 'refused_credentials':
      return write(reply, delivery.wrongCredentials);
    case 'not_offered':
      return write(reply, { status: 501, type: 'text/plain', text: 'not offered' });
    case 'garbage':
      return write(reply, { ...outcome, text: `${outcome.text.slice(0, 14)}\u0000` });
    case 'server_error':
      return write(reply, { status: 500, type: 'text/html', text: '<html><body>Internal Server Error</body></html>' });
    case 'cut':
      return breakOff(reply, wholeAnswer(outcome).slice(0, answer.bytes));
  }
}

export const write = (reply: FastifyReply, { status, type, text }: Written): FastifyReply =>
  reply.code(status).type(type).serializer(String).send(text);

/** `false` when the program stops before the time is over. */
const waited = (delayMs: number, stopping: AbortSignal): Promise<boolean> =>
  wait(delayMs, true, { signal: stopping }).catch(() => false);

function wholeAnswer({ status, type, text }: Written): string {
  return `HTTP/1.1 ${status} OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

function breakOff(reply: FastifyReply, sent: string): FastifyReply {
  reply.hijack();
  const { socket } = reply.request.raw;
  socket.write(sent, () => socket.destroy());
  return reply;
}
