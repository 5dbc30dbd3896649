// `ozura vault export` and `import`. What passes through here is ciphertext only: one part of an export a line.
import { closeSync, createReadStream, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { exportTokens, getImportKey, importTokens } from '@ozura/contract/vault/transfers';
import { CannotStart } from '../cannot-start.ts';
import type { Words } from '../command.ts';
import type { Installation } from '../operator.ts';

export async function exportTo(installation: Installation, words: Words): Promise<void> {
  const recipient = readKey(words.needed('to'));
  const out = words.needed('out');
  const merchantId = words.text('merchant');
  const file = openNew(out);
  let exportId: string | undefined;
  let after: string | undefined;
  let tokens = 0;
  let part = 0;
  do {
    part += 1;
    const body = { recipient, merchant_id: merchantId, export_id: exportId, part, after };
    const { data } = await installation.call(exportTokens, { body });
    writeSync(file, `${data.jwe}\n`);
    exportId = data.export_id;
    after = data.after;
    tokens += data.tokens;
  } while (after !== undefined);
  fsyncSync(file);
  closeSync(file);
  words.print({ exportId, parts: part, tokens, file: out }, [
    `${tokens} tokens in ${part} parts: ${out} (${exportId})`,
  ]);
}

export async function showImportKey(installation: Installation, words: Words): Promise<void> {
  const { data } = await installation.call(getImportKey);
  words.print(data, [JSON.stringify(data)]);
}

/** Stops at the first part that is not the next one. What was imported until then stays; the whole file may come again. */
export async function importFrom(installation: Installation, words: Words): Promise<void> {
  const [path = ''] = words.positions;
  const total = { parts: 0, imported: 0, known: 0 };
  let exportId: string | undefined;
  let isComplete = false;
  for await (const line of linesOf(path)) {
    if (isComplete) throw new CannotStart(`${path}: something follows the last part`);
    const { data } = await installation.call(importTokens, { body: { jwe: line } });
    exportId ??= data.export_id;
    total.parts += 1;
    total.imported += data.imported;
    total.known += data.known;
    if (data.export_id !== exportId) throw new CannotStart(`${path}: part ${total.parts} belongs to another export`);
    if (data.part !== total.parts)
      throw new CannotStart(`${path}: part ${data.part} stands where ${total.parts} belongs`);
    isComplete = data.last;
  }
  const counts = `${total.imported} tokens imported, ${total.known} were here before`;
  if (!isComplete) throw new CannotStart(`${path}: the end is missing (${counts}); import the whole file again`);
  words.print({ exportId, ...total }, [counts]);
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });

function readKey(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new CannotStart(`--to: ${path} is not a file with a public key as JWK`);
  }
}

/** Never over another file, and for nobody but its owner. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new CannotStart(`--out: ${(error as Error).message}`);
  }
}
