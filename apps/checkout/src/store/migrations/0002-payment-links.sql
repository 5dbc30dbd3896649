-- Payment links, the sessions that come from them, and events about them. A slot is reserved in the commit that starts
-- a charge; the check holds whatever the code does (contract 5.4 and 12.6).

CREATE TABLE payment_links (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor BIGINT CHECK (amount_minor >= 0),
  subtotal_minor BIGINT NOT NULL CHECK (subtotal_minor >= 0),
  -- The rest of what its sessions are opened with, as in `sessions`.
  terms TEXT NOT NULL,
  metadata TEXT NOT NULL,
  appearance TEXT NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT,
  -- NULL: unlimited.
  usage_limit INTEGER CHECK (usage_limit >= 1),
  -- Completed sessions.
  used INTEGER NOT NULL CHECK (used >= 0),
  -- Charges whose outcome is not known yet.
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  deactivated_at BIGINT,
  -- When a job found that its time was over, and told of it.
  end_noticed_at BIGINT,
  CHECK (usage_limit IS NULL OR used + reserved <= usage_limit)
);

CREATE UNIQUE INDEX payment_links_by_idempotency_key ON payment_links (merchant_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX payment_links_keyed ON payment_links (expires_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX payment_links_due ON payment_links (expires_at) WHERE end_noticed_at IS NULL;

ALTER TABLE sessions ADD COLUMN payment_link_id TEXT REFERENCES payment_links (id);

-- An event is about a session or about a link, and each has one of a type at most.
CREATE TABLE told_events (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  session_id TEXT REFERENCES sessions (id),
  payment_link_id TEXT REFERENCES payment_links (id),
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((session_id IS NULL) <> (payment_link_id IS NULL)),
  UNIQUE (session_id, type),
  UNIQUE (payment_link_id, type)
);
INSERT INTO told_events (id, merchant_id, session_id, type, body, created_at)
  SELECT id, merchant_id, session_id, type, body, created_at FROM events;
DROP TABLE events;
ALTER TABLE told_events RENAME TO events;

-- only sqlite
CREATE TRIGGER payment_links_count BEFORE UPDATE ON payment_links
  WHEN NEW.used < OLD.used OR NEW.usage_limit IS NOT OLD.usage_limit
  BEGIN
    SELECT RAISE(ABORT, 'a use of a payment link is never taken back');
  END;
-- end

-- only postgres
CREATE TRIGGER payment_links_count BEFORE UPDATE ON payment_links
  FOR EACH ROW WHEN (NEW.used < OLD.used OR NEW.usage_limit IS DISTINCT FROM OLD.usage_limit)
  EXECUTE FUNCTION refuse_change('a use of a payment link is never taken back');
-- end
