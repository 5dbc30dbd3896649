import { sql } from '@ozura/kit/db/handle';
import { expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { openSearch, searchTables } from './secret-search.ts';

const NUMBER = '4242424242424242';
const HANDLE = `cvc_${'aZ-09_'.repeat(7)}x`;
const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const search = openSearch({
  cardNumbers: [NUMBER],
  securityCodes: ['123'],
  secrets: new Map([
    [HANDLE, 'a handle'],
    [KEY, 'a key'],
    [Buffer.from(KEY, 'hex').toString('latin1'), 'a key, as bytes'],
  ]),
});
const number = 'the card number that ends 4242';

test.each([
  [`{"cardNumber":"${NUMBER}"}`, [number]],
  ['card 4242 4242-4242.4242 was refused', [number]],
  ['"data":{"cvv":"123"}', ['a security code']],
  ['{\\"cvc\\": \\"123\\"}', ['a security code']],
  ['<ssl_cvv2cvc2>123</ssl_cvv2cvc2>', ['a security code']],
  ['security code = 123, as typed', ['a security code']],
  [`pay ${HANDLE}with something behind it`, ['a handle']],
  [`xx${KEY}`, ['a key']],
  [Buffer.from(`00${KEY}00`, 'hex').toString('latin1'), ['a key, as bytes']],
])('%s is found', (text, found) => {
  expect(search.plain(text)).toEqual(found);
});

test.each([
  ['424242******4242, 4242, 42424242'],
  ['{"tries":123,"cvvResult":"M","cvcSeconds":90,"id":"cvc123"}'],
  ['{"cvcHash":"123f00ba7","cvc":"1234"}'],
  [HANDLE.slice(0, -1)],
])('%s is nothing', (text) => {
  expect(search.decoded(text)).toEqual([]);
});

test.each(['hex', 'base64', 'base64url'] as const)('what stands in %s is found wherever it begins', (coding) => {
  for (let before = 0; before < 6; before += 1)
    for (const text of [NUMBER, HANDLE]) {
      const written = `a line of ${Buffer.from(`${'.'.repeat(before)}${text}`).toString(coding)} and more`;
      expect(search.plain(written)).toEqual([]);
      expect(search.decoded(written)).toHaveLength(1);
    }
});

forEachEngine((_engine, open) => {
  test('each cell of each table is read', async () => {
    const db = await open();
    await db.script(`
      CREATE TABLE cups (id TEXT PRIMARY KEY, note TEXT, count BIGINT, sealed BYTEA);
      CREATE TABLE pots (id TEXT PRIMARY KEY)`);
    await db.run(sql`INSERT INTO cups (id, note, count, sealed) VALUES ('1', 'tea', 123, ${Buffer.from('no code')})`);
    expect(await searchTables(db, search)).toEqual({ size: 4, found: [] });
    await db.run(
      sql`INSERT INTO cups (id, note, count, sealed) VALUES ('2', '123', 4242424242424242, ${Buffer.from('123')})`,
    );
    await db.run(sql`INSERT INTO pots (id) VALUES (${HANDLE})`);
    const { found } = await searchTables(db, search);
    expect(found.map((place) => place.replace('public.', ''))).toEqual([
      'a security code in cups.note',
      `${number} in cups.count`,
      'a security code in cups.sealed',
      'a handle in pots.id',
    ]);
  });
});
