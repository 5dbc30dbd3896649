// What monitoring reads of Pay, on both engines.
import { forEachEngine } from '@ozura/e2e/databases';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { PayContext } from './context.ts';
import type { Processor } from './processors/port.ts';
import { watchAttempts } from './watch-attempts.ts';

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('./store/migrations/', import.meta.url));
  });

  /** The numbers of a program that has just started. */
  async function numbers(): Promise<string> {
    const base = openContext(openLog({ program: 'test', level: 'silent' }));
    const processors: PayContext['processors'] = new Map([['elavon', {} as Processor]]);
    watchAttempts({ ...base, db, processors } as PayContext);
    return base.metrics.text();
  }

  test('each outcome of each processor is told of before the first one', async () => {
    const text = await numbers();
    for (const outcome of ['approved', 'declined', 'refused', 'unknown'])
      expect(text).toContain(`ozura_attempts_total{processor="elavon",outcome="${outcome}"} 0\n`);
  });

  test('what is open is counted, with the age of the oldest', async () => {
    expect(await numbers()).toMatch(/\nozura_open_refunds 0\n.*\nozura_oldest_open_refund_seconds 0\n/s);
    const nowMs = await db.now();
    await db.run(sql`
      INSERT INTO merchants (merchant_id, name, processors, created_at) VALUES ('ozu_shop', 'Shop', '[]', 1)`);
    await db.run(sql`
      INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, sale, created_at)
      VALUES ('chg_1', 'ozu_shop', 'cardSale', 'k1', 'f', 'open', '{}', 1)`);
    await db.run(sql`
      INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
        created_at, sent_at, checks_from, next_check_at, lease_until, misses, last_miss_at)
      VALUES ('A1', 'chg_1', 'ozu_shop', 0, 'elavon', 'ozu_shop', 'INTENT', 1840, 'USD', 1, ${nowMs - 7_200_000}, 1, 1, 0, 0, 0)`);
    const text = await numbers();
    expect(text).toContain('ozura_open_attempts{processor="elavon",state="INTENT"} 1\n');
    expect(text).toMatch(/\nozura_oldest_open_attempt_seconds\{processor="elavon",state="INTENT"\} 72\d\d/);
  });
});
