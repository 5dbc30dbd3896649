-- What is looked at a second time: voids that stood already, days whose books have changed since they were compared, and
-- differences that a person decides.

-- Keys under which a void was asked for that stood: the same call again answers it, another one under its key is refused.
CREATE TABLE void_keys (
  merchant_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  refund_id TEXT NOT NULL REFERENCES refunds (refund_id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, idempotency_key)
);

-- Something was given back of a sale of that day: it is compared again.
ALTER TABLE comparisons ADD COLUMN reopened_at BIGINT;
CREATE INDEX refunds_by_sending ON refunds (sent_at) WHERE sent_at IS NOT NULL;

-- Beside `undo`, what a person has decided. In live mode one proposes it, and it is done when another says the same.
ALTER TABLE discrepancies ADD COLUMN decided_as TEXT CHECK (decided_as IN ('undone', 'kept', 'explained'));
ALTER TABLE discrepancies ADD COLUMN decided_at BIGINT CHECK ((decided_as IS NULL) = (decided_at IS NULL));
ALTER TABLE discrepancies ADD COLUMN proposed_as TEXT
  CHECK (proposed_as IN ('undo', 'undone', 'kept', 'explained'));
ALTER TABLE discrepancies ADD COLUMN proposed_by TEXT CHECK ((proposed_as IS NULL) = (proposed_by IS NULL));
