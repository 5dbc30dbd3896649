// Where shares of the root key come in: a socket file of this machine, for its owner only, and never a port
// (contract 13.1). One line of JSON is asked, one is answered.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { isObject } from '@ozura/core/validation';
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { makeFolder } from '@ozura/kit/folder';
import { RootKeyUnusable } from '@ozura/kit/root-key';
import { findNewestKey } from '../store/keys.ts';
import { installation, KEK } from './key-rules.ts';
import { openKeys, type SealedKeys } from './open.ts';
import { type NewRoot, newRoot, readShare, rootOfShares, sharesNeeded } from './shares.ts';

export interface Unsealing {
  /** Resolves when the keys are open. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

interface Sealed {
  readonly db: Database;
  readonly keys: SealedKeys;
  readonly context: Context;
}

const ownerOnly = 0o600;
/** A person copies a share; nothing longer is read. */
const lineMax = 1_000;
const idleMs = 10 * 60_000;

type Answer = Readonly<Record<string, unknown>>;

export async function serveUnsealing(path: string, { db, keys, context }: Sealed): Promise<Unsealing> {
  const shares = new Map<string, Uint8Array>();
  let finished = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });

  const takeShare = async (text: unknown): Promise<Answer> => {
    const share = typeof text === 'string' ? readShare(text) : undefined;
    if (share === undefined) return { error: 'this is not a share, or one with a typing error' };
    if (!keys.isSealed()) return { sealed: false };
    if ((await findNewestKey(db, KEK, installation)) === undefined)
      return { error: 'there are no keys yet: init first' };
    shares.set(Buffer.from(share).toString('hex'), share);
    if (shares.size < sharesNeeded) return { sealed: true, shares: shares.size, needed: sharesNeeded };
    const pair = [...shares.values()];
    shares.clear();
    try {
      await keys.unseal(await rootOfShares(pair, context.random));
    } catch (error) {
      if (error instanceof RootKeyUnusable) return { error: 'these shares do not make the key of this Vault' };
      throw error;
    }
    context.log.info('unsealed');
    finished();
    return { sealed: false };
  };

  /** Nothing is written until the shares are known to have arrived. */
  const confirm = async (made: NewRoot | undefined): Promise<Answer> => {
    if (made === undefined) return { error: 'nothing to confirm' };
    if (await hasKeys(db)) return { error: 'this Vault has its shares already' };
    await openKeys(db, made.root, context);
    return { done: true };
  };

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    let made: NewRoot | undefined;
    converse(socket, context, async ({ command, share }) => {
      if (command === 'share') return takeShare(share);
      if (command === 'confirm') return confirm(made);
      if (command !== 'init') return { error: 'unknown command' };
      if (await hasKeys(db)) return { error: 'this Vault has its shares already' };
      made = await newRoot(context.random);
      return { shares: made.shares, needed: sharesNeeded };
    });
  });
  await listen(server, path);
  context.log.warn({ socket: path }, 'sealed: two shares are needed (ozura vault unseal)');
  return {
    done,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await close(server);
    },
  };
}

const hasKeys = async (db: Database): Promise<boolean> => (await findNewestKey(db, KEK, installation)) !== undefined;

function converse(socket: Socket, { log }: Context, answer: (asked: Answer) => Promise<Answer>): void {
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('data', () => {
    if (socket.bytesRead > lineMax * 10) socket.destroy();
  });
  createInterface({ input: socket }).on('line', async (line) => {
    try {
      const asked = readLine(line);
      socket.write(`${JSON.stringify(asked === undefined ? { error: 'unknown command' } : await answer(asked))}\n`);
    } catch (error) {
      log.error({ err: error }, 'unsealing failed');
      socket.end(`${JSON.stringify({ error: 'failed; the log says why' })}\n`);
    }
  });
}

/** Of what cannot be read nothing is told, nor logged: it may be a share. */
function readLine(line: string): Answer | undefined {
  try {
    const asked: unknown = JSON.parse(line);
    return isObject(asked) ? asked : undefined;
  } catch {
    return undefined;
  }
}

/** A socket file that a killed process left behind is in the way of nobody but us: one database has one such file. */
async function listen(server: Server, path: string): Promise<void> {
  makeFolder(dirname(path));
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, ownerOnly);
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
