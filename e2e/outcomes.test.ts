// Every answer of a processor with every point at which something may fail: each leads where the table says.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ANSWERS, BEFORE, LOST, outcomesPage, RECORDED } from './outcomes.ts';
import { type Failure, runCell } from './simulation/outcome-cell.ts';
import type { Behaviour } from './simulation/processor-books.ts';

async function outcomeOf(behaviour: Behaviour, failure: Failure): Promise<string> {
  const { attempt, session, answer, problems } = await runCell(behaviour, failure);
  expect(problems).toEqual([]);
  return `${attempt} · ${session} · ${answer}`;
}

test.each(ANSWERS)('a processor that $does', async ({ behaviour, recorded, lost }) => {
  for (const { name, failure, outcome } of BEFORE) expect(await outcomeOf(behaviour, failure), name).toBe(outcome);
  for (const { name, failure } of RECORDED) expect(await outcomeOf(behaviour, failure), name).toBe(recorded);
  for (const { name, failure } of LOST) expect(await outcomeOf(behaviour, failure), name).toBe(lost);
});

test('docs/outcomes.md is the table', () => {
  expect(readFileSync(new URL('../docs/outcomes.md', import.meta.url), 'utf8')).toBe(outcomesPage());
});
