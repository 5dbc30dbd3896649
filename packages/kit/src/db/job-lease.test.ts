// Work that one process at a time does, on both engines.
import { forEachEngine } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, expect, test } from 'vitest';
import { endJobLeases, takeJobLease } from './job-lease.ts';

const leaseMs = 30_000;

forEachEngine((_engine, open) => {
  let db: Database;
  let nowMs = 1_000;
  beforeAll(async () => {
    db = await open();
    await db.script('CREATE TABLE job_leases (job TEXT PRIMARY KEY, leased_until BIGINT NOT NULL)');
  });
  const take = (job: string) => takeJobLease({ db, now: () => nowMs }, job, leaseMs);
  const until = async () => (await db.one<{ at: number }>(sql`SELECT leased_until AS at FROM job_leases`))?.at;

  test('one has it until it ends, or has not kept it for too long', async () => {
    const first = await take('count');
    expect(await take('count')).toBeUndefined();
    await first?.end();
    const second = await take('count');
    // Written when half of it is over, and not before.
    nowMs += 14_000;
    expect([await second?.keep(), await until()]).toEqual([true, 31_000]);
    nowMs += 2_000;
    expect([await second?.keep(), await until()]).toEqual([true, 47_000]);
    expect(await take('count')).toBeUndefined();
    nowMs += leaseMs;
    const third = await take('count');
    expect(third).toBeDefined();
    // Who comes too late hears so, again and again, and takes nothing away.
    expect([await second?.keep(), await second?.keep()]).toEqual([false, false]);
    await second?.end();
    expect(await take('count')).toBeUndefined();
    expect(await third?.keep()).toBe(true);
  });

  test('what a process with a clock of next week held is free when that one has gone', async () => {
    const week = 7 * 86_400_000;
    nowMs += week;
    await endJobLeases(db);
    expect(await take('count')).toBeDefined();
    nowMs -= week;
    expect(await take('count')).toBeDefined();
    // One that is a little ahead is believed.
    await endJobLeases(db);
    nowMs += 5 * 60_000;
    await take('count');
    nowMs -= 5 * 60_000;
    expect(await take('count')).toBeUndefined();
  });

  test('what a dead process held can be freed', async () => {
    expect(await take('count')).toBeUndefined();
    await endJobLeases(db);
    expect(await take('count')).toBeDefined();
  });
});
