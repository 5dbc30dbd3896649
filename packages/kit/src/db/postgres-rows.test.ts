// Which inserts can be one of many, and what the many look like.
import { describe, expect, test } from 'vitest';
import { type Statement, sql } from './handle.ts';
import { rowInsertOf } from './postgres-rows.ts';

const twoOf = (statement: Statement): string | undefined => rowInsertOf(statement)?.text(2);

describe('one row is written as many', () => {
  test('with its own values, in their order', () => {
    const one = sql`INSERT INTO cups (id, size) VALUES (${'a'}, ${1})`;
    expect(twoOf(one)).toBe('INSERT INTO cups (id, size) VALUES ($1, $2), ($3, $4)');
    expect(rowInsertOf(one)?.keyed).toBeUndefined();
  });

  test('with what is the same in all of them', () => {
    const one = sql`INSERT INTO cups (id, note, size)
      VALUES (${'a'}, 'it''s ($2)', COALESCE(${null}, 0))`;
    expect(twoOf(one)).toBe(`INSERT INTO cups (id, note, size)
      VALUES ($1, 'it''s ($2)', COALESCE($2, 0)), ($3, 'it''s ($2)', COALESCE($4, 0))`);
  });

  test('telling by the first column which were written, where others may be in the way', () => {
    const one = sql`INSERT INTO cups (id, size) VALUES (${'a'}, ${1})
      ON CONFLICT (id, size) WHERE size IS NOT NULL DO NOTHING`;
    expect(twoOf(one)).toBe(`INSERT INTO cups (id, size) VALUES ($1, $2), ($3, $4)
      ON CONFLICT (id, size) WHERE size IS NOT NULL DO NOTHING RETURNING id`);
    expect(rowInsertOf(one)?.keyed).toBe('id');
  });
});

describe('one is carried out by itself', () => {
  test.each([
    sql`UPDATE cups SET size = ${1}`,
    sql`INSERT INTO cups (id) SELECT id FROM mugs WHERE size = ${1}`,
    sql`INSERT INTO cups (id) VALUES (${'a'}), (${'b'})`,
    sql`INSERT INTO cups (id) VALUES (${'a'}) RETURNING id`,
    sql`INSERT INTO cups (id) VALUES (${'a'}) ON CONFLICT (id) DO UPDATE SET size = 2`,
    sql`INSERT INTO cups (id) VALUES (${'a'}) ON CONFLICT (id) WHERE size > ${1} DO NOTHING`,
    sql`INSERT INTO cups (id, size) VALUES ('a', ${1})`,
    sql`INSERT INTO cups VALUES (${'a'}, ${1})`,
  ])('$text', (statement) => {
    expect(rowInsertOf(statement)).toBeUndefined();
  });
});
