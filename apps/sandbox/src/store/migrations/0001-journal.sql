-- The sandbox processor's books. An entry is written once and never changed: a void is an entry of its own.
CREATE TABLE entries (
  entry_number BIGINT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'void')),
  transaction_id TEXT NOT NULL UNIQUE,
  -- The client's name for the sale, not unique here: whoever sends twice is charged twice.
  reference TEXT NOT NULL,
  merchant TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('approved', 'declined', 'review', 'voided')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  -- Of a sale.
  bin TEXT,
  last_four TEXT,
  auth_code TEXT,
  network_reference TEXT,
  decline_code TEXT,
  avs_result TEXT,
  cvv_result TEXT,
  -- Of a void: the sale it undoes.
  voids TEXT REFERENCES entries (transaction_id),
  booked_at BIGINT NOT NULL
);

CREATE INDEX entries_by_reference ON entries (reference, entry_number);
CREATE INDEX entries_by_time ON entries (booked_at);
CREATE UNIQUE INDEX one_void_per_sale ON entries (voids);

CREATE TABLE last_entry (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  entry_number BIGINT NOT NULL
);
INSERT INTO last_entry (one, entry_number) VALUES (1, 0);

-- only sqlite
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- end

-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- end
