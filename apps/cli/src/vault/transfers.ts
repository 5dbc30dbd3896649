// `ozura vault export` and `import`. What passes through here is ciphertext only: one part of an export a line.
import { closeSync, createReadStream, fstatSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { exportTokens, getImportKey, importTokens } from '@ozura/contract/vault/transfers';
import { isObject } from '@ozura/core/validation';
import { CannotStart } from '../cannot-start.ts';
import { readJsonInput, withFile } from '../input-file.ts';
import type { Installation } from '../operator.ts';
import type { Words } from '../words.ts';

export async function exportTo(installation: Installation, words: Words): Promise<void> {
  const recipient = readKey(words.needed('to'));
  const out = words.needed('out');
  // Never over another file, and for nobody but its owner.
  const file = withFile(out, () => openSync(out, 'wx', 0o600));
  let isWhole = false;
  try {
    const written = await writeParts(installation, file, { recipient, merchant_id: words.text('merchant') });
    isWhole = true;
    const { exportId, parts, tokens } = written;
    words.print({ ...written, file: out }, [`${tokens} tokens in ${parts} parts: ${out} (${exportId})`]);
  } finally {
    closeSync(file);
    // A part of an export is none, and would stand in the way of the next.
    if (!isWhole) rmSync(out);
  }
}

interface Wanted {
  readonly recipient: unknown;
  readonly merchant_id: string | undefined;
}

async function writeParts(installation: Installation, file: number, wanted: Wanted) {
  let exportId: string | undefined;
  let after: string | undefined;
  let [parts, tokens] = [0, 0];
  do {
    parts += 1;
    const body = { ...wanted, export_id: exportId, part: parts, after };
    const { data } = await installation.call(exportTokens, { body });
    writeSync(file, `${data.jwe}\n`);
    exportId = data.export_id;
    after = data.after;
    tokens += data.tokens;
  } while (after !== undefined);
  fsyncSync(file);
  return { exportId, parts, tokens };
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
    const data = await importPart(installation, line, `${path}: part ${total.parts + 1}`);
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

async function* linesOf(path: string): AsyncGenerator<string> {
  const fd = withFile(path, () => openSync(path, 'r'));
  const kind = fstatSync(fd);
  if (kind.isDirectory()) throw new CannotStart(`${path}: is a directory`);
  if (kind.isFile() && kind.size === 0) throw new CannotStart(`${path}: is empty`);
  const input = createReadStream('', { fd, encoding: 'utf8' });
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

async function importPart(installation: Installation, jwe: string, name: string) {
  try {
    return (await installation.call(importTokens, { body: { jwe } })).data;
  } catch (error) {
    throw error instanceof CannotStart ? new CannotStart(`${name}: ${error.message}`) : error;
  }
}

function readKey(path: string): unknown {
  const key = readJsonInput(path);
  if (!isObject(key)) throw new CannotStart(`${path}: is not a public key as JWK`);
  return key;
}
