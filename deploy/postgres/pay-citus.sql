-- Distributes Pay's tables by merchant, behind pay-by-merchant.sql, on the coordinator of a Citus cluster whose
-- workers are known to it. Never run on Citus itself: docs/decisions/0030-beyond-one-machine.md says what was checked.
--
--   psql "$PAY_DATABASE_URL" -v ON_ERROR_STOP=1 -f deploy/postgres/pay-citus.sql
--
-- With the programs stopped: writes wait until all rows are where they belong. All of it or nothing.

BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SELECT citus_version();

-- Our triggers look at rows of the same merchant, and at tables that every node has; that is what Citus cannot see for itself.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET citus.enable_unsafe_triggers = on', current_database());
END $$;
SET LOCAL citus.enable_unsafe_triggers = on;

-- Between a table that is distributed and one that is not yet no foreign key can be held: all go, and come back at the end.
CREATE TEMPORARY TABLE kept_foreign_keys ON COMMIT DROP AS
  SELECT conrelid::regclass AS of_table, conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace;
DO $$
DECLARE kept RECORD;
BEGIN
  FOR kept IN SELECT * FROM kept_foreign_keys LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', kept.of_table, kept.name);
  END LOOP;
END $$;

-- What triggers read: a copy on each node.
SELECT create_reference_table('attempt_edges');
SELECT create_reference_table('plan_edges');
SELECT create_distributed_table('merchants', 'merchant_id', colocate_with => 'none');
SELECT create_distributed_table('charges', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('attempts', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('transactions', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('transaction_counts', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('refunds', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('plans', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('outbox', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('discrepancies', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('resolutions', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('void_keys', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('merchant_keys', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('processor_credentials', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('tax_rows', 'merchant_id', colocate_with => 'merchants');
SELECT create_distributed_table('card_blocks', 'merchant_id', colocate_with => 'merchants');

DO $$
DECLARE kept RECORD;
BEGIN
  FOR kept IN SELECT * FROM kept_foreign_keys LOOP
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', kept.of_table, kept.name, kept.definition);
  END LOOP;
END $$;
COMMIT;

-- What is left of them on the coordinator.
SELECT truncate_local_data_after_distributing_table(logicalrelid) FROM pg_dist_partition WHERE partmethod = 'h';
