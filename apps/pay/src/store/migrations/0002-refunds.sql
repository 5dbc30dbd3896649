-- Refunds and voids, ACH sales, and what queries of transactions need.

-- The row of a refund names the refund where that of a sale names its attempt.
CREATE TABLE new_transactions (
  transaction_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  charge_id TEXT NOT NULL REFERENCES charges (charge_id),
  attempt_id TEXT NOT NULL,
  transaction_type TEXT NOT NULL,
  -- Only an ACH sale is ever anything else.
  status TEXT NOT NULL CHECK (status IN ('approved', 'pending', 'returned')),
  order_id TEXT,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  -- Of a sale: what was refunded, or may have been. Given back only when it is proven that it was not.
  refunded_minor BIGINT NOT NULL,
  refunded_surcharge_minor BIGINT NOT NULL,
  details TEXT NOT NULL,
  trans_date BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  -- When to ask next what became of a pending sale.
  next_check_at BIGINT,
  CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor),
  CHECK (refunded_surcharge_minor >= 0)
);
INSERT INTO new_transactions (transaction_id, merchant_id, charge_id, attempt_id, transaction_type, status, order_id,
  amount_minor, refunded_minor, refunded_surcharge_minor, details, trans_date, created_at)
SELECT transaction_id, merchant_id, charge_id, attempt_id, transaction_type, 'approved', order_id,
  amount_minor, refunded_minor, 0, details, trans_date, created_at FROM transactions;
DROP TABLE transactions;
ALTER TABLE new_transactions RENAME TO transactions;

CREATE UNIQUE INDEX transactions_sale ON transactions (charge_id)
  WHERE transaction_type IN ('CreditCardSale', 'AchSale');
CREATE UNIQUE INDEX transactions_reversal ON transactions (attempt_id)
  WHERE transaction_type IN ('CreditCardReversal', 'AchReversal', 'AchReturn');
-- Every order that a query can ask for, and every filter that leaves few rows.
CREATE INDEX transactions_by_time ON transactions (merchant_id, created_at, transaction_id);
CREATE INDEX transactions_by_type ON transactions (merchant_id, transaction_type, created_at, transaction_id);
CREATE INDEX transactions_by_trans_date ON transactions (merchant_id, trans_date, transaction_id);
CREATE INDEX transactions_by_amount ON transactions (merchant_id, amount_minor, transaction_id);
CREATE INDEX transactions_by_order ON transactions (merchant_id, order_id, created_at);
CREATE INDEX transactions_by_attempt ON transactions (attempt_id);
CREATE INDEX transactions_due ON transactions (next_check_at) WHERE next_check_at IS NOT NULL;

-- One row a call to the processor that gives money back. Its id is our reference there, and the id of the transaction.
CREATE TABLE refunds (
  refund_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('cardRefund', 'cardVoid')),
  idempotency_key TEXT,
  -- A void that came too late is followed by a refund, within the same request.
  ordinal INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  sale_id TEXT NOT NULL REFERENCES transactions (transaction_id),
  means TEXT NOT NULL CHECK (means IN ('void', 'refund')),
  processor TEXT NOT NULL,
  account TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  surcharge_minor BIGINT NOT NULL CHECK (surcharge_minor >= 0),
  remaining_minor BIGINT NOT NULL CHECK (remaining_minor >= 0),
  currency TEXT NOT NULL,
  reason TEXT,
  state TEXT NOT NULL CHECK (state IN
    ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED', 'DECLINED', 'REFUSED', 'NOT_SENT', 'NOT_PROCESSED')),
  processor_transaction_id TEXT,
  outcome TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  ended_at BIGINT,
  next_check_at BIGINT,
  lease_until BIGINT NOT NULL,
  misses INTEGER NOT NULL,
  last_miss_at BIGINT NOT NULL,
  UNIQUE (merchant_id, operation, idempotency_key, ordinal),
  UNIQUE (processor, account, processor_transaction_id)
);

CREATE INDEX refunds_by_sale ON refunds (sale_id, created_at);
CREATE INDEX refunds_due ON refunds (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE UNIQUE INDEX refunds_void ON refunds (sale_id)
  WHERE means = 'void' AND state IN ('INTENT', 'SENT', 'UNKNOWN', 'REVIEW', 'APPROVED');

-- Its moves are those of an attempt; that it has fewer states is said above.
-- only sqlite
CREATE TRIGGER refunds_begin BEFORE INSERT ON refunds
  WHEN NEW.state <> 'INTENT'
  BEGIN
    SELECT RAISE(ABORT, 'a refund begins as INTENT');
  END;
CREATE TRIGGER refunds_moves BEFORE UPDATE ON refunds
  WHEN NEW.amount_minor <> OLD.amount_minor
    OR NEW.currency <> OLD.currency
    OR NEW.sale_id <> OLD.sale_id
    OR (NEW.state <> OLD.state AND NOT EXISTS (
      SELECT 1 FROM attempt_edges WHERE from_state = OLD.state AND to_state = NEW.state))
  BEGIN
    SELECT RAISE(ABORT, 'a refund does not move like this');
  END;
-- end

-- only postgres
CREATE FUNCTION check_refund_move() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN
    IF NEW.amount_minor <> OLD.amount_minor
      OR NEW.currency <> OLD.currency
      OR NEW.sale_id <> OLD.sale_id
      OR (NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM attempt_edges WHERE from_state = OLD.state AND to_state = NEW.state))
    THEN RAISE EXCEPTION ''a refund does not move like this'';
    END IF;
    RETURN NEW;
  END';
CREATE TRIGGER refunds_begin BEFORE INSERT ON refunds
  FOR EACH ROW WHEN (NEW.state <> 'INTENT') EXECUTE FUNCTION refuse_change('a refund begins as INTENT');
CREATE TRIGGER refunds_moves BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION check_refund_move();
-- end
