// A day that nobody can compare, because the processor does not tell its bookings, is an alarm.
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { expect, test } from 'vitest';
import type { PayContext } from '../context.ts';
import type { Processor } from '../processors/port.ts';
import { compareBooks } from './compare-books.ts';

const dayMs = 24 * 60 * 60_000;
const fail = (message: string): never => {
  throw new Error(message);
};
/** Half an hour after midnight another day is the newest one. */
const untilNoonMs = dayMs / 2 - (Date.now() % dayMs);

forEachEngine((_engine, open) => {
  test('a list that is still missing, or fails, after a day is counted as an alarm, one of yesterday is not', async () => {
    const db = await open(new URL('../store/migrations/', import.meta.url), () => untilNoonMs);
    const nowMs = await db.now();
    await db.run(sql`
      INSERT INTO merchants (merchant_id, name, processors, created_at) VALUES ('ozu_shop', 'Shop', '[]', 1)`);
    await db.run(sql`
      INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, sale, created_at)
      VALUES ('chg_1', 'ozu_shop', 'cardSale', 'k1', 'f', 'open', '{}', 1),
        ('chg_2', 'ozu_shop', 'cardSale', 'k2', 'f', 'open', '{}', 1)`);
    await db.run(sql`
      INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
        created_at, sent_at, checks_from, lease_until, misses, last_miss_at)
      VALUES ('A1', 'chg_1', 'ozu_shop', 0, 'broken', 'ozu_shop', 'INTENT', 1840, 'USD', 1, ${nowMs - dayMs}, 1, 0, 0, 0),
        ('A2', 'chg_2', 'ozu_shop', 0, 'gone', 'ozu_shop', 'INTENT', 1840, 'USD', 1, ${nowMs - dayMs}, 1, 0, 0, 0)`);
    const base = openContext(openLog({ program: 'test', level: 'silent' }));
    const list = () => fail('an answer that nobody foresaw');
    const broken = { name: 'broken', evidence: { graceMs: 0 }, list } as unknown as Processor;
    const processors: PayContext['processors'] = new Map([[broken.name, broken]]);
    await compareBooks({ ...base, db, processors } as PayContext).run(new AbortController().signal);
    // Of the last three days of each account: the newest one has not been over for a day.
    expect(await base.metrics.text()).toContain(
      'ozura_alarms_total{alarm="the list of a processor could not be had"} 4\n',
    );
  });
});
