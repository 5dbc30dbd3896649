-- The ledger of payments: merchants, charges and their attempts, the money that moved, and the events about it.
-- Moves are compare-and-set in code; the guards here hold when the code is wrong (contract 12.6).

CREATE TABLE merchants (
  merchant_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  processors TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE merchant_keys (
  key_hash TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL REFERENCES merchants (merchant_id),
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- open: its attempt is not decided. ended: decided, whatever comes later. dead: given up before it arrived.
CREATE TABLE charges (
  charge_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL REFERENCES merchants (merchant_id),
  operation TEXT NOT NULL CHECK (operation = 'cardSale'),
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  cvc_hash TEXT,
  order_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'ended', 'dead')),
  sale TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  CHECK (state = 'dead' OR sale IS NOT NULL)
);

CREATE UNIQUE INDEX charges_by_key ON charges (merchant_id, operation, idempotency_key);
CREATE UNIQUE INDEX charges_by_cvc ON charges (merchant_id, cvc_hash);
CREATE UNIQUE INDEX charges_open_order ON charges (merchant_id, order_id) WHERE state = 'open' AND order_id IS NOT NULL;

-- The attempt id is also our reference at the processor.
CREATE TABLE attempts (
  attempt_id TEXT PRIMARY KEY,
  charge_id TEXT NOT NULL REFERENCES charges (charge_id),
  merchant_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  processor TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  currency TEXT NOT NULL,
  processor_transaction_id TEXT,
  outcome TEXT,
  undo TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  ended_at BIGINT,
  -- Checks are counted from here: the sending, later the start of an undoing.
  checks_from BIGINT NOT NULL,
  -- Empty when there is nothing left to find out.
  next_check_at BIGINT,
  lease_until BIGINT NOT NULL,
  misses INTEGER NOT NULL,
  last_miss_at BIGINT NOT NULL,
  reviewed_at BIGINT,
  UNIQUE (charge_id, ordinal),
  UNIQUE (processor, account, attempt_id),
  UNIQUE (processor, account, processor_transaction_id)
);

CREATE UNIQUE INDEX attempts_live ON attempts (charge_id)
  WHERE state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED', 'VOID_PENDING');
CREATE INDEX attempts_due ON attempts (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE attempt_edges (
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state)
);

INSERT INTO attempt_edges (from_state, to_state) VALUES
  ('INTENT', 'SENT'),
  ('INTENT', 'NOT_SENT'),
  ('SENT', 'APPROVED'),
  ('SENT', 'DECLINED'),
  ('SENT', 'REFUSED'),
  ('SENT', 'UNKNOWN'),
  ('UNKNOWN', 'APPROVED'),
  ('UNKNOWN', 'DECLINED'),
  ('UNKNOWN', 'REFUSED'),
  ('UNKNOWN', 'NOT_PROCESSED'),
  ('UNKNOWN', 'VOID_PENDING'),
  ('UNKNOWN', 'REVIEW'),
  ('APPROVED', 'VOID_PENDING'),
  ('VOID_PENDING', 'REVERSED'),
  ('VOID_PENDING', 'REVIEW'),
  ('REVIEW', 'APPROVED'),
  ('REVIEW', 'DECLINED'),
  ('REVIEW', 'NOT_PROCESSED'),
  ('REVIEW', 'REVERSED');

-- Rows are money that moved or is certain to move; declines and open outcomes are not here.
CREATE TABLE transactions (
  transaction_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  charge_id TEXT NOT NULL REFERENCES charges (charge_id),
  attempt_id TEXT NOT NULL REFERENCES attempts (attempt_id),
  transaction_type TEXT NOT NULL,
  order_id TEXT,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  refunded_minor BIGINT NOT NULL,
  details TEXT NOT NULL,
  trans_date BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor)
);

CREATE UNIQUE INDEX transactions_sale ON transactions (charge_id) WHERE transaction_type = 'CreditCardSale';
CREATE UNIQUE INDEX transactions_reversal ON transactions (attempt_id) WHERE transaction_type = 'CreditCardReversal';
CREATE INDEX transactions_by_time ON transactions (merchant_id, created_at);
CREATE INDEX transactions_by_order ON transactions (merchant_id, order_id);

-- Events in the commit of the change they report, on their way to the one feed that Checkout keeps.
CREATE TABLE outbox (
  event_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (type, subject)
);

-- only sqlite
CREATE TRIGGER attempts_begin BEFORE INSERT ON attempts
  WHEN NEW.state <> 'INTENT'
  BEGIN
    SELECT RAISE(ABORT, 'an attempt begins as INTENT');
  END;
CREATE TRIGGER attempts_moves BEFORE UPDATE ON attempts
  WHEN NEW.amount_minor <> OLD.amount_minor
    OR NEW.currency <> OLD.currency
    OR (NEW.state <> OLD.state AND NOT EXISTS (
      SELECT 1 FROM attempt_edges WHERE from_state = OLD.state AND to_state = NEW.state))
  BEGIN
    SELECT RAISE(ABORT, 'an attempt does not move like this');
  END;
CREATE TRIGGER charges_end BEFORE UPDATE ON charges
  WHEN OLD.state <> 'open'
  BEGIN
    SELECT RAISE(ABORT, 'a charge that has ended does not change');
  END;
-- end

-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''%'', TG_ARGV[0]; END';
CREATE FUNCTION check_attempt_move() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN
    IF NEW.amount_minor <> OLD.amount_minor
      OR NEW.currency <> OLD.currency
      OR (NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM attempt_edges WHERE from_state = OLD.state AND to_state = NEW.state))
    THEN RAISE EXCEPTION ''an attempt does not move like this'';
    END IF;
    RETURN NEW;
  END';
CREATE TRIGGER attempts_begin BEFORE INSERT ON attempts
  FOR EACH ROW WHEN (NEW.state <> 'INTENT') EXECUTE FUNCTION refuse_change('an attempt begins as INTENT');
CREATE TRIGGER attempts_moves BEFORE UPDATE ON attempts
  FOR EACH ROW EXECUTE FUNCTION check_attempt_move();
CREATE TRIGGER charges_end BEFORE UPDATE ON charges
  FOR EACH ROW WHEN (OLD.state <> 'open')
  EXECUTE FUNCTION refuse_change('a charge that has ended does not change');
-- end
