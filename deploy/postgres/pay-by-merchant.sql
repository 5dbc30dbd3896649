-- Turns every key of Pay's tables into one that carries the merchant, so that they can be distributed by merchant
-- (docs/decisions/0030-beyond-one-machine.md). Ordinary PostgreSQL; the programs run as they are before and after it.
--
--   psql "$PAY_DATABASE_URL" -v ON_ERROR_STOP=1 -f deploy/postgres/pay-by-merchant.sql
--
-- While the programs run: every process has migration 0020 and nothing older is left. Indices are built beside the old ones
-- (room for both is needed), and the exchange at the end holds all tables for as long as it takes to change names. Past a
-- pooler that shares connections. Stopped at any point it can be run again from the beginning.

SET client_min_messages = warning;
SET statement_timeout = 0;
SET lock_timeout = '2s';

-- 1. Decisions from before say whose they are. They are few, and never change otherwise.

BEGIN;
ALTER TABLE resolutions DISABLE TRIGGER resolutions_end;
UPDATE resolutions SET merchant_id = COALESCE(
    (SELECT merchant_id FROM attempts WHERE attempts.attempt_id = resolutions.attempt_id),
    (SELECT merchant_id FROM refunds WHERE refund_id = resolutions.attempt_id))
  WHERE merchant_id IS NULL;
ALTER TABLE resolutions ENABLE TRIGGER resolutions_end;
COMMIT;

-- 2. The new keys. What is looked up stays in front, so that a statement that knows an id and no merchant finds its row.

SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS merchant_keys_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY merchant_keys_new_pkey ON merchant_keys (key_hash, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS merchant_keys_new_id;
CREATE UNIQUE INDEX CONCURRENTLY merchant_keys_new_id ON merchant_keys (key_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS charges_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY charges_new_pkey ON charges (charge_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS charges_new_cycle;
CREATE UNIQUE INDEX CONCURRENTLY charges_new_cycle ON charges (plan_id, cycle, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS attempts_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY attempts_new_pkey ON attempts (attempt_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS attempts_new_ordinal;
CREATE UNIQUE INDEX CONCURRENTLY attempts_new_ordinal ON attempts (charge_id, ordinal, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS attempts_new_reference;
CREATE UNIQUE INDEX CONCURRENTLY attempts_new_reference ON attempts (processor, account, attempt_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS attempts_new_transaction;
CREATE UNIQUE INDEX CONCURRENTLY attempts_new_transaction
  ON attempts (processor, account, processor_transaction_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS attempts_new_live;
CREATE UNIQUE INDEX CONCURRENTLY attempts_new_live ON attempts (charge_id, merchant_id)
  WHERE state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED', 'VOID_PENDING');
DROP INDEX CONCURRENTLY IF EXISTS transactions_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY transactions_new_pkey ON transactions (transaction_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS transactions_new_sale;
CREATE UNIQUE INDEX CONCURRENTLY transactions_new_sale ON transactions (charge_id, merchant_id)
  WHERE transaction_type IN ('CreditCardSale', 'AchSale');
DROP INDEX CONCURRENTLY IF EXISTS transactions_new_reversal;
CREATE UNIQUE INDEX CONCURRENTLY transactions_new_reversal ON transactions (attempt_id, merchant_id)
  WHERE transaction_type IN ('CreditCardReversal', 'AchReversal', 'AchReturn');
DROP INDEX CONCURRENTLY IF EXISTS refunds_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY refunds_new_pkey ON refunds (refund_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS refunds_new_transaction;
CREATE UNIQUE INDEX CONCURRENTLY refunds_new_transaction
  ON refunds (processor, account, processor_transaction_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS refunds_new_void;
CREATE UNIQUE INDEX CONCURRENTLY refunds_new_void ON refunds (sale_id, merchant_id)
  WHERE means = 'void' AND state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED');
DROP INDEX CONCURRENTLY IF EXISTS plans_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY plans_new_pkey ON plans (plan_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS plans_new_charge;
CREATE UNIQUE INDEX CONCURRENTLY plans_new_charge ON plans (charge_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS outbox_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY outbox_new_pkey ON outbox (event_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS outbox_new_subject;
CREATE UNIQUE INDEX CONCURRENTLY outbox_new_subject ON outbox (type, subject, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS discrepancies_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY discrepancies_new_pkey ON discrepancies (discrepancy_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS discrepancies_new_booking;
CREATE UNIQUE INDEX CONCURRENTLY discrepancies_new_booking
  ON discrepancies (kind, processor, account, reference, processor_transaction_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS resolutions_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY resolutions_new_pkey ON resolutions (resolution_id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS resolutions_new_proposed;
CREATE UNIQUE INDEX CONCURRENTLY resolutions_new_proposed ON resolutions (attempt_id, merchant_id) WHERE state = 'proposed';
DROP INDEX CONCURRENTLY IF EXISTS resolutions_new_carried_out;
CREATE UNIQUE INDEX CONCURRENTLY resolutions_new_carried_out ON resolutions (attempt_id, merchant_id)
  WHERE state = 'carried_out';

-- 3. The exchange, in one commit: no moment without a guard.

BEGIN;
SET LOCAL lock_timeout = '500ms';
-- Whoever comes meanwhile waits behind us; so we wait for nobody for long, and let all of them through in between.
DO $$
BEGIN
  FOR attempt IN 1..100 LOOP
    BEGIN
      LOCK TABLE merchant_keys, charges, attempts, transactions, refunds, plans, outbox, discrepancies, resolutions,
        void_keys;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN PERFORM pg_sleep(0.5);
    END;
  END LOOP;
  RAISE EXCEPTION 'some transaction does not end: run it again';
END $$;

ALTER TABLE attempts DROP CONSTRAINT attempts_charge_id_fkey;
ALTER TABLE transactions DROP CONSTRAINT new_transactions_charge_id_fkey;
ALTER TABLE plans DROP CONSTRAINT plans_charge_id_fkey;
ALTER TABLE refunds DROP CONSTRAINT refunds_sale_id_fkey;
ALTER TABLE void_keys DROP CONSTRAINT void_keys_refund_id_fkey;

ALTER TABLE merchant_keys DROP CONSTRAINT merchant_keys_pkey,
  ADD CONSTRAINT merchant_keys_pkey PRIMARY KEY USING INDEX merchant_keys_new_pkey;
DROP INDEX merchant_keys_by_id;
ALTER INDEX merchant_keys_new_id RENAME TO merchant_keys_by_id;
ALTER TABLE charges DROP CONSTRAINT charges_pkey,
  ADD CONSTRAINT charges_pkey PRIMARY KEY USING INDEX charges_new_pkey;
DROP INDEX charges_by_cycle;
ALTER INDEX charges_new_cycle RENAME TO charges_by_cycle;
ALTER TABLE attempts DROP CONSTRAINT attempts_pkey, DROP CONSTRAINT attempts_charge_id_ordinal_key,
  DROP CONSTRAINT attempts_processor_account_attempt_id_key,
  DROP CONSTRAINT attempts_processor_account_processor_transaction_id_key,
  ADD CONSTRAINT attempts_pkey PRIMARY KEY USING INDEX attempts_new_pkey,
  ADD CONSTRAINT attempts_charge_id_ordinal_key UNIQUE USING INDEX attempts_new_ordinal,
  ADD CONSTRAINT attempts_processor_account_attempt_id_key UNIQUE USING INDEX attempts_new_reference,
  ADD CONSTRAINT attempts_processor_account_processor_transaction_id_key
    UNIQUE USING INDEX attempts_new_transaction;
DROP INDEX attempts_live;
ALTER INDEX attempts_new_live RENAME TO attempts_live;
ALTER TABLE transactions DROP CONSTRAINT new_transactions_pkey,
  ADD CONSTRAINT new_transactions_pkey PRIMARY KEY USING INDEX transactions_new_pkey;
DROP INDEX transactions_sale;
ALTER INDEX transactions_new_sale RENAME TO transactions_sale;
DROP INDEX transactions_reversal;
ALTER INDEX transactions_new_reversal RENAME TO transactions_reversal;
ALTER TABLE refunds DROP CONSTRAINT refunds_pkey,
  DROP CONSTRAINT refunds_processor_account_processor_transaction_id_key,
  ADD CONSTRAINT refunds_pkey PRIMARY KEY USING INDEX refunds_new_pkey,
  ADD CONSTRAINT refunds_processor_account_processor_transaction_id_key
    UNIQUE USING INDEX refunds_new_transaction;
DROP INDEX refunds_void;
ALTER INDEX refunds_new_void RENAME TO refunds_void;
ALTER TABLE plans DROP CONSTRAINT plans_pkey, DROP CONSTRAINT plans_charge_id_key,
  ADD CONSTRAINT plans_pkey PRIMARY KEY USING INDEX plans_new_pkey,
  ADD CONSTRAINT plans_charge_id_key UNIQUE USING INDEX plans_new_charge;
ALTER TABLE outbox DROP CONSTRAINT outbox_pkey, DROP CONSTRAINT outbox_type_subject_key,
  ADD CONSTRAINT outbox_pkey PRIMARY KEY USING INDEX outbox_new_pkey,
  ADD CONSTRAINT outbox_type_subject_key UNIQUE USING INDEX outbox_new_subject;
ALTER TABLE discrepancies DROP CONSTRAINT discrepancies_pkey,
  DROP CONSTRAINT discrepancies_kind_processor_account_reference_processor_tr_key,
  ADD CONSTRAINT discrepancies_pkey PRIMARY KEY USING INDEX discrepancies_new_pkey,
  ADD CONSTRAINT discrepancies_kind_processor_account_reference_processor_tr_key
    UNIQUE USING INDEX discrepancies_new_booking;
-- Its column becomes NOT NULL with it.
ALTER TABLE resolutions DROP CONSTRAINT new_resolutions_pkey,
  ADD CONSTRAINT new_resolutions_pkey PRIMARY KEY USING INDEX resolutions_new_pkey;
DROP INDEX resolutions_proposed;
ALTER INDEX resolutions_new_proposed RENAME TO resolutions_proposed;
DROP INDEX resolutions_carried_out;
ALTER INDEX resolutions_new_carried_out RENAME TO resolutions_carried_out;

-- An account at a processor is known by the merchant whose it is: so what is one for account and merchant is one for the
-- account, and the keys above guard what they guarded before (contract 12.6).
ALTER TABLE attempts DROP CONSTRAINT IF EXISTS attempts_account,
  ADD CONSTRAINT attempts_account CHECK (account = merchant_id) NOT VALID;
ALTER TABLE refunds DROP CONSTRAINT IF EXISTS refunds_account,
  ADD CONSTRAINT refunds_account CHECK (account = merchant_id) NOT VALID;
ALTER TABLE discrepancies DROP CONSTRAINT IF EXISTS discrepancies_account,
  ADD CONSTRAINT discrepancies_account CHECK (account = merchant_id) NOT VALID;

-- Of the merchant, too: a row cannot name another merchant's. What is written from now on is held to them.
ALTER TABLE attempts ADD CONSTRAINT attempts_charge_id_fkey
  FOREIGN KEY (charge_id, merchant_id) REFERENCES charges (charge_id, merchant_id) NOT VALID;
ALTER TABLE transactions ADD CONSTRAINT new_transactions_charge_id_fkey
  FOREIGN KEY (charge_id, merchant_id) REFERENCES charges (charge_id, merchant_id) NOT VALID;
ALTER TABLE plans ADD CONSTRAINT plans_charge_id_fkey
  FOREIGN KEY (charge_id, merchant_id) REFERENCES charges (charge_id, merchant_id) NOT VALID;
ALTER TABLE refunds ADD CONSTRAINT refunds_sale_id_fkey
  FOREIGN KEY (sale_id, merchant_id) REFERENCES transactions (transaction_id, merchant_id) NOT VALID;
ALTER TABLE void_keys ADD CONSTRAINT void_keys_refund_id_fkey
  FOREIGN KEY (refund_id, merchant_id) REFERENCES refunds (refund_id, merchant_id) NOT VALID;
COMMIT;

-- 4. What was written before is held to them, too, while the programs go on.

ALTER TABLE attempts VALIDATE CONSTRAINT attempts_account, VALIDATE CONSTRAINT attempts_charge_id_fkey;
ALTER TABLE transactions VALIDATE CONSTRAINT new_transactions_charge_id_fkey;
ALTER TABLE plans VALIDATE CONSTRAINT plans_charge_id_fkey;
ALTER TABLE refunds VALIDATE CONSTRAINT refunds_account, VALIDATE CONSTRAINT refunds_sale_id_fkey;
ALTER TABLE discrepancies VALIDATE CONSTRAINT discrepancies_account;
ALTER TABLE void_keys VALIDATE CONSTRAINT void_keys_refund_id_fkey;
