-- Rotation asks every few seconds what is left of keys that a newer version replaces: each says so itself. Those of before
-- are marked by the program (`markReplacedKeys`).
ALTER TABLE wrapped_keys ADD COLUMN replaced_at BIGINT;

-- only sqlite
CREATE TRIGGER keys_are_replaced AFTER INSERT ON wrapped_keys WHEN NEW.version > 1
  BEGIN
    UPDATE wrapped_keys SET replaced_at = NEW.created_at
      WHERE purpose = NEW.purpose AND merchant_id = NEW.merchant_id AND version < NEW.version AND replaced_at IS NULL;
  END;
-- end

-- only postgres
CREATE FUNCTION mark_replaced_keys() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN
    UPDATE wrapped_keys SET replaced_at = NEW.created_at
      WHERE purpose = NEW.purpose AND merchant_id = NEW.merchant_id AND version < NEW.version AND replaced_at IS NULL;
    RETURN NULL;
  END';
CREATE TRIGGER keys_are_replaced AFTER INSERT ON wrapped_keys
  FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION mark_replaced_keys();
-- end

-- Work that one process at a time does for all of them.
CREATE TABLE job_leases (
  job TEXT PRIMARY KEY,
  leased_until BIGINT NOT NULL
);
