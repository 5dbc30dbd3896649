-- Checkout sessions, the charges made for them, and what is told about them. Moves are compare-and-set in code; the
-- guards here hold when the code is wrong (contract 12.6).

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'cancelled', 'expired', 'failed')),
  payment_state TEXT CHECK (payment_state IN ('processing', 'review')),
  -- The charge in flight.
  charge_id TEXT,
  error_code TEXT,
  currency TEXT NOT NULL,
  amount_minor BIGINT CHECK (amount_minor >= 0),
  subtotal_minor BIGINT NOT NULL CHECK (subtotal_minor >= 0),
  -- The rest of the request, as JSON with money in minor units.
  terms TEXT NOT NULL,
  metadata TEXT NOT NULL,
  appearance TEXT NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT,
  failed_attempts INTEGER NOT NULL,
  extensions INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  -- The sale as Pay answered it, billing details included.
  payment TEXT,
  -- Counts the moves: a move names the one it starts from.
  revision INTEGER NOT NULL,
  CHECK ((status = 'pending') = (ended_at IS NULL)),
  CHECK ((status = 'completed') = (payment IS NOT NULL)),
  CHECK ((status = 'failed') = (error_code IS NOT NULL)),
  CHECK ((payment_state IS NULL) = (charge_id IS NULL)),
  CHECK (payment_state IS NULL OR status = 'pending')
);

CREATE UNIQUE INDEX sessions_by_idempotency_key ON sessions (merchant_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX sessions_keyed ON sessions (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX sessions_due ON sessions (expires_at) WHERE status = 'pending' AND payment_state IS NULL;

-- `answer_code` is what the page was told when the charge ended.
CREATE TABLE charges (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  merchant_id TEXT NOT NULL,
  attempt_key TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'approved', 'declined', 'refused', 'not-sent', 'undone')),
  answer_code TEXT,
  attempts_left INTEGER,
  total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  checks INTEGER NOT NULL,
  next_check_at BIGINT NOT NULL,
  CHECK ((outcome = 'open') = (ended_at IS NULL)),
  UNIQUE (session_id, attempt_key)
);

CREATE UNIQUE INDEX charges_live ON charges (session_id) WHERE outcome IN ('open', 'approved');
CREATE INDEX charges_due ON charges (next_check_at) WHERE outcome = 'open';

CREATE TABLE page_credentials (
  hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  created_at BIGINT NOT NULL
);

CREATE INDEX page_credentials_of_session ON page_credentials (session_id, created_at);

-- Written in the commit of the change they report (contract 14.2).
CREATE TABLE events (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (session_id, type)
);

-- What redirects and card frames are signed with (contract 2.4). The private half is sealed under the pepper.
CREATE TABLE signing_keys (
  slot INTEGER PRIMARY KEY,
  key_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- only sqlite
CREATE TRIGGER sessions_end BEFORE UPDATE ON sessions
  WHEN OLD.status <> 'pending' AND (NEW.status <> OLD.status OR NEW.payment IS NOT OLD.payment)
  BEGIN
    SELECT RAISE(ABORT, 'a session that has ended does not move');
  END;
CREATE TRIGGER sessions_begin BEFORE INSERT ON sessions
  WHEN NEW.status <> 'pending'
  BEGIN
    SELECT RAISE(ABORT, 'a session begins as pending');
  END;
CREATE TRIGGER charges_end BEFORE UPDATE ON charges
  WHEN OLD.outcome <> 'open'
  BEGIN
    SELECT RAISE(ABORT, 'a charge that has ended does not change');
  END;
-- end

-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''%'', TG_ARGV[0]; END';
CREATE TRIGGER sessions_end BEFORE UPDATE ON sessions
  FOR EACH ROW WHEN (OLD.status <> 'pending' AND (NEW.status <> OLD.status OR NEW.payment IS DISTINCT FROM OLD.payment))
  EXECUTE FUNCTION refuse_change('a session that has ended does not move');
CREATE TRIGGER sessions_begin BEFORE INSERT ON sessions
  FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION refuse_change('a session begins as pending');
CREATE TRIGGER charges_end BEFORE UPDATE ON charges
  FOR EACH ROW WHEN (OLD.outcome <> 'open')
  EXECUTE FUNCTION refuse_change('a charge that has ended does not change');
-- end
