// Jobs that fail: told in the log, and counted from nought.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openContext } from './context.ts';
import { noteJobFailure, openJobs } from './jobs.ts';
import { openLog } from './log.ts';

test('a run that fails, and a piece of work that does, are counted for their job, which goes on', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ozura-jobs-')), 'log');
  const context = openContext(openLog({ program: 'test', level: 'error', file }));
  const counted = async () => (await context.metrics.text()).match(/^ozura_job_failures_total\{.*$/gm);
  let runs = 0;
  const jobs = openJobs(context, [
    { name: 'good', everyMs: 1_000, run: async () => undefined },
    {
      name: 'bad',
      everyMs: 1_000,
      run: async () => {
        runs += 1;
        if (runs === 1) throw new Error('the reason');
        noteJobFailure(context, 'bad', { refundId: 'ref_1' }, 'a refund could not be checked');
      },
    },
  ]);
  const none = 'ozura_job_failures_total{job_name="good"} 0';
  expect(await counted()).toEqual([none, 'ozura_job_failures_total{job_name="bad"} 0']);
  await jobs.runAll();
  expect(await counted()).toEqual([none, 'ozura_job_failures_total{job_name="bad"} 1']);
  await jobs.runAll();
  expect(await counted()).toEqual([none, 'ozura_job_failures_total{job_name="bad"} 2']);
  await expect
    .poll(() => readFileSync(file, 'utf8'))
    .toMatch(/"job":"bad".*the reason.*"job failed".*"job":"bad","refundId":"ref_1".*"a refund could not be checked"/s);
});
