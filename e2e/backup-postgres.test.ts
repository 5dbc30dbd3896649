// A machine with PostgreSQL is lost under running payments, and comes back on another one by the commands of
// docs/operating.md, taken from there: what was answered before the last archived piece of the log is there.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { inSchema } from '@ozura/kit/db/schemas';
import { writeClock } from '@ozura/kit/db/test-clock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callPay, chargeStored, cyclesCharged, keepPaying, mine, payOnce } from './backed-up.ts';
import { type PagePay, pay, preparePay } from './browserless.ts';
import { findPostgresBin } from './cluster/machine.ts';
import { makeServerFolder, openPostgresNode, type PostgresNode } from './cluster/postgres-node.ts';
import { commandsOf, readCodeBlocks } from './docs/code-blocks.ts';
import { bookedSessions } from './faults/shop.ts';
import { createSession, getSession, type SessionView, untilStatus } from './merchant.ts';
import { planOf } from './plan.ts';
import { freePort, freePortBase } from './ports.ts';
import { standingReferences } from './processor.ts';
import { runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';
import { tokenizeCard } from './tokens.ts';

// The PostgreSQL of the packages has no `pg_basebackup`: without that of the machine this is left out.
const bin = findPostgresBin();
const folder = mkdtempSync(join(tmpdir(), 'ozura-backup-postgres-'));
const at = (...names: string[]): string => join(folder, ...names);
const weekMs = 7 * 24 * 60 * 60_000;

/** Those for containers are for a machine with an engine. */
const blocks = readCodeBlocks().filter(
  ({ place, text }) => place.startsWith('docs/operating.md') && !text.includes('compose'),
);

/** The first block of the documentation with these words, for a server whose files are in the folder of that name. */
function documented(words: string, server: string) {
  const block = blocks.find(({ text }) => text.includes(words));
  if (block === undefined) throw new Error(`docs/operating.md has no block with ${words}`);
  const text = block.text
    .replaceAll('/backups/', `${at('backups')}/`)
    .replaceAll('/elsewhere/', `${at('elsewhere')}/`)
    .replaceAll('/var/lib/postgresql/17/main', at(server, 'data'))
    .replaceAll('/usr/lib/postgresql/17/bin', bin ?? '');
  return { ...block, text };
}

/** Carries a block out. `as`: what stands there as an example. */
async function carryOut(words: string, server: PostgresNode, as: readonly [from: string, to: string] = ['', '']) {
  const printed: string[] = [];
  for (const line of commandsOf(documented(words, server.name))) {
    const command = line.replace(...as);
    if (command.startsWith('systemctl start ')) await settled(server);
    else if (command.startsWith('ozura ')) printed.push(await ozura(command.split(' ').slice(1)));
    else await server.sh(command);
  }
  return printed.join('');
}

/** It answers before it is done. */
async function settled(server: PostgresNode): Promise<void> {
  await server.start();
  const asked = () => server.ask('SELECT pg_is_in_recovery() AS busy');
  await expect.poll(asked, { interval: 50 }).toEqual([{ busy: false }]);
}

/** On the machine that is the installation's now. */
let environment: Record<string, string>;

async function ozura(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, environment).ended;
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return stdout;
}

