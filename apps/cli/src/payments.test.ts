// `ozura payments`, and `ozura events offer`, against a Pay in live mode: one person proposes, another one decides (contract 12.4).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCli, runCli } from '@ozura/e2e/run-cli';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ozura-live-'));
const databaseUrl = join(folder, 'pay.db');
const keyFile = join(folder, 'pay-root-key');
const secret = (name: string): string => `${name}-`.padEnd(43, '0');
const adminToken = secret('adm');
const nobody = 'http://127.0.0.1:1';
let pay: RunningCli;
let payUrl: string;

beforeAll(async () => {
  writeFileSync(keyFile, `${'5a'.repeat(32)}\n`, { mode: 0o400 });
  pay = runCli(['serve', 'pay'], {
    MODE: 'live',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    PAY_ROOT_KEY_FILE: keyFile,
    PEPPER: secret('pepper'),
    CHECKOUT_SERVICE_KEY: secret('svc-checkout'),
    PAY_SERVICE_KEY: secret('svc-pay'),
    ADMIN_TOKEN: adminToken,
    PAY_URL: 'http://localhost:4002',
    VAULT_URL: nobody,
    LOG_LEVEL: 'silent',
  });
  await pay.printed('ready on http://');
  payUrl = /ready on (http:\S+)\n/.exec(pay.output())?.[1] ?? '';
});

afterAll(async () => {
  pay?.child.kill('SIGTERM');
  await pay?.ended;
  rmSync(folder, { recursive: true, force: true });
});

const ozura = (...args: string[]) =>
  runCli(args, { PAY_URL: payUrl, VAULT_URL: nobody, ADMIN_TOKEN: adminToken }).ended;

/** A sale whose outcome nobody knows after a day, as the ledger would have it. */
async function putInReview(attemptId: string): Promise<void> {
  const sale = { billing: { address: {} }, known: { amount: '18.40', currency: 'USD' } };
  const tomorrowMs = Date.now() + 86_400_000;
  const db = await openDatabase({ url: databaseUrl });
  await db.run(sql`
    INSERT INTO merchants (merchant_id, name, processors, created_at) VALUES ('ozu_live', 'Live', '[]', 1)`);
  await db.run(sql`
    INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, sale, created_at)
    VALUES ('chg_1', 'ozu_live', 'cardSale', 'k', 'f', 'open', ${JSON.stringify(sale)}, 1)`);
  await db.run(sql`
    INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
      created_at, checks_from, next_check_at, lease_until, misses, last_miss_at)
    VALUES (${attemptId}, 'chg_1', 'ozu_live', 0, 'nuvei', 'ozu_live', 'INTENT', 1840, 'USD', 1, 1, ${tomorrowMs}, 0, 0, 0)`);
  for (const state of ['SENT', 'UNKNOWN', 'REVIEW']) {
    await db.run(sql`UPDATE attempts SET state = ${state} WHERE attempt_id = ${attemptId}`);
  }
  await db.close();
}

test('a payment is resolved when a second person says the same as the first', async () => {
  const attemptId = '2603049F2K7Q0ZC3W8M5T1XR6B';
  await putInReview(attemptId);
  const say = (outcome: string, by: string) =>
    ozura('payments', 'resolve', attemptId, '--outcome', outcome, '--reason', 'seen', '--evidence', 'p. 4', '--by', by);
  const proposed = `${attemptId} will be declined when a second person says the same\n`;
  expect(await say('declined', 'ana')).toEqual({ code: 0, stdout: proposed, stderr: '' });
  expect((await say('declined', ' ANA ')).stdout).toBe(proposed);
  expect((await ozura('payments', 'review')).stdout).toContain('ana says declined: seen (p. 4)');
  expect((await say('not_processed', 'bob')).stdout).toContain('will be not_processed when a second person');
  expect((await say('declined', 'bob')).stdout).toBe(proposed);
  expect((await say('declined', 'ana')).stdout).toBe(`${attemptId} is declined\n`);
  expect((await ozura('payments', 'review')).stdout).toBe('nothing waits for a decision\n');
  const log = (await ozura('merchant', 'log', '--merchant', 'ozu_live')).stdout;
  expect(log.match(/ (ana|bob) +(propose_resolution|resolve_review)/g)).toEqual([
    expect.stringMatching(/ana +propose/),
    expect.stringMatching(/ana +propose/),
    expect.stringMatching(/bob +propose/),
    expect.stringMatching(/bob +propose/),
    expect.stringMatching(/ana +resolve/),
  ]);
});

