// The conformance table, for people: rows are cases, columns processors.
import type { Conformance, Verdict } from './run.ts';

const sign = (verdict: Verdict): string => {
  if (verdict === 'passed') return '✓';
  return verdict === 'not offered' ? '–' : '✗';
};

export const tableOf = ({ processors, rows }: Conformance): string =>
  [
    `| Case | ${processors.join(' | ')} |`,
    `|---|${processors.map(() => ':-:|').join('')}`,
    ...rows.map(({ name, verdicts }) => `| ${name} | ${verdicts.map(sign).join(' | ')} |`),
    '',
  ].join('\n');

/** One line for each case that fails. */
export const failuresOf = ({ processors, rows }: Conformance): string[] =>
  rows.flatMap(({ name, verdicts }) =>
    verdicts.flatMap((verdict, at) =>
      typeof verdict === 'object' ? [`${processors[at]}: ${name}\n  ${verdict.failed}`] : [],
    ),
  );
