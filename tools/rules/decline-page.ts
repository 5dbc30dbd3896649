// docs/declines.md is the table of decline codes in packages/core/src/attempt-decline.ts, for people.
import { DECLINES, type DeclineMeaning } from '@ozura/core/attempt-decline';
import type { Rule } from '../project.ts';

const PAGE = 'docs/declines.md';

export const listsDeclines: Rule = ({ texts }) => {
  const page = texts.find(({ path }) => path === PAGE)?.text.split('\n') ?? [];
  return Object.entries<DeclineMeaning>(DECLINES)
    .map(([code, meaning]) => rowOf(code, meaning))
    .filter((row) => !page.includes(row))
    .map((row) => `${PAGE}: a row should be ${row}`);
};

const rowOf = (code: string, { errorCode, advice, networkCodes, heldDays }: DeclineMeaning): string =>
  `| \`${code}\` | \`${errorCode}\` | \`${advice}\` | ${networkCodes.join(', ')} | ${held(heldDays)} |`;

const aYear = 366;

function held(days: number | undefined): string {
  if (days === undefined) return '';
  return days < aYear ? `${days} days` : `${days / aYear} years`;
}
