-- How many transactions a merchant has of a day and a type, so that a list over months is not counted row by row. Counted
-- in the commit that writes the row, so it is exact whatever clocks, restores and other processes do.

CREATE TABLE transaction_counts (
  merchant_id TEXT NOT NULL,
  -- Days since 1970 (UTC) of `created_at`.
  day BIGINT NOT NULL,
  transaction_type TEXT NOT NULL,
  -- The count is the sum over lanes. A commit counts in a lane that nobody else is in, so that payments of one merchant do
  -- not wait for one another. On SQLite they do anyway, and there is one.
  lane INTEGER NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, day, transaction_type, lane)
);

-- only sqlite
CREATE TRIGGER transactions_counted AFTER INSERT ON transactions
  BEGIN
    INSERT INTO transaction_counts (merchant_id, day, transaction_type, lane, total)
      VALUES (NEW.merchant_id, NEW.created_at / 86400000, NEW.transaction_type, 0, 1)
      ON CONFLICT (merchant_id, day, transaction_type, lane) DO UPDATE SET total = total + 1;
  END;
CREATE TRIGGER transactions_kept BEFORE DELETE ON transactions
  BEGIN
    SELECT RAISE(ABORT, 'a transaction is not deleted');
  END;
-- end

-- only postgres
CREATE FUNCTION count_transaction() RETURNS trigger LANGUAGE plpgsql AS
  'DECLARE
    free_lane INTEGER := 0;
  BEGIN
    -- Held until the commit: whoever gets it meets no row of another that is not committed.
    WHILE NOT pg_try_advisory_xact_lock(hashtext(''transaction_counts''), free_lane) LOOP
      free_lane := free_lane + 1;
    END LOOP;
    UPDATE transaction_counts SET total = total + 1
      WHERE merchant_id = NEW.merchant_id AND day = NEW.created_at / 86400000
        AND transaction_type = NEW.transaction_type AND lane = free_lane;
    IF NOT FOUND THEN
      INSERT INTO transaction_counts (merchant_id, day, transaction_type, lane, total)
        VALUES (NEW.merchant_id, NEW.created_at / 86400000, NEW.transaction_type, free_lane, 1);
    END IF;
    RETURN NULL;
  END';
-- It waits for rows that are being written, and payments wait for it: so those from before are counted in a commit of
-- their own (0017).
CREATE TRIGGER transactions_counted AFTER INSERT ON transactions
  FOR EACH ROW EXECUTE FUNCTION count_transaction();
CREATE TRIGGER transactions_kept BEFORE DELETE ON transactions
  FOR EACH ROW EXECUTE FUNCTION refuse_change('a transaction is not deleted');
-- A count is rewritten with every payment: room for the next version in the same page.
ALTER TABLE transaction_counts SET (fillfactor = 50);
-- end
