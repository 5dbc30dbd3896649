// What `ozura audit verify` says of a log that somebody has worked on, on both engines (contract 13.2).
import { createSecretKey, randomBytes } from 'node:crypto';
import { forEachEngine, type Open } from '@ozura/e2e/databases';
import { type Database, sql } from '@ozura/kit/db/handle';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { type Audit, type AuditEvent, openAudit } from './audit.ts';
import { insertKey } from './store/keys.ts';

const migrations = new URL('./store/migrations/', import.meta.url);
const key = createSecretKey(randomBytes(32));
/** More than a page. */
const count = 1_050;

const event = (index: number): AuditEvent => ({
  merchantId: 'ozu_bluekettle',
  actor: 'service:pay',
  action: 'proxy',
  object: `tok_${index}`,
  outcome: 'allowed',
  address: '::1',
  requestId: `req_${index}`,
});

const removeGuards = (db: Database): Promise<void> =>
  db.script(
    db.engine === 'sqlite'
      ? 'DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks'
      : 'DROP TRIGGER audit_never_changes ON audit_records',
  );

/** The same log for each test; what a test does to it is undone after it. */
async function openLog(open: Open): Promise<Database> {
  const db = await open(migrations);
  const audit = openAudit(key, db);
  await db.transact(async (tx) => {
    for (let index = 1; index <= count; index += 1) await audit.record(tx, event(index), index);
  });
  await removeGuards(db);
  await db.script(
    'CREATE TABLE kept AS SELECT * FROM audit_records; CREATE TABLE kept_head AS SELECT * FROM audit_head',
  );
  return db;
}

const restore = (db: Database): Promise<void> =>
  db.script(`
    DELETE FROM audit_records; INSERT INTO audit_records SELECT * FROM kept;
    DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head`);

/** Two steps, for no two rows may have one number for a moment. */
const shift = (from: number, by: number): string => `
  UPDATE audit_records SET sequence = -sequence WHERE sequence >= ${from};
  UPDATE audit_records SET sequence = -sequence + ${by} WHERE sequence < 0;`;
const copyOf = (sequence: number, to: number, object: string): string => `
  INSERT INTO audit_records
    SELECT ${to}, at, merchant_id, actor, action, '${object}', outcome, address, request_id, mac
    FROM audit_records WHERE sequence = ${sequence};`;
/** The head as it stands after a record, as far as the records tell. */
const headAt = (sequence: number): string => `
  UPDATE audit_head SET sequence = ${sequence}, mac = (SELECT mac FROM audit_records WHERE sequence = ${sequence});`;

forEachEngine((_engine, open) => {
  let db: Database;
  let audit: Audit;
  beforeAll(async () => {
    db = await openLog(open);
    audit = openAudit(key, db);
  });
  beforeEach(() => restore(db));
  const damage = async () => (await audit.verify(db)).damage;

  it('a log that nobody touched is whole, and so is one that was written to since', async () => {
    expect(await audit.verify(db)).toEqual({
      records: count,
      anchor: { sequence: count, mac: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await db.transact((tx) => audit.record(tx, event(count + 1), count + 1));
    expect(await audit.verify(db)).toMatchObject({ records: count + 1 });
  });

  it.each([
    ['a changed value', "UPDATE audit_records SET object = 'tok_0' WHERE sequence = 900", 900, 'altered'],
    ['a changed mac', "UPDATE audit_records SET mac = 'x' WHERE sequence = 3", 3, 'altered'],
    ['another time', 'UPDATE audit_records SET at = 1 WHERE sequence = 1050', 1050, 'altered'],
    ['a row taken out', 'DELETE FROM audit_records WHERE sequence = 500', 500, 'removed'],
    ['the first row taken out', 'DELETE FROM audit_records WHERE sequence = 1', 1, 'removed'],
    [
      'a row taken out and the gap closed',
      `DELETE FROM audit_records WHERE sequence = 7; ${shift(8, -1)} ${headAt(count - 1)}`,
      7,
      'removed',
    ],
    ['a row put in', `${shift(600, 1)} ${copyOf(599, 600, 'tok_forged')} ${headAt(count + 1)}`, 600, 'inserted'],
    ['a row put after the end', copyOf(count, count + 1, 'tok_forged'), count + 1, 'inserted'],
    [
      'two neighbours that changed places',
      `UPDATE audit_records SET sequence = -1 WHERE sequence = 20;
       UPDATE audit_records SET sequence = 20 WHERE sequence = 21;
       UPDATE audit_records SET sequence = 21 WHERE sequence = -1;`,
      20,
      'reordered',
    ],
    [
      'two far rows that changed places',
      `UPDATE audit_records SET sequence = -1 WHERE sequence = 20;
       UPDATE audit_records SET sequence = 20 WHERE sequence = 700;
       UPDATE audit_records SET sequence = 700 WHERE sequence = -1;`,
      20,
      'reordered',
    ],
    ['an end that was cut off', 'DELETE FROM audit_records WHERE sequence > 1020', 1021, 'truncated'],
    [
      'an end that was cut off with the head put back',
      `DELETE FROM audit_records WHERE sequence > 1020; ${headAt(1020)}`,
      1021,
      'truncated',
    ],
    [
      'everything cut off with the head of an empty log',
      "DELETE FROM audit_records WHERE sequence > 1; UPDATE audit_head SET sequence = 0, mac = '', seal = ''",
      1,
      'inserted',
    ],
  ])('%s is found, and where', async (_what, change, sequence, kind) => {
    await db.script(change);
    expect(await damage()).toEqual({ sequence, kind });
  });

  it('what is written after the end was cut off does not make the log whole again', async () => {
    await db.script(`DELETE FROM audit_records WHERE sequence > 1020; ${headAt(1020)}`);
    await db.transact((tx) => audit.record(tx, event(1), 1));
    expect(await damage()).toMatchObject({ kind: 'truncated' });
  });

  it('a log that begins anew is told by the keys from before', async () => {
    const name = { id: 'card-data:m:1', purpose: 'card-data', merchantId: 'm', version: 1 };
    await insertKey(db, { ...name, wrappedBy: null, wrapped: new Uint8Array([1]), uses: 0, createdAt: 1 });
    const made = { ...event(1), action: 'create_key', object: name.id } as const;
    await db.transact((tx) => audit.record(tx, made, 1));
    expect(await damage()).toBeUndefined();
    await db.script("DELETE FROM audit_records; UPDATE audit_head SET sequence = 0, mac = '', seal = ''");
    await db.transact((tx) => openAudit(key, db).record(tx, event(1), 1));
    expect(await damage()).toEqual({ sequence: 1, kind: 'truncated' });
    await db.run(sql`DELETE FROM wrapped_keys WHERE id = ${name.id}`);
    expect(await damage()).toBeUndefined();
  });

  it('an anchor finds that an older state of the whole database was brought back', async () => {
    const older = await db.all<{ seal: string }>(sql`SELECT seal FROM audit_head`);
    await db.transact((tx) => audit.record(tx, event(1), 1));
    const { anchor } = await audit.verify(db);
    expect((await audit.verify(db, anchor)).damage).toBeUndefined();
    await db.script(`DELETE FROM audit_records WHERE sequence > ${count}; ${headAt(count)}`);
    await db.run(sql`UPDATE audit_head SET seal = ${older[0]?.seal}`);
    expect(await damage()).toBeUndefined();
    expect((await audit.verify(db, anchor)).damage).toEqual({ sequence: count + 1, kind: 'truncated' });
  });
});
