// Our end of the writing thread: orders of one turn go over together, and their replies come back together, in the same
// order. A statement's text goes over once; after that its number does.
import { Worker } from 'node:worker_threads';
import { raw, type Statement } from './handle.ts';
import type { OrderKind, Replies } from './sqlite-writer.ts';

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
  let orders: unknown[] = [];
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
    worker.postMessage(orders);
    asking = [];
    orders = [];
  };
  return {
    add(file, { kind, statements }, who) {
      if (asking.length === 0) {
        worker.ref();
        queueMicrotask(handOver);
      }
      asking.push(who);
      orders.push(file, kind, statements.length);
      for (const statement of statements) writeStatement(orders, texts, statement);
    },
  };
}

function writeStatement(orders: unknown[], texts: Map<string, number>, { sql, values }: Statement): void {
  const known = texts.get(sql);
  if (known === undefined) texts.set(sql, texts.size);
  orders.push(known ?? sql, values.length);
  for (const value of values) orders.push(isWindow(value) ? new Uint8Array(value) : value);
}

/** A small buffer is a window on 8 KB that it shares with others, and all of that would be copied to the thread. */
const isWindow = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.byteLength < value.buffer.byteLength;

function settle(asked: readonly Asking[], { answers, failures }: Replies): void {
  for (const [at, error] of failures) asked[at]?.reject(Object.assign(new Error(error.message), error));
  // Of one that was rejected this does nothing any more.
  for (const [at, { resolve }] of asked.entries()) resolve(answers[at] as never);
}
