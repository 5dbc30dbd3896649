// That nobody but the Vault and the frames sees a card, and nobody at all a key (contract 12.7, 11): logs, files, rows,
// answers and webhooks of a run.
import { relative } from 'node:path';
import type { Database } from '@ozura/kit/db/handle';
import { filesBelow, openSearch, readable, type Search, searchTables } from '../secret-search.ts';
import type { Check, Databases } from './books.ts';
import { CARD_NUMBERS, SECURITY_CODE } from './traffic/customer.ts';
import { HANDED_OUT } from './traffic/heard.ts';
import type { Shop } from './traffic/shop.ts';

/** What is searched, and for what beside the shops' own secrets. */
export interface Place {
  readonly folder: string;
  /** Where keys are kept: they are there, and nowhere else. */
  readonly keyFiles: readonly string[];
  readonly secrets: ReadonlyMap<string, string>;
  /** Names in the folder. Nothing is found in a log that is not kept. */
  readonly logs: readonly string[];
}

export async function nothingSecretIsSeen(place: Place, books: Databases, shops: readonly Shop[]): Promise<Check[]> {
  const own = shops.flatMap(({ own, heard }) => [...own.secrets, ...heard.secrets]);
  const secrets = new Map<string, string>([...place.secrets, ...own]);
  const search = openSearch({ cardNumbers: CARD_NUMBERS, securityCodes: [SECURITY_CODE], secrets });
  return [
    { rule: 'no log or file has a card number, security code or key', proves: [11], ...searchFiles(place, search) },
    {
      rule: 'no row has a card number, security code or key',
      proves: [11],
      ...(await searchRows(books, search, shops)),
    },
    {
      rule: 'no answer or webhook has a card number, security code or key, but the one that hands it out',
      proves: [11],
      ...searchAnswers(shops, search),
    },
  ];
}

type Found = Pick<Check, 'counted' | 'problems'>;

/** Whatever lies in the folder: logs, what the cache was told, databases with what was deleted in them. */
function searchFiles({ folder, keyFiles, logs }: Place, search: Search): Found {
  const problems: string[] = [];
  const lines = new Map<string, number>();
  let [files, bytes] = [0, 0];
  for (const path of filesBelow(folder).filter((file) => !keyFiles.includes(file))) {
    const text = textOf(path);
    const name = relative(folder, path);
    const isLog = name.endsWith('.log') || logs.includes(name);
    problems.push(...(isLog ? search.decoded(text) : search.plain(text)).map((what) => `${what} in ${name}`));
    if (isLog) lines.set(name, text.split('\n').length - 1);
    files += 1;
    bytes += text.length;
  }
  problems.push(...logs.filter((name) => (lines.get(name) ?? 0) < linesMin).map((name) => `${name} is hardly kept`));
  const all = [...lines].reduce((sum, [name, count]) => (name.endsWith('.log') ? sum + count : sum), 0);
  return { problems, counted: `${files} files, ${Math.round(bytes / 1e6)} MB, ${all} lines of logs` };
}

const linesMin = 20;

/** A server that runs removes files of its own. */
function textOf(path: string): string {
  try {
    return readable(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return '';
    throw error;
  }
}

async function searchRows({ checkout, pay, vault }: Databases, search: Search, shops: readonly Shop[]): Promise<Found> {
  const problems: string[] = [];
  let cells = 0;
  for (const db of [checkout, pay, vault]) {
    const { size, found } = await searchTables(db, search);
    problems.push(...found);
    cells += size;
  }
  const tokens = shops.flatMap(({ own }) => own.cards.map(({ token }) => token));
  if (!(await isFound(vault, tokens))) problems.push('the search does not find a token, which is there');
  return { problems, counted: `${cells} cells of three databases, ${tokens.length} tokens among them` };
}

/** What may be there is found by the same search. */
async function isFound(db: Database, tokens: readonly string[]): Promise<boolean> {
  const known = openSearch({ secrets: new Map(tokens.map((token) => [token, 'a token'])) });
  return (await searchTables(db, known)).found.some((place) => place.endsWith('tokens.token'));
}

function searchAnswers(shops: readonly Shop[], search: Search): Found {
  const handedOutBy = new Map<string, string>(Object.entries(HANDED_OUT).map(([kind, { by }]) => [kind, by]));
  const answers = shops.flatMap(({ heard }) => heard.answers);
  const webhooks = shops.flatMap(({ receiver }) => receiver.received);
  const problems = [
    ...answers.flatMap(({ name, text }) =>
      search
        .plain(text)
        .filter((what) => handedOutBy.get(what) !== name)
        .map((what) => `${what} in an answer to ${name}`),
    ),
    ...webhooks.flatMap(({ body, event }) => search.plain(body).map((what) => `${what} in the webhook ${event.id}`)),
  ];
  return { problems: [...new Set(problems)], counted: `${answers.length} answers, ${webhooks.length} webhooks` };
}
