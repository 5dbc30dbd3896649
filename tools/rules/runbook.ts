// docs/runbook.md says of every alarm what to do.
import type { Rule } from '../project.ts';

const PAGE = 'docs/runbook.md';
const ALARM = /raiseAlarm\((?:[^()]|\([^()]*\))*?'([^']+)'\s*\)/gs;

export const tellsOfAlarms: Rule = ({ sources, texts }) => {
  const page = texts.find(({ path }) => path === PAGE)?.text ?? '';
  return sources
    .filter(({ path }) => path.startsWith('apps/'))
    .flatMap(({ path, text }) => [...text.matchAll(ALARM)].map(([, alarm = '']) => ({ path, alarm })))
    .filter(({ alarm }) => !page.includes(`\`${alarm}\``))
    .map(({ path, alarm }) => `${path}: ${PAGE} has no row for ${alarm}`);
};
