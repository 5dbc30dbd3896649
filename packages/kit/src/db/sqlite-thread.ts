// Our end of the writing thread: orders of one turn go over together, replies come back in order. A statement's text
// goes over once; after that its number does.
import { Worker } from 'node:worker_threads';
import type { Order, OrderKind, Part, Reply } from './sqlite-writer.ts';

/** Gives orders for one file. */
export interface Writer {
  order<T>(kind: OrderKind, text?: string, values?: readonly unknown[]): Promise<T>;
  /** How often the thread has answered, about any file. */
  heard(): number;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  add(file: number, kind: OrderKind, text: string, values: readonly unknown[]): Promise<never>;
  heard(): number;
}

let thread: Thread | undefined;
let files = 0;

/** Resolves when the file is open. All files of a process share one thread. */
export async function openWriter(path: string): Promise<Writer> {
  thread ??= startThread();
  const { add, heard } = thread;
  files += 1;
  const file = files;
  await add(file, 'open', path, []);
  return { order: (kind, text = '', values = []) => add(file, kind, text, values), heard };
}

function startThread(): Thread {
  const worker = new Worker(new URL('./sqlite-writer.ts', import.meta.url));
  const pending = new Map<number, Pending>();
  const texts = new Map<string, number>();
  let orders: Order[] = [];
  let lastId = 0;
  let answers = 0;
  worker.on('message', (replies: readonly Reply[]) => {
    answers += 1;
    for (const reply of replies) settle(pending, reply);
    if (pending.size === 0) worker.unref();
  });
  // Without the thread nothing can be promised any more: the program ends, and recovers at its next start.
  worker.on('error', (error) => {
    throw error;
  });
  const handOver = (): void => {
    worker.postMessage(orders);
    orders = [];
  };
  return {
    heard: () => answers,
    add: (file, kind, text, values) =>
      new Promise((resolve, reject) => {
        if (pending.size === 0) worker.ref();
        if (orders.length === 0) queueMicrotask(handOver);
        lastId += 1;
        pending.set(lastId, { resolve, reject });
        const named = numbered(texts, text);
        orders.push([
          lastId,
          file,
          kind,
          named,
          kind === 'each' ? numberedParts(texts, values as never) : alone(values),
        ]);
      }),
  };
}

function numbered(texts: Map<string, number>, text: string): string | number {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, texts.size);
  return known ?? text;
}

const numberedParts = (texts: Map<string, number>, parts: readonly (readonly [string, readonly unknown[]])[]): Part[] =>
  parts.map(([text, values]) => [numbered(texts, text), alone(values)]);

/** A small buffer is a window on 8 KB that it shares with others, and all of that would be copied to the thread. */
const alone = (values: readonly unknown[]): readonly unknown[] =>
  values.some(isWindow) ? values.map((value) => (isWindow(value) ? new Uint8Array(value) : value)) : values;

const isWindow = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.byteLength < value.buffer.byteLength;

function settle(pending: Map<number, Pending>, [id, done, value]: Reply): void {
  const waiting = pending.get(id);
  pending.delete(id);
  if (done) waiting?.resolve(value as never);
  else waiting?.reject(Object.assign(new Error((value as Error).message), value));
}
