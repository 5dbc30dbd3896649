// How a server stops: whoever has reached it is answered, and told that his connection ends.
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Of the event loop: one may end before it asks for what has arrived, one accepts a connection, one reads from it. */
const turns = 3;
/** As many as wait to be accepted at most (Node's backlog), when each of them takes a turn; so that steady arrivals end. */
const roundsMax = Math.ceil(511 / turns);

/**
 * A client that is told that his connection ends does not send his next request into it, and the stop need not wait for him.
 * A busy server has not read, or not even accepted, all that has arrived: closed at once, these would be cut off unanswered.
 */
export function announceClosing(app: FastifyInstance): void {
  let isClosing = false;
  let accepted = 0;
  app.server.on('connection', () => {
    accepted += 1;
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    let known = -1;
    for (let round = 0; known < accepted && round < roundsMax; round += 1) {
      known = accepted;
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    }
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('Connection', 'close');
    done();
  });
}
