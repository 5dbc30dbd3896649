// Processors of a merchant. Credentials are read from a file or from stdin: what is typed as an argument stands in the
// history of the shell and in the list of processes.
import { readFileSync } from 'node:fs';
import { orderProcessors, removeProcessor, setProcessor } from '@ozura/contract/pay/admin/processors';
import { CREDENTIAL_FIELDS, PROCESSOR_NAMES } from '@ozura/core/processor-credentials';
import { isObject } from '@ozura/core/validation';
import { CannotStart } from '../cannot-start.ts';
import type { Command } from '../command.ts';
import { readInput } from '../input-file.ts';
import { type Installation, operatorName } from '../operator.ts';
import type { Words } from '../words.ts';

export const processorCommands: Readonly<Record<string, Command>> = {
  'processor set': { positions: ['ID', 'PROCESSOR'], options: ['from'], run: set },
  'processor remove': { positions: ['ID', 'PROCESSOR'], options: [], run: remove },
  'processor order': { positions: ['ID', 'PROCESSORS'], options: [], run: order },
};

async function set(installation: Installation, words: Words): Promise<void> {
  const [merchantId = '', processor = ''] = words.positions;
  const known = PROCESSOR_NAMES.find((name) => name === processor);
  const needsNone = known !== undefined && CREDENTIAL_FIELDS[known].length === 0;
  const credentials = needsNone ? {} : readCredentials(words.text('from'));
  const body = { credentials, by: operatorName(words) };
  const { data } = await installation.call(setProcessor, { params: { merchantId, processor }, body });
  words.print(data, orderLines(data.processors));
}

async function remove(installation: Installation, words: Words): Promise<void> {
  const [merchantId = '', processor = ''] = words.positions;
  const body = { by: operatorName(words) };
  const { data } = await installation.call(removeProcessor, { params: { merchantId, processor }, body });
  words.print(data, orderLines(data.processors));
}

async function order(installation: Installation, words: Words): Promise<void> {
  const [merchantId = '', names = ''] = words.positions;
  const wanted = names.split(',').map((name) => name.trim());
  const body = { order: wanted.filter((name) => name !== ''), by: operatorName(words) };
  const { data } = await installation.call(orderProcessors, { params: { merchantId }, body });
  words.print(data, orderLines(data.processors));
}

const orderLines = (processors: readonly string[]): string[] => [
  processors.length === 0 ? 'no processor is tried' : `tried in this order: ${processors.join(', ')}`,
];

function readCredentials(file: string | undefined): Record<string, unknown> {
  const text = contents(file).trim();
  if (!text.startsWith('{')) return readLines(text);
  try {
    const read: unknown = JSON.parse(text);
    if (isObject(read)) return read;
  } catch {
    // Said below, without the text: it is a secret.
  }
  throw new CannotStart('the credentials are not a JSON object');
}

const stdin = 0;

function contents(file: string | undefined): string {
  if (file !== undefined) return readInput(file);
  try {
    return readFileSync(stdin, 'utf8');
  } catch {
    throw new CannotStart('nothing came on stdin');
  }
}

function readLines(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line, index) => {
      const [, name, value] = /^\s*(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new CannotStart(`line ${index + 1} is not name=value`);
      return [name, value.trim()];
    }),
  );
}