/** An approval that came too late and that the processor does not undo, and a difference of another kind. */
async function putDiscrepancies(): Promise<void> {
  const db = await openDatabase({ url: databaseUrl });
  const soonMs = Date.now() + 3_600_000;
  const rows = [
    ['evt_late', 'late_approval', 'pending', soonMs, null],
    ['evt_other', 'refunds_differ', null, null, null],
    ['evt_doubt', 'late_approval', 'pending', soonMs, Date.now()],
    ['evt_busy', 'late_approval', 'pending', soonMs, null],
  ] as const;
  for (const [id, kind, undo, nextCheckAt, refundSentAt] of rows) {
    await db.run(sql`
      INSERT INTO discrepancies (discrepancy_id, kind, merchant_id, processor, account, reference,
        processor_transaction_id, amount_minor, currency, found_at, undo, next_check_at, lease_until,
        undo_refund_sent_at)
      VALUES (${id}, ${kind}, 'ozu_live', 'nuvei', 'ozu_live', ${`R-${id}`}, '711', 1840, 'USD', 1, ${undo},
        ${nextCheckAt}, ${id === 'evt_busy' ? soonMs : 0}, ${refundSentAt})`);
  }
  await db.close();
}

test('a late approval that is refused for good is decided by two, and any difference can be explained', async () => {
  await putDiscrepancies();
  const say = (id: string, decision: string, by: string) =>
    ozura('payments', 'decide', id, '--as', decision, '--reason', 'seen', '--evidence', 'case 7', '--by', by);
  const listed = (await ozura('payments', 'discrepancies')).stdout;
  expect(listed).toContain('evt_late  late_approval  ozu_live  nuvei  18.40  USD  found 1970-01-01T00:00:00.001Z');
  expect(listed).toContain('attempt R-evt_late, at the processor 711\n  being undone; not taken by the processor yet');
  expect((await say('evt_late', 'explained', 'ana')).stderr).toBe(
    'ozura: decision: must be one of undo, undone, kept for late_approval\n',
  );
  const proposed = 'evt_late will be decided as kept when a second person says the same\n';
  expect((await say('evt_late', 'kept', 'ana')).stdout).toBe(proposed);
  expect((await say('evt_late', 'kept', 'Ana')).stdout).toBe(proposed);
  expect((await ozura('payments', 'discrepancies')).stdout).toContain('ana says kept; a second person is missing');
  expect((await say('evt_late', 'kept', 'bob')).stdout).toBe('evt_late is decided: kept\n');
  expect((await say('evt_late', 'undo', 'ana')).stderr).toBe('ozura: discrepancyId: is decided already\n');
  for (const by of ['ana', 'bob']) await say('evt_other', 'explained', by);
  expect((await say('evt_doubt', 'undone', 'ana')).stderr).toContain('decision: our own refund of it is in doubt');
  await say('evt_busy', 'undo', 'ana');
  expect((await say('evt_busy', 'undo', 'bob')).stderr).toContain('is being undone just now');
  expect((await ozura('payments', 'discrepancies')).stdout.match(/^evt_\w+/gm)).toEqual(['evt_busy', 'evt_doubt']);
  const log = (await ozura('merchant', 'log', '--merchant', 'ozu_live')).stdout;
  expect(log.match(/decide_discrepancy/g)).toHaveLength(2);
});

test('Pay offers Checkout again what it has collected since a time, and notes who wanted it', async () => {
  const db = await openDatabase({ url: databaseUrl });
  const nowMs = await db.now();
  for (const [eventId, collectedAtMs] of [
    ['evt_before', nowMs - 7_200_000],
    ['evt_after', nowMs - 60_000],
  ] as const) {
    await db.run(sql`
      INSERT INTO outbox (event_id, merchant_id, type, subject, data, created_at, collected_at)
      VALUES (${eventId}, 'ozu_live', 'payment.approved', ${eventId}, '{}', ${nowMs - 7_200_000}, ${collectedAtMs})`);
  }
  const offer = (since: string) => ozura('events', 'offer', '--since', since, '--by', 'ana');
  const backup = new Date(nowMs - 3_600_000).toISOString();
  expect((await offer(backup)).stdout).toBe('Checkout collects 1 event again\n');
  expect((await offer(backup)).stdout).toBe('Checkout collects 0 events again\n');
  expect(await db.all(sql`SELECT event_id FROM outbox WHERE collected_at IS NULL AND data = '{}'`)).toEqual([
    { event_id: 'evt_after' },
  ]);
  await db.close();
  expect((await offer('yesterday')).stderr).toBe('ozura: since: must be a date such as "2026-03-04 09:30:00"\n');
  expect((await ozura('events', 'offer')).stderr).toContain('--since is missing');
  expect((await ozura('merchant', 'log')).stdout).toMatch(/offer_events/);
});

test('a live merchant has live keys and no sandbox, and its key is shown also when the Vault is away', async () => {
  const made = await ozura('merchant', 'create', '--name', 'Blue Kettle', '--id', 'ozu_kettle');
  expect([made.code, made.stdout]).toEqual([1, expect.stringMatching(/^X-OZURA-API-KEY +mk_live_\w{43}$/m)]);
  expect(made.stderr).toContain('Later: ozura merchant key add ozu_kettle --kind vault');
  expect((await ozura('merchant', 'list')).stdout).toMatch(/^ozu_kettle +Blue Kettle$/m);
  const refused = await ozura('merchant', 'processor', 'set', 'ozu_kettle', 'sandbox');
  expect(refused.stderr).toBe('ozura: processor: does not exist in live mode\n');
});
