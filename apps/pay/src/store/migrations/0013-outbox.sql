-- The outbox in the order of its writing, and what Checkout has taken over into the one feed. What is not collected yet
-- is offered again, as often as it takes.

-- only sqlite
CREATE TABLE ordered_outbox (
  ordinal INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  merchant_id TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  collected_at BIGINT,
  UNIQUE (type, subject)
);
INSERT INTO ordered_outbox (event_id, merchant_id, type, subject, data, created_at)
  SELECT event_id, merchant_id, type, subject, data, created_at FROM outbox ORDER BY rowid;
DROP TABLE outbox;
ALTER TABLE ordered_outbox RENAME TO outbox;
-- end

-- only postgres
ALTER TABLE outbox ADD COLUMN ordinal BIGINT GENERATED ALWAYS AS IDENTITY;
ALTER TABLE outbox ADD COLUMN collected_at BIGINT;
-- end

CREATE INDEX outbox_waiting ON outbox (ordinal) WHERE collected_at IS NULL;
