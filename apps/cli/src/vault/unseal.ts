// `ozura vault init` and `unseal`: shares of the root key, over a socket file of this machine (contract 13.1).
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { isObject } from '@ozura/core/validation';
import { readEnv } from '@ozura/kit/env';
import { CannotStart } from '../cannot-start.ts';
import { readUnsealSocket } from '../secret-settings.ts';

type Said = Readonly<Record<string, unknown>>;
type Ask = (question: Said) => Promise<Said>;

export const init = (): Promise<void> =>
  atSocket(async (ask) => {
    const { shares, needed } = await ask({ command: 'init' });
    if (!Array.isArray(shares)) throw new CannotStart('the Vault made no shares');
    console.log(
      [
        `The root key, as ${shares.length} shares. Any ${needed} of them open the Vault; one alone tells nothing.`,
        'They are shown this once. Give each to another person, apart from the database and its backups.',
        '',
        ...shares.map((share, index) => `share ${index + 1}: ${share}`),
        '',
      ].join('\n'),
    );
    // Only now, with the shares in hand, does the Vault put its keys under them.
    await ask({ command: 'confirm' });
    console.log('The Vault is still sealed: ozura vault unseal');
  });

export const unseal = (): Promise<void> =>
  atSocket(async (ask) => {
    for await (const share of shares()) {
      const { sealed, shares: count, needed } = await ask({ command: 'share', share });
      if (sealed === false) return console.log('The Vault is open.');
      console.log(`share ${count} of ${needed}`);
    }
  });

/** From a terminal one that is not shown while it is typed; else one a line. */
async function* shares(): AsyncGenerator<string> {
  const { stdin, stdout } = process;
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (stdin.isTTY) stdout.write('Share: ');
  const lines = createInterface({ input: stdin, output: hidden, terminal: stdin.isTTY === true });
  for await (const line of lines) {
    if (stdin.isTTY) stdout.write('\n');
    if (line.trim() !== '') yield line.trim();
    if (stdin.isTTY) return lines.close();
  }
}

async function atSocket(work: (ask: Ask) => Promise<void>): Promise<void> {
  const env = readEnv();
  const path = readUnsealSocket(env);
  env.finish();
  const socket = await open(path);
  try {
    await work(asking(socket));
  } finally {
    socket.destroy();
  }
}

const open = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', () => reject(new CannotStart(`no sealed Vault answers at ${path} (UNSEAL_SOCKET)`)));
  });

function asking(socket: Socket): Ask {
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  return async (question) => {
    socket.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await answers.next();
    const said: unknown = done === true ? undefined : JSON.parse(value);
    if (!isObject(said)) throw new CannotStart('the Vault hung up');
    if (typeof said.error === 'string') throw new CannotStart(said.error);
    return said;
  };
}
