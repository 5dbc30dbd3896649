// Our end of the writing thread: orders of one turn go over together, and their replies come back together, in the same
// order. A statement's text goes over once; after that its number does.
import { Worker } from 'node:worker_threads';
import { raw, type Statement } from './handle.ts';
import type { OrderKind, Orders, Replies } from './sqlite-writer.ts';

/** Gives orders for one file. */
export interface Writer {
  order<T>(kind: OrderKind, statements?: readonly Statement[]): Promise<T>;
  /** The same without a promise: replies come in the order of the orders. */
  give(order: Order, asking: Asking): void;
}

export interface Order {
  readonly kind: OrderKind;
  readonly statements: readonly Statement[];
}

export interface Asking {
  readonly resolve: (value: never) => void;
  /** After it `resolve` means nothing. */
  readonly reject: (error: Error) => void;
}

interface Thread {
  add(file: number, order: Order, asking: Asking): void;
}

let thread: Thread | undefined;
let files = 0;

/** Resolves when the file is open. All files of a process share one thread. */
export async function openWriter(path: string): Promise<Writer> {
  thread ??= startThread();
  const { add } = thread;
  files += 1;
  const file = files;
  const writer: Writer = {
    order: (kind, statements = []) =>
      new Promise((resolve, reject) => add(file, { kind, statements }, { resolve, reject })),
    give: (order, asking) => add(file, order, asking),
  };
  await writer.order('open', [raw(path)]);
  return writer;
}

function startThread(): Thread {
  const worker = new Worker(new URL('./sqlite-writer.ts', import.meta.url));
  const texts = new Map<string, number>();
  /** Those of this turn, who asked for them, and who waits for the replies to earlier turns. */
  let turn = newTurn();
  let asking: Asking[] = [];
  const waiting: Asking[][] = [];
  worker.on('message', (replies: Replies) => {
    settle(waiting.shift() ?? [], replies);
    if (waiting.length === 0 && asking.length === 0) worker.unref();
  });
  // Without the thread nothing can be promised any more: the program ends, and recovers at its next start.
  worker.on('error', (error) => {
    throw error;
  });
  const handOver = (): void => {
    waiting.push(asking);
    const orders = messageOf(turn);
    worker.postMessage(orders, orders.bytes === undefined ? [] : [orders.bytes.buffer]);
    asking = [];
    turn = newTurn();
  };
  return {
    add(file, { kind, statements }, who) {
      if (asking.length === 0) {
        worker.ref();
        queueMicrotask(handOver);
      }
      asking.push(who);
      turn.list.push(file, kind, statements.length);
      for (const statement of statements) writeStatement(turn, texts, statement);
    },
  };
}

/** What goes over together, as `sqlite-writer.ts` reads it. */
interface Turn {
  readonly list: unknown[];
  readonly blobs: Uint8Array[];
}

const newTurn = (): Turn => ({ list: [], blobs: [] });

function writeStatement({ list, blobs }: Turn, texts: Map<string, number>, { sql, values }: Statement): void {
  const known = texts.get(sql);
  if (known === undefined) texts.set(sql, texts.size);
  list.push(known ?? sql, values.length);
  for (const value of values) {
    if (value instanceof Uint8Array) list.push(undefined, blobs.push(value) && value.byteLength);
    else list.push(value ?? null);
  }
}

/** The bytes of all blobs in one piece, which is handed over and not copied: a piece for each costs twenty times as much. */
function messageOf({ list, blobs }: Turn): Orders {
  if (blobs.length === 0) return { list, bytes: undefined };
  const bytes = new Uint8Array(blobs.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const blob of blobs) {
    bytes.set(blob, at);
    at += blob.byteLength;
  }
  return { list, bytes };
}

function settle(asked: readonly Asking[], { answers, failures }: Replies): void {
  for (const [at, error] of failures) asked[at]?.reject(Object.assign(new Error(error.message), error));
  // Of one that was rejected this does nothing any more.
  for (const [at, { resolve }] of asked.entries()) resolve(answers[at] as never);
}
