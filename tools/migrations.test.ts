// Migrations that are newer than the rule are safe beside processes that write (decision 0030).
import { expect, it } from 'vitest';
import { check } from './check.ts';
import { projectOf } from './project.ts';
import { migrationsLetWritersPass } from './rules/migrations.ts';

const folder = 'apps/pay/src/store/migrations';
const first = { [`${folder}/0001-first.sql`]: 'CREATE TABLE charges (id TEXT);' };

const BAD: Readonly<Record<string, string>> = {
  'plain-index': 'CREATE INDEX charges_by_id ON charges (id);',
  'unique-index': 'CREATE TABLE a (id TEXT);\nCREATE UNIQUE INDEX charges_by_id\n  ON charges (id);',
  'not-null': 'ALTER TABLE charges ADD COLUMN state TEXT NOT NULL;',
  'second-action': 'ALTER TABLE charges ADD COLUMN state TEXT, ADD COLUMN other TEXT NOT NULL;',
  'computed-default': 'ALTER TABLE charges ADD COLUMN made_at BIGINT NOT NULL DEFAULT now_ms();',
  identity: 'ALTER TABLE charges ADD COLUMN ordinal BIGINT GENERATED ALWAYS AS IDENTITY;',
  serial: 'ALTER TABLE charges ADD ordinal BIGSERIAL;',
  'column-check': "ALTER TABLE charges ADD COLUMN state TEXT CHECK (state IN ('open', 'ended'));",
  'column-unique': 'ALTER TABLE charges ADD COLUMN state TEXT UNIQUE;',
  type: 'ALTER TABLE charges ALTER COLUMN id TYPE BIGINT;',
  'set-type': 'ALTER TABLE ONLY charges ALTER id SET DATA TYPE BIGINT;',
  constraint: "ALTER TABLE charges ADD CONSTRAINT charges_id CHECK (id <> '');",
  'foreign-key': 'ALTER TABLE charges ADD FOREIGN KEY (id) REFERENCES merchants (id);',
  key: 'ALTER TABLE charges ADD CONSTRAINT charges_id UNIQUE (id);',
  'set-not-null': 'ALTER TABLE charges ALTER COLUMN id SET NOT NULL;',
  renamed: 'ALTER TABLE charges RENAME COLUMN id TO charge_id;',
  rewritten: 'ALTER TABLE charges SET UNLOGGED;',
  vacuum: 'VACUUM FULL charges;',
  reindex: 'REINDEX TABLE charges;',
  block: 'DO $$ BEGIN UPDATE charges SET id = 1; END $$;',
  rows: "UPDATE charges SET id = 'x' WHERE id IS NULL;",
  deleted: 'DELETE FROM charges;',
  validated:
    'ALTER TABLE charges ADD CONSTRAINT a CHECK (id IS NOT NULL) NOT VALID;\nALTER TABLE charges VALIDATE CONSTRAINT a;',
  counted:
    'CREATE TABLE a (n BIGINT);\nCREATE TRIGGER a AFTER INSERT ON charges EXECUTE FUNCTION a();\nINSERT INTO a SELECT count(*) FROM charges;',
  'four-tables': ['charges', 'b', 'c', 'd'].map((table) => `ALTER TABLE ${table} ADD COLUMN x TEXT;`).join('\n'),
  'in-a-section': '-- only postgres\nCREATE INDEX charges_by_id ON charges (id);\n-- end',
  'more.online': 'CREATE INDEX IF NOT EXISTS a ON charges (id);\nALTER TABLE charges ADD COLUMN x TEXT;',
  'plain.online': 'CREATE INDEX a ON charges (id);',
};

const GOOD: Readonly<Record<string, string>> = {
  '0021-new-table':
    'CREATE TABLE a (id TEXT NOT NULL REFERENCES charges (id));\nCREATE INDEX a_by_id ON a (id);\nINSERT INTO a VALUES (1);',
  '0021-columns':
    "ALTER TABLE charges ADD COLUMN x TEXT;\nALTER TABLE charges ADD COLUMN y BIGINT NOT NULL DEFAULT 0, ADD z TEXT DEFAULT 'a, b; -- c' NOT NULL;",
  '0022-later': 'ALTER TABLE charges ADD CONSTRAINT x CHECK (x IS NOT NULL) NOT VALID;',
  '0023-validated': 'ALTER TABLE charges VALIDATE CONSTRAINT x;',
  '0024-not-null': 'ALTER TABLE charges ALTER COLUMN x SET NOT NULL;',
  '0025-index.online': '-- Found by it.\nCREATE UNIQUE INDEX IF NOT EXISTS a ON charges (id) WHERE id > 0;',
  '0026-key': 'ALTER TABLE charges ADD CONSTRAINT a UNIQUE USING INDEX a;',
  '0027-trigger':
    "-- only sqlite\nCREATE INDEX a ON charges (id);\n-- end\n-- only postgres\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE charges SET id = 1; END';\nDROP TRIGGER t ON charges;\nCREATE TRIGGER t BEFORE UPDATE ON charges EXECUTE FUNCTION f();\n-- end",
  '0028-read': 'INSERT INTO a SELECT count(*) FROM charges;',
  '0029-one-row': 'UPDATE turns SET turns = 1 WHERE id = 1;',
  // Written before the rule.
  '0009-released': 'CREATE INDEX charges_by_id ON charges (id);',
};

const named = (files: Readonly<Record<string, string>>, number = ''): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${number}${name}.sql`, text]));

check('a new migration keeps no writer waiting', migrationsLetWritersPass, {
  beside: first,
  bad: named(BAD, '0021-'),
  good: named(GOOD),
});

it('says how it is done instead', () => {
  const project = projectOf(Object.entries(named(BAD, '0021-')).map(([path, text]) => ({ path, text })));
  const said = migrationsLetWritersPass(project).join('\n');
  expect(said).toContain(
    `${folder}/0021-plain-index.sql: CREATE INDEX on charges keeps writers waiting: CREATE INDEX IF NOT EXISTS in a file named ….online.sql is built while they write`,
  );
  expect(said).toContain('ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later file of its own');
  expect(said).toContain('give it a constant DEFAULT, or leave NOT NULL out');
});
