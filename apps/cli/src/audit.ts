// `ozura audit`: whether the Vault's audit log still says what was written (contract 13.2).
import { verifyAuditLog } from '@ozura/contract/vault/audit';
import { CannotStart } from './cannot-start.ts';
import { type Command, runCommand } from './command.ts';
import type { Installation } from './operator.ts';
import type { Words } from './words.ts';

const usage = `Usage:
  ozura audit verify [--anchor SEQUENCE:MAC]

ANCHOR    the end of the log as an earlier verification printed it, kept where nobody can change it who could change
          the log: with it an older state of the whole database that was brought back is found too
--json prints JSON.`;

const commands: Readonly<Record<string, Command>> = {
  verify: { positions: [], options: ['anchor'], run: verify },
};

export const checkAudit = (args: readonly string[]): Promise<void> => runCommand(args, { usage, commands });

/** Some hundred thousand records a second are read. */
const timeoutMs = 60 * 60_000;

const WHAT = {
  altered: 'was altered',
  removed: 'was removed',
  inserted: 'was put in',
  reordered: 'stands where another one belongs',
  truncated: 'and what followed was cut off',
} as const;

async function verify(installation: Installation, words: Words): Promise<void> {
  const anchor = readAnchor(words.text('anchor'));
  const { data } = await installation.call(verifyAuditLog, { body: { anchor }, timeoutMs });
  const { damage, records } = data;
  const end = `${data.anchor.sequence}:${data.anchor.mac}`;
  const sound = `${records} ${records === 1 ? 'record' : 'records'}, as they were written`;
  words.print(data, damage === undefined ? [`whole: ${sound}`, `anchor: ${end}`] : [`sound: ${sound}`]);
  if (damage !== undefined) throw new CannotStart(`the log is damaged: record ${damage.sequence} ${WHAT[damage.kind]}`);
}

function readAnchor(text: string | undefined): { sequence: number; mac: string } | undefined {
  if (text === undefined) return undefined;
  const [, sequence, mac] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || mac === undefined) throw new CannotStart(`--anchor: must be SEQUENCE:MAC\n\n${usage}`);
  return { sequence: Number(sequence), mac };
}
