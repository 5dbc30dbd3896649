// Stands in for Citus where it cannot be had: functions of its names that distribute nothing, and refuse what its
// documentation says that it refuses. So the files of `deploy/postgres` run as a whole, and fail where the schema is not fit.
import type { Handle } from '@ozura/kit/db/handle';

/** In a schema of its own, which the connections opened from then on find behind their own. */
export const installRules = (db: Handle): Promise<void> => db.script(RULES);

/**
 * "Primary keys and uniqueness constraints must include the distribution column"; foreign keys dropped before, and created
 * again after (Creating and Modifying Distributed Tables); triggers by `citus.enable_unsafe_triggers` only, and on copied
 * tables none (citus#5705); identity columns of 8 bytes (citus#6591).
 */
const RULES = `
CREATE SCHEMA rules;
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET search_path = public, rules', current_database());
END $$;
CREATE TABLE rules.pg_dist_partition (logicalrelid REGCLASS PRIMARY KEY, partmethod TEXT NOT NULL);

CREATE FUNCTION rules.citus_version() RETURNS TEXT LANGUAGE sql AS $$ SELECT 'none: only its rules' $$;

CREATE FUNCTION rules.triggers_of(given REGCLASS) RETURNS BIGINT LANGUAGE sql AS
  $$ SELECT count(*) FROM pg_trigger WHERE tgrelid = given AND NOT tgisinternal $$;

CREATE FUNCTION rules.create_distributed_table(given REGCLASS, distribution_column TEXT, colocate_with TEXT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  place SMALLINT := (SELECT attnum FROM pg_attribute
    WHERE attrelid = given AND attname = distribution_column AND attnotnull);
BEGIN
  IF place IS NULL THEN RAISE EXCEPTION '% has no % in each row', given, distribution_column; END IF;
  IF EXISTS (SELECT FROM pg_index WHERE indrelid = given AND indisunique AND place <> ALL (indkey::int2[])) THEN
    RAISE EXCEPTION '% has a key without %', given, distribution_column;
  END IF;
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND given IN (conrelid, confrelid)) THEN
    RAISE EXCEPTION '% has a foreign key', given;
  END IF;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = given AND attidentity <> '' AND atttypid <> 'int8'::regtype) THEN
    RAISE EXCEPTION '% has an identity column of less than 8 bytes', given;
  END IF;
  IF rules.triggers_of(given) > 0 AND current_setting('citus.enable_unsafe_triggers', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION '% has triggers', given;
  END IF;
  IF colocate_with <> 'none' AND NOT EXISTS (
    SELECT FROM rules.pg_dist_partition WHERE logicalrelid = colocate_with::regclass AND partmethod = 'h'
  ) THEN
    RAISE EXCEPTION '% is not distributed', colocate_with;
  END IF;
  INSERT INTO rules.pg_dist_partition VALUES (given, 'h');
END $$;

CREATE FUNCTION rules.create_reference_table(given REGCLASS) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  IF rules.triggers_of(given) > 0 THEN RAISE EXCEPTION '% has triggers', given; END IF;
  INSERT INTO rules.pg_dist_partition VALUES (given, 'n');
END $$;

CREATE FUNCTION rules.truncate_local_data_after_distributing_table(given REGCLASS) RETURNS VOID LANGUAGE sql AS $$ $$;
`;
