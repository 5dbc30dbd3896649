-- What stands beside the attempts: decisions of people, differences between the processors' books and ours, and the
-- days whose books were compared (contract 12.3 and 12.4).

-- proposed: waits for a second person. carried_out: in the commit of the attempt's move. dropped: another took its place.
CREATE TABLE resolutions (
  resolution_id TEXT PRIMARY KEY,
  attempt_id TEXT NOT NULL REFERENCES attempts (attempt_id),
  resolution TEXT NOT NULL CHECK (resolution IN ('APPROVED', 'DECLINED', 'NOT_PROCESSED', 'REVERSED')),
  processor_transaction_id TEXT,
  reason TEXT NOT NULL CHECK (length(reason) > 0),
  evidence TEXT NOT NULL CHECK (length(evidence) > 0),
  proposed_by TEXT NOT NULL CHECK (length(proposed_by) > 0),
  proposed_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'carried_out', 'dropped')),
  -- Empty where one person is enough.
  confirmed_by TEXT CHECK (length(confirmed_by) > 0 AND confirmed_by <> proposed_by),
  ended_at BIGINT,
  CHECK ((resolution = 'APPROVED') = (processor_transaction_id IS NOT NULL)),
  CHECK ((state = 'proposed') = (ended_at IS NULL)),
  CHECK (confirmed_by IS NULL OR state = 'carried_out')
);

CREATE UNIQUE INDEX resolutions_proposed ON resolutions (attempt_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX resolutions_carried_out ON resolutions (attempt_id) WHERE state = 'carried_out';

-- Each is an alarm, raised once. `undo`: whether a booking that must not stand is being undone.
CREATE TABLE discrepancies (
  discrepancy_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  processor TEXT NOT NULL,
  account TEXT NOT NULL,
  reference TEXT NOT NULL,
  processor_transaction_id TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  currency TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  undo TEXT CHECK (undo IN ('pending', 'voided', 'refunded')),
  next_check_at BIGINT,
  lease_until BIGINT NOT NULL,
  CHECK ((COALESCE(undo, '') = 'pending') = (next_check_at IS NOT NULL)),
  UNIQUE (kind, processor, account, reference, processor_transaction_id)
);

CREATE INDEX discrepancies_due ON discrepancies (next_check_at) WHERE next_check_at IS NOT NULL;

-- Days (UTC) whose approvals were compared, by account.
CREATE TABLE comparisons (
  processor TEXT NOT NULL,
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  compared_at BIGINT,
  PRIMARY KEY (processor, account, day)
);

CREATE INDEX attempts_by_sending ON attempts (processor, account, sent_at) WHERE sent_at IS NOT NULL;

-- only sqlite
CREATE TRIGGER resolutions_end BEFORE UPDATE ON resolutions
  WHEN OLD.state <> 'proposed'
  BEGIN
    SELECT RAISE(ABORT, 'a resolution that has ended does not change');
  END;
-- end

-- only postgres
CREATE TRIGGER resolutions_end BEFORE UPDATE ON resolutions
  FOR EACH ROW WHEN (OLD.state <> 'proposed')
  EXECUTE FUNCTION refuse_change('a resolution that has ended does not change');
-- end
