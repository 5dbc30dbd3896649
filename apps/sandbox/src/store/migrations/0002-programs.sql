-- Refunds, settlement, bank debits and returns in the journal, and programs that tell the sandbox what to do.

CREATE TABLE new_entries (
  entry_number BIGINT PRIMARY KEY,
  -- A decision ends the review of a sale.
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'refund', 'void', 'decision')),
  transaction_id TEXT NOT NULL UNIQUE,
  -- The client's name for it, not unique here: whoever sends twice is charged twice.
  reference TEXT NOT NULL,
  merchant TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('approved', 'declined', 'review', 'voided')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  -- Of a refund, void or decision: what it gives back, undoes or decides.
  original TEXT REFERENCES new_entries (transaction_id),
  -- Of a sale. The bank's routing number stands in place of a BIN.
  method TEXT CHECK (method IN ('card', 'bank')),
  bin TEXT,
  last_four TEXT,
  order_id TEXT,
  auth_code TEXT,
  network_reference TEXT,
  decline_code TEXT,
  avs_result TEXT,
  cvv_result TEXT,
  -- Of a bank debit that will come back.
  return_code TEXT,
  -- Too late for a void from then on; a bank debit is paid, or comes back, then.
  settles_at BIGINT NOT NULL,
  -- An inquiry finds it from then on.
  visible_at BIGINT NOT NULL,
  booked_at BIGINT NOT NULL
);
INSERT INTO new_entries (entry_number, kind, transaction_id, reference, merchant, status, amount_minor, currency, original,
  method, bin, last_four, auth_code, network_reference, decline_code, avs_result, cvv_result, settles_at, visible_at,
  booked_at)
SELECT entry_number, kind, transaction_id, reference, merchant, status, amount_minor, currency, voids,
  CASE WHEN kind = 'sale' THEN 'card' END, bin, last_four, auth_code, network_reference, decline_code, avs_result,
  cvv_result, (booked_at / 86400000 + 1) * 86400000, booked_at, booked_at
FROM entries ORDER BY entry_number;
DROP TABLE entries;
ALTER TABLE new_entries RENAME TO entries;

CREATE INDEX entries_by_reference ON entries (reference, entry_number);
CREATE INDEX entries_by_time ON entries (booked_at);
CREATE INDEX entries_by_merchant ON entries (merchant, entry_number);
CREATE INDEX entries_by_original ON entries (original);
CREATE UNIQUE INDEX one_void_per_entry ON entries (original) WHERE kind = 'void';
CREATE UNIQUE INDEX one_decision_per_entry ON entries (original) WHERE kind = 'decision';

-- A settlement ahead of its time: what the merchant had booked by then is settled.
CREATE TABLE settlements (
  settlement_number BIGINT PRIMARY KEY,
  merchant TEXT NOT NULL,
  settled_at BIGINT NOT NULL
);
CREATE INDEX settlements_by_merchant ON settlements (merchant, settled_at);

-- Not a part of the books: a merchant's instructions, the newest first to be asked.
CREATE TABLE programs (
  program_number BIGINT PRIMARY KEY,
  merchant TEXT NOT NULL,
  match TEXT NOT NULL,
  steps TEXT NOT NULL,
  steps_taken INTEGER NOT NULL,
  inquiry_lag_seconds INTEGER,
  processor_class INTEGER CHECK (processor_class IN (1, 2, 3)),
  created_at BIGINT NOT NULL
);
CREATE INDEX programs_by_merchant ON programs (merchant, program_number);

-- only sqlite
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER settlements_stay BEFORE UPDATE ON settlements
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER settlements_remain BEFORE DELETE ON settlements
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- end

-- only postgres
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settlements_stay BEFORE UPDATE OR DELETE ON settlements
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- end