async function withDatabase<Result>(url: string, work: (db: Database) => Promise<Result>): Promise<Result> {
  const db = await openDatabase({ url, poolMax: 1 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** It writes some thousand files to the disk, which may have much else to do. */
const timeoutMs = 180_000;

describe.skipIf(bin === undefined)('PostgreSQL', { timeout: timeoutMs }, () => {
  let port: number;
  let old: PostgresNode;
  let restored: PostgresNode;
  let url: string;
  let system: System;
  let stopPaying: () => Promise<void>;
  const paid: string[] = [];
  const tokens: string[] = [];
  /** As they were told of before the last piece was archived. */
  let views: SessionView[];
  let planId: string;
  let openSessionId: string;
  /** A moment, how many were paid by then, and one that was begun after it. */
  let moment: { readonly time: string; readonly paid: readonly string[]; readonly next: string };
  /** Paid after the last piece, so that nothing of ours knows it. */
  let lost: PagePay;
  let bookedBefore: string[];

  const openServer = (name: string): PostgresNode =>
    openPostgresNode({
      ...{ name, folder, port, bin: bin ?? '', password: 'of-a-test' },
      // Only a power cut would tell the difference, and this is none.
      settings: `${documented('archive_mode', name).text}fsync = off\n`,
    });

  const untilPaid = (more: number): Promise<void> => {
    const enough = paid.length + more;
    return expect.poll(() => paid.length, { interval: 20 }).toBeGreaterThanOrEqual(enough);
  };

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    for (const name of [[], ['base'], ['wal']]) makeServerFolder(at('backups', ...name));
    port = await freePort();
    old = openServer('old');
    await old.create();
    await old.start();
    url = old.urlOf('postgres');
    // The processor is not ours, and is not lost.
    mkdirSync(at('processor'));
    const where = { DATABASE_URL: url, SANDBOX_DATABASE_URL: at('processor', 'sandbox.db') };
    system = await startSystem({ ...where, SESSION_LIFETIME_SECONDS: String(365 * 24 * 60 * 60) });
    environment = { ...where, DATA_DIR: system.dataDir };
  });

  test('a base backup is taken while payments go on', async () => {
    const { dev } = system;
    const store = async () => tokens.push((await tokenizeCard(dev.vaultUrl, dev.vaultKey, '4242424242424242')).token);
    // So that stored cards can be paid with, as by telephone.
    await ozura(['merchant', 'update', mine.merchantId, '--moto-without-cvc', 'on']);
    const card = await tokenizeCard(dev.vaultUrl, dev.vaultKey, '4242424242424242');
    const plan = planOf(card, { ...mine, interval: 'weekly' });
    planId = (await callPay(dev, ['POST', '/recurring/plans', plan])).data.planId;
    await store();
    stopPaying = keepPaying(dev, (sessionId) => paid.push(sessionId));
    await untilPaid(2);
    await carryOut('backup --keys /elsewhere/2027-03-01\n', old);
    const paidBefore = paid.length;
    await carryOut('pg_basebackup', old);
    const left = readdirSync(at('backups', 'wal')).find((name) => name.endsWith('.backup'));
    await carryOut('pg_archivecleanup', old, ['000000010000000000000042.00000028.backup', left ?? '']);
    // It would prove little if nobody had paid meanwhile.
    expect(paid.length).toBeGreaterThan(paidBefore);
    await store();
    openSessionId = (await createSession(dev)).sessionId;
    lost = await preparePay(dev, (await createSession(dev)).sessionId, '4242424242424242');
    await untilPaid(2);
    const paidByThen = [...paid];
    const [{ time } = {}] = await old.ask('SELECT now()::text AS time');
    moment = { time: String(time), paid: paidByThen, next: await payOnce(dev) };
    paid.push(moment.next);
    await store();
    await untilPaid(2);
  });

  test('the machine is lost between two payments and their end, and with it server, data and keys', async () => {
    views = await Promise.all(paid.map((sessionId) => getSession(system.dev, sessionId, true)));
    const [{ piece } = {}] = await old.ask('SELECT pg_walfile_name(pg_switch_wal()) AS piece');
    await expect.poll(() => existsSync(at('backups', 'wal', String(piece))), { interval: 50 }).toBe(true);
    expect((await pay(system.dev, lost)).body.data?.status).toBe('completed');
    await untilPaid(1);
    const stopped = stopPaying().catch(() => undefined);
    await Promise.all([old.kill(), system.kill()]);
    await stopped;
    rmSync(at('old'), { recursive: true });
    rmSync(system.dataDir, { recursive: true });
    bookedBefore = standingReferences(at('processor'));
    environment = { ...environment, DATA_DIR: at('new') };
  });

  afterAll(async () => {
    const stopped = stopPaying?.().catch(() => undefined);
    await system?.stop();
    await stopped;
    await restored?.kill();
    await old?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a server is restored from the base backup and the log, and open sessions and plans that fell due are held', async () => {
    restored = openServer('restored');
    await carryOut('recovery.signal\n', restored);
    await carryOut('systemctl start', restored);
    // A week has passed since the backup, in which the plan fell due: whether it was charged is not in it.
    for (const program of ['checkout', 'pay', 'vault'])
      await withDatabase(inSchema(url, program), (db) => writeClock(db, { offsetMs: weekMs + 60_000 }));
    const printed = await carryOut('ozura restore --hold', restored);
    expect(printed).toMatch(/^[1-9]\d* open sessions? will expire: /m);
    expect(printed).toContain('\n1 plan that fell due will not be charged before two days have passed.\n');
  });

  test('without its keys the installation does not start, and with wrong ones neither', async () => {
    const portBase = await freePortBase();
    const start = (env: Record<string, string>) =>
      runCli(['start'], { ...environment, PORT_BASE: String(portBase), ...env }).ended;
    const keyless = { DATA_DIR: at('keyless'), SANDBOX_DATABASE_URL: '' };
    expect(await start(keyless)).toMatchObject({
      code: 1,
      stderr: `ozura: ${at('keyless', 'keys')}: the databases are here and their keys are not: ozura restore --keys DIR brings them back\n`,
    });
    expect(existsSync(at('keyless', 'keys'))).toBe(false);
    cpSync(at('new', 'keys'), at('wrong', 'keys'), { recursive: true });
    rmSync(at('wrong', 'keys', 'root-key'));
    cpSync(at('new', 'keys', 'pay-root-key'), at('wrong', 'keys', 'root-key'));
    expect(await start({ DATA_DIR: at('wrong') })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^ozura: the root key does not open key-encryption\S*: it is not the one of this database\n$/,
      ),
    });
  });

  test('every payment from before the last piece is there, every token opens, and the audit log is whole', async () => {
    await system.restart({ ...environment, AUTO_VOID_LATE_APPROVALS: 'false' });
    for (const view of views) {
      expect(view).toMatchObject({ status: 'completed', payment: { amount: '18.40' } });
      expect(await getSession(system.dev, view.id, true)).toEqual(view);
    }
    const booked = await bookedSessions({ dataDir: at('processor') }, inSchema(url, 'pay'));
    for (const { id } of views) expect(booked.filter((sessionId) => sessionId === id)).toHaveLength(1);
    expect(tokens).toHaveLength(3);
    for (const token of tokens) expect(await chargeStored(system.dev, token)).toMatchObject({ success: true });
    expect(await carryOut('ozura audit verify\n', restored)).toMatch(/^whole:/);
  });

  test('nothing that was paid after the last piece is paid again', async () => {
    expect(await untilStatus(system.dev, openSessionId, 'expired')).toMatchObject({ paymentState: null });
    expect(await untilStatus(system.dev, lost.sessionId, 'expired')).toMatchObject({ paymentState: null });
    expect((await pay(system.dev, lost)).status).toBe(410);
    expect(await cyclesCharged(system.dev, planId)).toBe(1);
    const booked = standingReferences(at('processor'));
    expect(booked).toEqual(expect.arrayContaining(bookedBefore));
    // Those with the stored cards.
    expect(booked).toHaveLength(bookedBefore.length + tokens.length);
  });

  test('a server is restored to a moment', async () => {
    await Promise.all([system.kill(), restored.kill()]);
    restored = openServer('earlier');
    await carryOut('recovery.signal\n', restored);
    await carryOut('recovery_target_time =', restored, ['2027-03-01 04:10:00+00', moment.time]);
    await carryOut('systemctl start', restored);
    expect(readFileSync(at('earlier', 'data', 'postgresql.auto.conf'), 'utf8')).not.toContain('recovery_target');
    const rows = await withDatabase(inSchema(url, 'checkout'), (db) =>
      db.all<{ id: string; status: string }>(sql`SELECT id, status FROM sessions`),
    );
    const completed = rows.filter(({ status }) => status === 'completed').map(({ id }) => id);
    expect(completed).toEqual(expect.arrayContaining([...moment.paid]));
    expect(rows.map(({ id }) => id)).not.toContain(moment.next);
  });
});
