// SIGKILL at every labelled moment of a payment, over and over, of processes on SQLite and on PostgreSQL (contract 12.7).
// `kill.test.ts`, `pay-kill.test.ts` and `refund-kill.test.ts` kill 53 more. At rest a session is completed if and only if the processor
// approved it.
import { type Database, sql } from '@ozura/kit/db/handle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pay } from './browserless.ts';
import { type Installation, type KilledProgram, type KillPrograms, startKillPrograms } from './kill-programs.ts';
import { ageAttempts, untilAllAsked } from './pay-ledger.ts';
import { openSearch, searchTables } from './secret-search.ts';

const APPROVED = '4242424242424242';
const CARDS = [APPROVED, APPROVED, '4000000000000002', '4000000000000101'];
const LABELS: Readonly<Record<KilledProgram, readonly string[]>> = {
  pay: ['P1-before', 'P1-after', 'P2-after', 'P3-after', 'P4-after'],
  checkout: ['C1-before', 'C1-after', 'C2-before', 'C2-after'],
};
const ROUNDS: Readonly<Record<KilledProgram, number>> = { pay: 44, checkout: 32 };

let programs: KillPrograms;
/** What each is, by its value: whatever the pages were given. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  programs = await startKillPrograms();
});

afterAll(() => programs?.stop());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const ageCharges = (db: Database, ms: number): Promise<number> =>
  db.run(sql`
    UPDATE charges SET created_at = created_at - ${ms}, next_check_at = next_check_at - ${ms} WHERE outcome = 'open'`);

const countOf = async (db: Database, statement: ReturnType<typeof sql>): Promise<number> =>
  Number((await db.one<{ count: number }>(statement))?.count ?? 0);

const openAttempts = (db: Database): Promise<number> =>
  countOf(db, sql`SELECT count(*) AS count FROM attempts WHERE next_check_at IS NOT NULL`);
const openCharges = (db: Database): Promise<number> =>
  countOf(db, sql`SELECT count(*) AS count FROM charges WHERE outcome = 'open'`);

/** Time enough for every inquiry, and for two misses after the grace time. */
async function comeToRest({ checkout, pay: ledger }: Installation): Promise<void> {
  for (let round = 0; round < 30 && (await openAttempts(ledger)) > 0; round += 1) {
    await ageAttempts(ledger, round === 0 ? 60_000 : 20 * 60_000);
    await untilAllAsked(ledger);
  }
  for (let round = 0; round < 30 && (await openCharges(checkout)) > 0; round += 1) {
    await ageCharges(checkout, 60_000);
    await pause(1_500);
  }
}

async function killAtEveryLabel(program: KilledProgram): Promise<number> {
  let kills = 0;
  const answers: Promise<unknown>[] = [];
  for (let round = 0; round < ROUNDS[program]; round += 1) {
    const label = LABELS[program][round % LABELS[program].length] ?? '';
    const [prepared] = await Promise.all([
      Promise.all(
        programs.installations.map(async ({ prepare, origins }, i) => ({
          payment: await prepare(CARDS[(round + i) % CARDS.length] ?? APPROVED),
          origins,
        })),
      ),
      programs.restart(program, label),
    ]);
    for (const { payment } of prepared) {
      secrets.set(payment.credential, 'a page credential');
      secrets.set(String(payment.body.cvcSession), 'the handle of a security code');
    }
    answers.push(...prepared.map(({ payment, origins }) => pay(origins, payment)));
    kills += await programs.died(program, 30_000);
  }
  await programs.restart(program);
  await Promise.all(answers);
  return kills;
}

test('150 processes die on both engines, and every death is recovered from', async () => {
  const kills = (await killAtEveryLabel('pay')) + (await killAtEveryLabel('checkout'));
  console.log(`${kills} processes died by SIGKILL in the middle of a payment`);
  expect(kills).toBeGreaterThanOrEqual(150);
  const standing = new Set(await programs.standing());
  await Promise.all(programs.installations.map(comeToRest));
  for (const installation of programs.installations) {
    const rows = await installation.checkout.all<{ id: string; status: string; payment_state: string | null }>(
      sql`SELECT id, status, payment_state FROM sessions`,
    );
    expect(rows.filter(({ payment_state: state }) => state !== null)).toEqual([]);
    const booked = await installation.pay.all<{ attempt_id: string; order_id: string }>(
      sql`SELECT attempts.attempt_id, charges.order_id FROM attempts JOIN charges ON charges.charge_id = attempts.charge_id`,
    );
    const now = new Set(await programs.standing());
    const approved = booked.filter(({ attempt_id: reference }) => now.has(reference)).map((row) => row.order_id);
    const completed = rows.filter(({ status }) => status === 'completed').map(({ id }) => id);
    expect(approved.sort()).toEqual(completed.sort());
    // It would prove nothing if none had been paid, or all.
    expect(completed.length).toBeGreaterThan(5);
    expect(completed.length).toBeLessThan(rows.length);
    for (const { attempt_id: reference } of booked) standing.delete(reference);
  }
  // Nothing stands in the processor's books that neither ledger knows.
  expect([...standing]).toEqual([]);
}, 600_000);

test('after all those deaths no row of Checkout and Pay has a card number, a security code, a handle or a credential', async () => {
  expect(secrets.size).toBeGreaterThan(150);
  const search = openSearch({ cardNumbers: CARDS, securityCodes: ['123'], secrets });
  for (const { checkout, pay: ledger } of programs.installations)
    for (const db of [checkout, ledger]) {
      const { size, found } = await searchTables(db, search);
      expect(found).toEqual([]);
      expect(size).toBeGreaterThan(500);
    }
});
