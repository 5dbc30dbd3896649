-- People decide about refunds and voids, too: a resolution is of an attempt, or of a refund.
CREATE TABLE new_resolutions (
  resolution_id TEXT PRIMARY KEY,
  attempt_id TEXT NOT NULL,
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
INSERT INTO new_resolutions (resolution_id, attempt_id, resolution, processor_transaction_id, reason, evidence, proposed_by,
  proposed_at, state, confirmed_by, ended_at)
SELECT resolution_id, attempt_id, resolution, processor_transaction_id, reason, evidence, proposed_by, proposed_at, state,
  confirmed_by, ended_at FROM resolutions;
DROP TABLE resolutions;
ALTER TABLE new_resolutions RENAME TO resolutions;

CREATE UNIQUE INDEX resolutions_proposed ON resolutions (attempt_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX resolutions_carried_out ON resolutions (attempt_id) WHERE state = 'carried_out';
CREATE INDEX refunds_in_review ON refunds (sent_at) WHERE state = 'REVIEW';

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
