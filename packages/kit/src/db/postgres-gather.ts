// What comes at the same time goes to the server together.

const turns = 4;

/**
 * Resolves some turns of the event loop later. A program with nothing to do passes them in microseconds; in one that is
 * busy each brings more to go along. There is no timer.
 */
export async function gather(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
}
