// What the operator's policy removes, and what it never does (docs/operating.md), on both engines.
import { newChargeId, newSessionId } from '@ozura/core/ids';
import { forEachEngine } from '@ozura/e2e/databases';
import { requestOver } from '@ozura/e2e/simulation/customers';
import { openContext } from '@ozura/kit/context';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openLog } from '@ozura/kit/log';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { CheckoutContext } from '../context.ts';
import { endCharge, insertCharge } from '../store/charges.ts';
import { insertEvent } from '../store/events.ts';
import { insertPageCredential } from '../store/page-credentials.ts';
import { insertSession } from '../store/sessions.ts';
import { forgetOld } from './forget-old.ts';

const base = openContext(openLog({ program: 'test', level: 'silent' }));
const dayMs = 86_400_000;

interface Kind {
  readonly status: 'completed' | 'cancelled' | 'expired' | 'failed' | 'pending';
  readonly endedDaysAgo: number;
  /** In days; since the session was created. */
  readonly keyedDaysAgo?: number;
  readonly charge?: 'open' | 'approved' | 'declined';
  readonly event?: 'fresh';
}

forEachEngine((_engine, open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open(new URL('../store/migrations/', import.meta.url));
  });
  beforeEach(async () => {
    for (const table of ['events', 'charges', 'page_credentials', 'sessions', 'job_leases']) {
      await db.script(`DELETE FROM ${table}`);
    }
  });

  const run = (config: object, stopping = new AbortController().signal) =>
    forgetOld({ ...base, db, config } as unknown as CheckoutContext).run(stopping);

  /** A session with a page credential, and what `kind` says besides. */
  async function session({ status, endedDaysAgo, keyedDaysAgo, charge, event }: Kind): Promise<string> {
    const now = await db.now();
    const endedAtMs = now - endedDaysAgo * dayMs;
    const id = newSessionId(now, base.random);
    const createdAtMs = now - (keyedDaysAgo ?? endedDaysAgo) * dayMs - 1_000;
    const request = { ...requestOver(1_840n), ...(keyedDaysAgo === undefined ? {} : { idempotencyKey: id }) };
    await insertSession(db, { id, request, createdAtMs, expiresAtMs: endedAtMs });
    await insertPageCredential(db, { hash: id, sessionId: id, merchantId: request.merchantId, createdAtMs });
    if (charge !== undefined) await insertChargeOf(id, charge, createdAtMs);
    if (status === 'pending') {
      await db.run(sql`UPDATE sessions SET payment_state = 'review', charge_id = 'chg_x' WHERE id = ${id}`);
      return id;
    }
    await db.run(sql`
      UPDATE sessions SET status = ${status}, ended_at = ${endedAtMs},
        payment = ${status === 'completed' ? '{}' : null}, error_code = ${status === 'failed' ? 'SYSTEM_ERROR' : null}
      WHERE id = ${id}`);
    const { merchantId } = request;
    const atMs = event === 'fresh' ? now : endedAtMs;
    await insertEvent(db, { id: `evt_${id}`, merchantId, type: `session.${status}`, subject: id, body: {}, atMs });
    await db.run(sql`UPDATE events SET sequence = ordinal WHERE sequence IS NULL`);
    return id;
  }

  async function insertChargeOf(sessionId: string, outcome: NonNullable<Kind['charge']>, atMs: number): Promise<void> {
    const id = newChargeId(base.random);
    const charge = {
      id,
      sessionId,
      merchantId: 'ozu_bluekettle',
      attemptKey: id,
      totalMinor: 1_840n,
      createdAtMs: atMs,
    };
    await insertCharge(db, { ...charge, nextCheckAtMs: atMs, addressHash: 'a', cardHash: 'c' });
    if (outcome !== 'open') await endCharge(db, id, { outcome, endedAtMs: atMs });
  }

  const left = async (): Promise<string[]> => {
    const rows = await db.all<{ id: string }>(sql`SELECT id FROM sessions ORDER BY id`);
    return rows.map(({ id }) => id);
  };
  const count = async (table: 'charges' | 'page_credentials'): Promise<number> => {
    const rows = await db.all(
      table === 'charges' ? sql`SELECT 1 AS n FROM charges` : sql`SELECT 1 AS n FROM page_credentials`,
    );
    return rows.length;
  };

  test('without a policy every session stays', async () => {
    const ids = [
      await session({ status: 'expired', endedDaysAgo: 4_000 }),
      await session({ status: 'completed', endedDaysAgo: 4_000, charge: 'approved' }),
    ];
    await run({});
    expect(await left()).toEqual(ids.sort());
  });

  test('sessions without payment go with their charges and credentials, those that are younger or paid stay', async () => {
    await session({ status: 'expired', endedDaysAgo: 41 });
    await session({ status: 'cancelled', endedDaysAgo: 400, charge: 'declined' });
    await session({ status: 'failed', endedDaysAgo: 50, charge: 'declined', keyedDaysAgo: 51 });
    const stay = [
      await session({ status: 'expired', endedDaysAgo: 39 }),
      await session({ status: 'completed', endedDaysAgo: 5_000, charge: 'approved' }),
    ];
    await run({ unpaidSessionDays: 40 });
    expect(await left()).toEqual(stay.sort());
    expect(await count('charges')).toBe(1);
  });

  test('paid sessions go by a policy of their own', async () => {
    await session({ status: 'completed', endedDaysAgo: 601, charge: 'approved' });
    const stay = [
      await session({ status: 'completed', endedDaysAgo: 599, charge: 'approved' }),
      await session({ status: 'expired', endedDaysAgo: 5_000 }),
    ];
    await run({ paidSessionDays: 600 });
    expect(await left()).toEqual(stay.sort());
  });

  test('whatever is not over stays, however old it is', async () => {
    const stay = [
      await session({ status: 'pending', endedDaysAgo: 900, charge: 'open' }),
      // Neither should exist; if it does, somebody has to look into it.
      await session({ status: 'expired', endedDaysAgo: 900, charge: 'open' }),
      await session({ status: 'failed', endedDaysAgo: 900, charge: 'approved' }),
      await session({ status: 'cancelled', endedDaysAgo: 900, event: 'fresh' }),
    ];
    await run({ unpaidSessionDays: 32, paidSessionDays: 540 });
    expect(await left()).toEqual(stay.sort());
  });

  test('more than one commit takes is removed in several', async () => {
    await db.transact(async (tx) => {
      for (let i = 0; i < 450; i += 1) {
        const id = `session_${String(i).padStart(30, '0')}`;
        await insertSession(tx, { id, request: requestOver(1_840n), createdAtMs: i, expiresAtMs: i });
      }
      await tx.run(sql`UPDATE sessions SET status = 'expired', ended_at = created_at`);
    });
    const stopped = new AbortController();
    stopped.abort();
    await run({ unpaidSessionDays: 32 }, stopped.signal);
    expect(await left()).toHaveLength(450);
    await run({ unpaidSessionDays: 32 });
    expect(await left()).toEqual([]);
  });

  test('one process does it at a time, and another takes over from one that died', async () => {
    await session({ status: 'expired', endedDaysAgo: 41 });
    await db.run(sql`INSERT INTO job_leases (job, leased_until) VALUES ('forget-old', ${base.now() + 60_000})`);
    await run({ unpaidSessionDays: 40 });
    expect(await left()).toHaveLength(1);
    await db.run(sql`UPDATE job_leases SET leased_until = ${base.now()}`);
    await run({ unpaidSessionDays: 40 });
    expect(await left()).toEqual([]);
    // Nobody waits for a lease that was given back.
    await session({ status: 'expired', endedDaysAgo: 41 });
    await run({ unpaidSessionDays: 40 });
    expect(await left()).toEqual([]);
  });
});
