// `ozura payments` against a Pay in live mode: one person proposes, another one decides (contract 12.4).
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

const nobody = 'http://127.0.0.1:1';
const ozura = (...args: string[]) =>
  runCli(args, { PAY_URL: payUrl, VAULT_URL: nobody, ADMIN_TOKEN: adminToken }).ended;

/** A sale whose outcome nobody knows after a day, as the ledger would have it. */
async function putInReview(attemptId: string): Promise<void> {
  const sale = { billing: { address: {} }, known: { amount: '18.40', currency: 'USD' } };
  const db = await openDatabase({ url: databaseUrl });
  await db.run(sql`
    INSERT INTO merchants (merchant_id, name, processors, created_at) VALUES ('ozu_live', 'Live', '[]', 1)`);
  await db.run(sql`
    INSERT INTO charges (charge_id, merchant_id, operation, idempotency_key, fingerprint, state, sale, created_at)
    VALUES ('chg_1', 'ozu_live', 'cardSale', 'k', 'f', 'open', ${JSON.stringify(sale)}, 1)`);
  await db.run(sql`
    INSERT INTO attempts (attempt_id, charge_id, merchant_id, ordinal, processor, account, state, amount_minor, currency,
      created_at, checks_from, lease_until, misses, last_miss_at)
    VALUES (${attemptId}, 'chg_1', 'ozu_live', 0, 'nuvei', 'ozu_live', 'INTENT', 1840, 'USD', 1, 1, 0, 0, 0)`);
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

test('a live merchant has live keys and no sandbox, and its key is shown also when the Vault is away', async () => {
  const made = await ozura('merchant', 'create', '--name', 'Blue Kettle', '--id', 'ozu_kettle');
  expect([made.code, made.stdout]).toEqual([1, expect.stringMatching(/^X-OZURA-API-KEY +mk_live_\w{43}$/m)]);
  expect(made.stderr).toContain('Later: ozura merchant key add ozu_kettle --kind vault');
  expect((await ozura('merchant', 'list')).stdout).toMatch(/^ozu_kettle +Blue Kettle$/m);
  const refused = await ozura('merchant', 'processor', 'set', 'ozu_kettle', 'sandbox');
  expect(refused.stderr).toBe('ozura: processor: does not exist in live mode\n');
});
