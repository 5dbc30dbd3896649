// docs/errors.md is the table of codes in packages/core/src/errors.ts, for people.
import type { ErrorEntry } from '@ozura/core/errors';
import type { Rule } from '../project.ts';

const PAGE = 'docs/errors.md';
const ROW = /^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm;

export const listsCodes =
  (errors: Readonly<Record<string, ErrorEntry>>): Rule =>
  ({ texts }) => {
    const page = texts.find(({ path }) => path === PAGE);
    if (page === undefined) return [`${PAGE} is missing: it lists every code with status, message and retry`];
    const written = new Map([...page.text.matchAll(ROW)].map(([row, code]) => [code ?? '', row]));
    return [
      ...[...written.keys()].filter((code) => !(code in errors)).map((code) => `${PAGE}: ${code} does not exist`),
      ...Object.entries(errors)
        .filter(([code, entry]) => !written.get(code)?.startsWith(rowOf(code, entry)))
        .map(([code, entry]) => `${PAGE}: a row should start with ${rowOf(code, entry)}`),
    ];
  };

/** A second status or text is the Vault's. */
function rowOf(code: string, { status, message, retry, in: own }: ErrorEntry): string {
  const vault = own?.vault;
  const statuses = [status, ...(vault?.status === undefined ? [] : [vault.status])];
  const messages = [message, ...(vault?.message === undefined ? [] : [vault.message])];
  return `| \`${code}\` | ${statuses.join(' / ')} | ${messages.join(' / ')} | ${retry} |`;
}
