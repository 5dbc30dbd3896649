-- Recurring plans (contract 8.7). What was agreed stands with the first charge; here is how far the plan has come.

-- The plan whose cycle a charge is. The first charge is cycle 1.
ALTER TABLE charges ADD COLUMN plan_id TEXT;
ALTER TABLE charges ADD COLUMN cycle INTEGER;
CREATE UNIQUE INDEX charges_by_cycle ON charges (plan_id, cycle);

CREATE TABLE plans (
  plan_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL REFERENCES merchants (merchant_id),
  charge_id TEXT NOT NULL UNIQUE REFERENCES charges (charge_id),
  status TEXT NOT NULL CHECK (status IN ('incomplete', 'active', 'paused', 'past_due', 'cancelled', 'completed')),
  -- What the card network calls the first charge; later ones refer to it.
  network_reference TEXT,
  anchor_at BIGINT NOT NULL,
  cycles_charged INTEGER NOT NULL CHECK (cycles_charged >= 0),
  next_index INTEGER NOT NULL CHECK (next_index > 0),
  -- The cycle that is being charged or repeated; without a time of its next try one is under way.
  open_cycle INTEGER,
  opened_at BIGINT,
  declines INTEGER,
  retry_at BIGINT,
  -- Empty when no time changes anything.
  due_at BIGINT,
  lease_until BIGINT NOT NULL,
  -- Every change is a compare-and-set on it.
  revision INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((open_cycle IS NULL) = (opened_at IS NULL) AND (open_cycle IS NULL) = (declines IS NULL)),
  CHECK (open_cycle IS NOT NULL OR retry_at IS NULL)
);

CREATE INDEX plans_by_merchant ON plans (merchant_id, created_at);
CREATE INDEX plans_due ON plans (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE plan_edges (
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  PRIMARY KEY (from_status, to_status)
);

INSERT INTO plan_edges (from_status, to_status) VALUES
  ('incomplete', 'active'),
  ('incomplete', 'cancelled'),
  ('incomplete', 'completed'),
  ('active', 'paused'),
  ('active', 'past_due'),
  ('active', 'cancelled'),
  ('active', 'completed'),
  ('paused', 'active'),
  ('paused', 'cancelled'),
  ('paused', 'completed'),
  ('past_due', 'active'),
  ('past_due', 'cancelled'),
  ('past_due', 'completed');

-- only sqlite
CREATE TRIGGER plans_moves BEFORE UPDATE ON plans
  WHEN NEW.cycles_charged < OLD.cycles_charged
    OR (NEW.status <> OLD.status AND NOT EXISTS (
      SELECT 1 FROM plan_edges WHERE from_status = OLD.status AND to_status = NEW.status))
  BEGIN
    SELECT RAISE(ABORT, 'a plan does not move like this');
  END;
-- end

-- only postgres
CREATE FUNCTION check_plan_move() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN
    IF NEW.cycles_charged < OLD.cycles_charged
      OR (NEW.status <> OLD.status AND NOT EXISTS (
        SELECT 1 FROM plan_edges WHERE from_status = OLD.status AND to_status = NEW.status))
    THEN RAISE EXCEPTION ''a plan does not move like this'';
    END IF;
    RETURN NEW;
  END';
CREATE TRIGGER plans_moves BEFORE UPDATE ON plans
  FOR EACH ROW EXECUTE FUNCTION check_plan_move();
-- end
