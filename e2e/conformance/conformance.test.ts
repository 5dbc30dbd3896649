// Every processor passes the conformance list, and the guide shows the table of that.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Conformance, runConformance } from './run.ts';
import { failuresOf, tableOf } from './table.ts';

let conformance: Conformance;
beforeAll(async () => {
  conformance = await runConformance();
});

test('every processor passes every case that it can be told', () => {
  expect(failuresOf(conformance)).toEqual([]);
});

test('no processor gets away with offering little', () => {
  for (const [at, name] of conformance.processors.entries()) {
    const passed = conformance.rows.filter(({ verdicts }) => verdicts[at] === 'passed');
    expect(passed.length, name).toBeGreaterThan(conformance.rows.length * 0.85);
  }
});

test('the guide has the table as it is', () => {
  const guide = readFileSync(new URL('../../docs/adding-a-processor.md', import.meta.url), 'utf8');
  expect(guide).toContain(tableOf(conformance));
});
